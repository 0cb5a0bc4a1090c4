/**
 * The bank without its delivery: the store, the read models and the three listeners, opened, and what every design
 * reports in the same way. A design adds when the listeners get which events.
 */
import type { Environment } from '../../environment.js';
import { isSystemStream, type Json } from '../../event-store/event.js';
import type { EventStore } from '../../event-store/event-store.js';
import { openEventStore } from '../../event-store/open-event-store.js';
import { numberOf } from '../../event-store/position.js';
import { isParkedStream, readParked } from '../../feeder/parking.js';
import { type Projection, project } from '../../read-models/projection.js';
import { openReadModel, type ReadModel } from '../../read-models/read-model.js';
import { type Balances, balances } from './balances.js';
import type { BankCosts, BankOptions, BankSystem, DesignName, Fold, ReadModelReport } from './bank-system.js';
import { type Listener, lettersListener, postedLetters, readModelListener } from './listener.js';
import { type Overview, overview } from './overview.js';

const DIRECTORY_DEFAULT = '/data';
const SEGMENT_BYTES_DEFAULT = 16 * 1024;
const SYSTEM_EVENTS_KEPT = 100;

export interface Bank {
  readonly env: Environment;
  readonly directory: string;
  readonly store: EventStore;
  readonly balances: ReadModel<Balances>;
  readonly overview: ReadModel<Overview>;
  readonly listeners: {
    readonly balances: Listener;
    readonly overview: Listener;
    readonly letters: Listener;
  };
  /** All three, in a fixed order. */
  readonly allListeners: readonly Listener[];
  /** Where the log ended at boot. */
  readonly headAtBoot: number;
  /** How many letters this life has posted. */
  readonly lettersPosted: () => number;
}

/** Where listeners keep what they remember, as a design has it. */
export interface Keeping {
  /** 'file': in a file of its own. 'design': the design itself sees to it. */
  readonly balances: 'file' | 'design';
  readonly letters: 'file' | 'design';
}

/** Opens everything and delivers nothing. Reads the log once, and two small files for each listener kept in a file. */
export const openBank = async (env: Environment, options: BankOptions, keeping: Keeping): Promise<Bank> => {
  const { directory = DIRECTORY_DEFAULT, segmentBytes = SEGMENT_BYTES_DEFAULT, decoded } = options;
  const store = await openEventStore(env, `${directory}/log`, {
    segmentBytes,
    maxCount: keptEvents,
    ...(decoded && { decoded }),
  });
  const open = <State extends Json>(projection: Projection<State>, kept: boolean) =>
    openReadModel(
      projection,
      kept ? { durability: 'durable', fs: env.fs, directory, store } : { durability: 'volatile' },
    );
  const balancesModel = await open(balances, keeping.balances === 'file');
  const overviewModel = await open(overview, false);
  const posted = await open(postedLetters, keeping.letters === 'file');
  let lettersPosted = 0;
  const post: BankOptions['post'] = async (letter) => {
    await options.post(letter);
    lettersPosted++;
  };
  const listeners = {
    balances: readModelListener('durable', balancesModel),
    overview: readModelListener('volatile', overviewModel),
    letters: lettersListener(post, posted),
  };
  return {
    env,
    directory,
    store,
    balances: balancesModel,
    overview: overviewModel,
    listeners,
    allListeners: [listeners.balances, listeners.overview, listeners.letters],
    headAtBoot: numberOf(store.head()),
    lettersPosted: () => lettersPosted,
  };
};

/** The bank is shutting down, or has: start it again. */
class BankStoppedError extends Error {
  override readonly name = 'BankStoppedError';
  readonly code = 'BANK_STOPPED';
  constructor() {
    super('the bank takes no more commands: it was stopped');
  }
}

/** Of checkpoints and the like only the last one counts, so the log may drop old ones; of parked events each does. */
const keptEvents = (streamName: string): number | undefined =>
  isSystemStream(streamName) && !isParkedStream(streamName) ? SYSTEM_EVENTS_KEPT : undefined;

/** What a design adds to the bank. */
export interface Delivery {
  readonly design: DesignName;
  readonly execute: BankSystem['execute'];
  /** Resolves when `balances` shows what was durable at the call. Absent: a command is over when it does. */
  readonly caughtUp?: () => Promise<void>;
  readonly idle: () => Promise<void>;
  /** Ends the delivery. Store and models are closed after it. */
  readonly stop: () => Promise<void>;
  readonly checkpoint?: BankSystem['checkpoint'];
  readonly costs?: () => Partial<BankCosts>;
}

/** The whole system, of the bank and one way of delivery. */
export const bankSystem = (bank: Bank, delivery: Delivery): BankSystem => {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await delivery.stop();
    for (const { model } of bank.allListeners) await model.close();
    await bank.store.close();
  };
  return {
    design: delivery.design,
    store: bank.store,
    execute: async (command, options) => {
      if (stopping !== undefined) throw new BankStoppedError();
      return await delivery.execute(command, options);
    },
    view: async (account) => {
      await delivery.caughtUp?.();
      const { state } = bank.balances;
      const row = Object.hasOwn(state, account) ? state[account] : undefined;
      return { account: row, version: row?.version ?? 0 };
    },
    readModels: async (given) => {
      const fold = given ?? (await foldOf(bank.store));
      return [
        reportOn(bank.balances, 'durable', fold(balances)),
        reportOn(bank.overview, 'volatile', fold(overview)),
      ];
    },
    listeners: () => bank.allListeners.map((listener) => listener.report()),
    checkpoint: () => delivery.checkpoint?.(),
    parked: async () => {
      const parked = await Promise.all(bank.allListeners.map(({ name }) => readParked(bank.store, name)));
      return parked.flat().map(({ subscriber, position }) => ({ subscriber, position: numberOf(position) }));
    },
    costs: () => ({ ...costsOf(bank), ...delivery.costs?.() }),
    idle: delivery.idle,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
};

const foldOf = async (store: EventStore): Promise<Fold> => {
  const log = await store.readAll({ systemStreams: false });
  return (projection) => project(projection, log);
};

const reportOn = <State extends Json>(
  model: ReadModel<State>,
  durability: ReadModelReport['durability'],
  fresh: State,
): ReadModelReport => ({
  name: model.name,
  durability,
  state: model.state,
  position: numberOf(model.position),
  fresh,
});

const costsOf = (bank: Bank): BankCosts => {
  const reread = (listener: Listener): number =>
    listener.report().delivered.filter((position) => position <= bank.headAtBoot).length;
  const { balances, overview, letters } = bank.listeners;
  return {
    eventsReread: reread(balances) + reread(letters),
    eventsRereadVolatile: reread(overview),
    checkpointWrites: 0,
    stateWrites: balances.model.saves + letters.model.saves,
    lettersPosted: bank.lettersPosted(),
  };
};
