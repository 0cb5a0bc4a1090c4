/** One life of a bank under test: the bank, the clock it lives by, and what was last seen of it. */
import type { SimulatedEnvironment } from '../../sim/suite.js';
import type { BankDesign, BankSystem } from '../../src/designs/bank-system.js';
import type { Clock } from '../../src/environment.js';

export interface BankLife {
  readonly bank: BankSystem;
  readonly clock: Clock;
  /** The most events that a restart may hand a durable read model again. Undefined: the design promises no bound. */
  readonly replayLimit: number | undefined;
  /** Simulated milliseconds that coming to rest took, the last time. */
  settledAfterMs: number;
  /** Counted by the last observation: acknowledged events that the log does not hold. */
  eventsLost: number;
  /** Counted by the last observation: read models that differ from a fresh fold of the log. */
  staleModels: number;
}

/** Everything that a restart is. Letters go out into the world, where no power cut takes them back. */
export const bootBank =
  (design: BankDesign, replayLimit?: number) =>
  async (env: SimulatedEnvironment): Promise<BankLife> => ({
    bank: await design(env, { post: (letter) => env.outside(letter) }),
    clock: env.clock,
    replayLimit,
    settledAfterMs: 0,
    eventsLost: 0,
    staleModels: 0,
  });

export const settleBank = async (life: BankLife): Promise<void> => {
  const began = life.clock.now();
  await life.bank.idle();
  life.settledAfterMs = life.clock.now() - began;
};

/** The last position of the bank's log, 0 when it is empty. */
export const headOfBank = ({ bank }: BankLife): number => {
  const head = bank.store.head();
  return head === 'BEGINNING' ? 0 : Number(head);
};

/** What a table of the designs compares: what was lost, and what the way from store to listener costs. */
export const costsOfBank = ({
  bank,
  eventsLost,
  staleModels,
}: BankLife): Readonly<Record<string, number>> => {
  const { eventsReread, eventsRereadVolatile, checkpointWrites, stateWrites, lettersPosted } = bank.costs();
  return {
    eventsLost,
    staleModels,
    duplicatesDelivered: bank.listeners().reduce((sum, listener) => sum + repeats(listener), 0),
    eventsReadOnRecovery: eventsReread,
    eventsReadForVolatileModels: eventsRereadVolatile,
    checkpointWrites,
    stateWrites,
    lettersPosted,
  };
};

/** Deliveries of what was durably handled before, or delivered before in this life. */
const repeats = ({ delivered, durableAtStart }: ReturnType<BankSystem['listeners']>[number]): number => {
  const fresh = new Set(delivered.filter((position) => position > durableAtStart));
  return delivered.length - fresh.size;
};
