/** One life of a bank under test: the bank, the clock it lives by, and what was last seen of it. */
import type { History, SimulatedEnvironment } from '../../sim/suite/suite.js';
import type { BankDesign, BankSystem, CommandResult } from '../../src/designs/bank/bank-system.js';
import type { Letter } from '../../src/designs/bank/letters.js';
import type { Clock } from '../../src/environment.js';
import { DecodedEvents } from '../../src/event-store/read/decoded-event-cache.js';
import type { BankCommand } from '../arbitraries/bank-commands.js';
import type { LogReading } from './log-reading.js';

export interface BankLife {
  /** The bank that is open now. */
  bank: BankSystem;
  /** Banks that were shut down in this life, and what they had handed out by then. */
  readonly stopped: { readonly bank: BankSystem; readonly deliveries: number }[];
  readonly start: () => Promise<BankSystem>;
  readonly clock: Clock;
  /** There is only one customer, who waits for each answer. So no other command can have been faster. */
  readonly isAlone: boolean;
  /** The most events that a restart may hand a durable read model again. Undefined: the design promises no bound. */
  readonly replayLimit: number | undefined;
  /** Simulated milliseconds that it took to settle, the last time. */
  settledAfterMs: number;
  /** Counted by the last observation: acknowledged events that the log does not hold. */
  eventsLost: number;
  /** Counted by the last observation: read models that differ from a fresh fold of the log. */
  staleModels: number;
  /** What those who look have read of the log of a bank that is open. Here and in no weak map, so that it dies with the life. */
  reading: LogReading | undefined;
}

/** What a bank answers; nothing to a restart. */
export type BankAnswer = CommandResult | null;

/** What the outside world knows of a bank. */
export type BankHistory = History<BankCommand, BankAnswer, Letter>;

export interface BankLifeOptions {
  /** How many customers do not wait for each other. Default: 1. */
  readonly clients?: number;
  readonly replayLimit?: number | undefined;
  /** Whether a letter can't be posted, for ever. Default: none. */
  readonly isLost?: ((letter: Letter) => boolean) | undefined;
}

/** Shared by all lives of a process: they begin with nearly the same log. */
const DECODED = new DecodedEvents();

/** Everything that a restart is. Letters go out into the world, where no power cut takes them back. */
export const bootBank =
  (design: BankDesign, { clients = 1, replayLimit, isLost = () => false }: BankLifeOptions = {}) =>
  async (env: SimulatedEnvironment<Letter>): Promise<BankLife> => {
    const post = (letter: Letter): void => {
      if (isLost(letter)) throw new Error(`the address of letter ${letter.key} does not exist`);
      env.outside(letter);
    };
    const start = () => design(env, { post, decoded: DECODED });
    return {
      bank: await start(),
      stopped: [],
      start,
      clock: env.clock,
      isAlone: clients === 1,
      replayLimit,
      settledAfterMs: 0,
      eventsLost: 0,
      staleModels: 0,
      reading: undefined,
    };
  };

const deliveriesOf = (bank: BankSystem): number =>
  bank.listeners().reduce((sum, { delivered }) => sum + delivered.length, 0);

/** Shuts the bank down in good order and starts it again. */
export const restartBank = async (life: BankLife): Promise<void> => {
  const { bank } = life;
  await bank.stop();
  life.stopped.push({ bank, deliveries: deliveriesOf(bank) });
  life.bank = await life.start();
};

/** What banks that had been shut down went on to do, in words. */
export const afterStop = ({ stopped }: BankLife): readonly string[] =>
  stopped.flatMap(({ bank, deliveries }) => {
    const more = deliveriesOf(bank) - deliveries;
    return more === 0 ? [] : [`${more} events were handed to listeners`];
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
