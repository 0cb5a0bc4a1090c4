/**
 * One life of a store that is fed to two handlers, and what the invariants see of it: `journal`, whose work is an
 * effect on the outside world, and `tally`, which keeps what it was handed in memory.
 */
import type { History, Json, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore, type StoreOptions } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { readParked } from '../../src/feeder/parking.js';
import { checkpointsIn } from '../observation/checkpoint-views.js';
import { eventOf } from '../observation/describe-events.js';
import { loggedEvent } from '../observation/logged-events.js';
import {
  NOTHING_OBSERVED,
  type Observation,
  type ParkedEvent,
  type Published,
  type SubscriberView,
} from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';

export const FEEDER = 'main';
export const HANDLERS = ['journal', 'tally'] as const;
export type HandlerName = (typeof HANDLERS)[number];

/** Few and short: a poison event is given up on soon. */
const RETRY = { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 1000 } as const;

/** What one handler of one feeder was handed, and what it got done. */
interface Work {
  readonly delivered: number[];
  readonly done: Set<number>;
}

/** One feeder with its handlers, from start to stop. */
export interface Fed {
  readonly feeder: Feeder;
  /** The durable checkpoint as it was found. */
  readonly checkpointAtStart: number;
  readonly work: Readonly<Record<HandlerName, Work>>;
  /** Tells its checkpoints from those of other feeders. */
  readonly writer: string;
  state: 'running' | 'stopped';
}

/** What `journal` does: the only effect on the outside world that there is. */
export type Note = { readonly journaled: string };

export interface FeederLife {
  readonly env: SimulatedEnvironment<Note>;
  readonly store: EventStore;
  /** Every feeder of this life, the latest last. */
  readonly fed: Fed[];
  /** What happened although the feeder that did it had stopped, in words. */
  readonly afterStop: string[];
  settledAfterMs: number;
}

/** What the outside world knows, whatever the commands. */
export type FedHistory = History<unknown, unknown, Note>;

/** Whether a handler fails on an event, for ever. */
export type IsPoison = (handler: HandlerName, data: Json) => boolean;

export const bootStoreToFeed = async (
  env: SimulatedEnvironment<Note>,
  options: StoreOptions = {},
): Promise<FeederLife> => ({
  env,
  store: await openEventStore(env, '/data', { segmentBytes: 4096, ...options }),
  fed: [],
  afterStop: [],
  settledAfterMs: 0,
});

export interface FedOptions {
  /** Default: no event is. */
  readonly isPoison?: IsPoison;
  /** On how many events each handler works at a time. Default: 1. */
  readonly atOnce?: number;
  /** How long `tally` takes to count an event, in milliseconds. Default: no time. */
  readonly tallyMs?: number;
}

/** Starts one more feeder of the same name. @throws CheckpointError as the feeder does */
export const startFed = async (
  life: FeederLife,
  { isPoison = () => false, atOnce = 1, tallyMs }: FedOptions = {},
): Promise<Fed> => {
  const { env, store } = life;
  const work = {
    journal: { delivered: [], done: new Set<number>() },
    tally: { delivered: [], done: new Set<number>() },
  };
  const handle = (handler: HandlerName, event: RecordedEvent): void => {
    const position = Number(event.metadata.globalPosition);
    if (fed.state === 'stopped') life.afterStop.push(`${handler} was handed position ${position}`);
    const { delivered, done }: Work = work[handler];
    delivered.push(position);
    if (isPoison(handler, event.data)) throw new Error(`${handler} can't handle position ${position}`);
    if (handler === 'journal') env.outside({ journaled: event.metadata.messageId });
    done.add(position);
  };
  const concurrency = { max: atOnce, key: ({ metadata }: RecordedEvent) => metadata.messageId };
  const tally = (event: RecordedEvent): Promise<void> | void =>
    tallyMs === undefined
      ? handle('tally', event)
      : sleep(env.clock, tallyMs).then(() => handle('tally', event));
  const writer = env.random.uuid();
  const feeder = await startFeeder(env, store, {
    name: FEEDER,
    writer,
    retry: RETRY,
    handlers: [
      { name: 'journal', durability: 'durable', handle: (event) => handle('journal', event), concurrency },
      { name: 'tally', durability: 'volatile', handle: tally, concurrency },
    ],
  });
  const checkpointAtStart = numberOf(feeder.checkpoint);
  const fed: Fed = { feeder, checkpointAtStart, work, writer, state: 'running' };
  void feeder.stopped.then(() => {
    fed.state = 'stopped';
  });
  life.fed.push(fed);
  return fed;
};

/** The feeder that was started last. */
export const latest = ({ fed }: FeederLife): Fed | undefined => fed.at(-1);

/** Lets every running feeder settle; a stale one stops meanwhile. */
export const settleFed = async (life: FeederLife): Promise<void> => {
  const began = life.env.clock.now();
  for (const { feeder } of life.fed) await feeder.idle().catch(() => undefined); // it stopped: the observation tells why
  life.settledAfterMs = life.env.clock.now() - began;
};

/** A clean shutdown. */
export const stopFed = async ({ fed, store }: FeederLife): Promise<void> => {
  for (const { feeder } of fed) await feeder.stop();
  await store.close();
};

const journaled = ({ effects }: Pick<FedHistory, 'effects'>): readonly string[] =>
  effects.map((effect) => effect.journaled);

/** A handler of the `number`-th feeder of a life. */
const subscriberName = (handler: string, number: number): string =>
  number === 1 ? handler : `${handler} (feeder ${number})`;

const subscriberViews = (
  fed: Fed,
  number: number,
  domain: readonly RecordedEvent[],
  arrived: ReadonlySet<string>,
): readonly SubscriberView[] =>
  fed.feeder.handlers.map(({ name, startedAfter }) => {
    const handler: HandlerName = name === 'journal' ? 'journal' : 'tally';
    const { delivered, done } = fed.work[handler];
    const written = domain.filter(({ metadata }) => arrived.has(metadata.messageId));
    const handled =
      handler === 'tally' ? done : new Set(written.map(({ metadata }) => Number(metadata.globalPosition)));
    return {
      name: subscriberName(name, number),
      durability: handler === 'journal' ? 'outside' : 'volatile',
      start: numberOf(startedAfter),
      appliedAtStart: handler === 'journal' ? numberOf(startedAfter) : 0,
      lag: fed.feeder.lag(name),
      delivered,
      handled,
    };
  });

const publishedBy = (messageId: string): Published => ({
  messageId,
  effect: `journal has noted ${eventOf(messageId)} outside`,
});

/** The one effect there is, in the words of a story. */
export const describeNote = ({ journaled: messageId }: Note): string => `journal notes ${eventOf(messageId)}`;

/** Observes the store and every running feeder. A stopped feeder has no obligations. */
export const observeFed = async (life: FeederLife, history: FedHistory): Promise<Observation> => {
  const events = await life.store.readAll();
  const log = events.map(loggedEvent);
  const domain = events.filter(({ metadata }) => !isSystemStream(metadata.streamName));
  const arrived = journaled(history);
  const parked: ParkedEvent[] = [];
  const subscribers: SubscriberView[] = [];
  for (const [index, fed] of life.fed.entries()) {
    if (fed.state === 'stopped') continue;
    subscribers.push(...subscriberViews(fed, index + 1, domain, new Set(arrived)));
  }
  for (const subscriber of HANDLERS) {
    const records = await readParked(life.store, subscriber);
    parked.push(...records.map(({ position }) => ({ subscriber, globalPosition: numberOf(position) })));
  }
  return {
    ...NOTHING_OBSERVED,
    log,
    subscribers,
    parked,
    checkpoints: checkpointsIn(
      log,
      HANDLERS.map((handler) => subscriberName(handler, life.fed.length)),
      latest(life)?.checkpointAtStart,
    ),
    published: arrived.map(publishedBy),
    afterStop: life.afterStop,
    settledAfterMs: life.settledAfterMs,
  };
};

export const headOfFed = ({ store }: FeederLife): number => numberOf(store.head());

export const rememberFed = async ({ store }: FeederLife): Promise<Json> => {
  const log = (await store.readAll()).map(loggedEvent);
  return remember({ ...NOTHING_OBSERVED, log, checkpoints: checkpointsIn(log, HANDLERS) });
};
