/** How a program on `powercut/store` is observed: from its store, its feeders and its read models alone. */
import type { Attempted, History, Json } from '../../sim/suite/suite.js';
import { isSystemStream, type RecordedEvent, type Resume } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import type { Feeder, HandlerStatus } from '../../src/feeder/contract.js';
import { readParked } from '../../src/feeder/parking.js';
import { checkpointsIn } from './checkpoint-views.js';
import { claimOfHandled } from './handled-claims.js';
import { inWords } from './json-diff.js';
import { loggedEvent } from './logged-events.js';
import {
  type CheckpointView,
  type Claim,
  type Durability,
  type LoggedEvent,
  NOTHING_OBSERVED,
  type Observation,
  type Observe,
  observeOnce,
  type ParkedEvent,
  type PromisedEvent,
  type Published,
  type ReadModelView,
  type SubscriberView,
} from './observation.js';
import { remember } from './observed-memory.js';
import type { DeliveryRecorder } from './record-deliveries.js';

/** A read model as far as it is observed: a `ReadModel` of the store, or any other state that is a fold over the log. */
export interface ObservedModel {
  readonly name: string;
  readonly durability: Durability;
  /** JSON. */
  readonly state: unknown;
  readonly position: Resume;
  readonly projection: {
    readonly initial: unknown;
    /** The state after one more event. Pure. */
    readonly evolve: (state: never, event: never) => unknown;
  };
}

/** The parts of a program on the store. */
export interface StoreParts {
  readonly store: EventStore;
  readonly feeder?: Feeder | readonly Feeder[];
  readonly models?: readonly ObservedModel[];
  /** For `order` and `boundedReplay`: made by `recordDeliveries`, it has watched the handlers of the feeders. */
  readonly deliveries?: DeliveryRecorder;
}

/** A handler whose work is effects on the outside world. Only the history knows which of them happened. */
export interface OutsideHandler<Effect = unknown> {
  /** Its name in the feeder. */
  readonly handler: string;
  /** The id of the event that an effect is about; undefined for effects of other handlers. */
  messageId(effect: Effect): string | undefined;
  /** Whether an event needs an effect at all. Default: each does. */
  readonly needsEffect?: (event: LoggedEvent) => boolean;
}

/** What the store, its feeders and its models do not tell. */
export interface ObserveStoreOptions<Effect = unknown> {
  /**
   * The events that an acknowledged command promised, with their positions. Default: those in the result of the command, if
   * `perform` resolves to what a `commandHandler` returned, or to its `streamName`, `newEvents`, `nextExpectedStreamVersion` and
   * `lastEventGlobalPosition`; otherwise none.
   */
  promised?(attempted: Attempted<unknown, unknown>): readonly PromisedEvent[];
  /** For `boundedReplay`: the most events that a restart may hand to a handler again, by its name. */
  readonly replayLimits?: Readonly<Record<string, number>>;
  /** Default: no handler has effects outside. */
  readonly outside?: readonly OutsideHandler<Effect>[];
}

/** What a suite of a program on the store needs. */
export interface StoreObserver<System> {
  /** For the ready-made invariants. */
  readonly observe: Observe<System, unknown>;
  /** For the suite's `observe`: the next life is compared with it. */
  readonly remember: (system: System) => Promise<Json>;
  /** For the suite's `settle`: until no feeder has anything left to do. */
  readonly settle: (system: System) => Promise<void>;
  /** The last position of the log; 0: it is empty. */
  readonly head: (system: System) => number;
}

const feedersOf = ({ feeder = [] }: StoreParts): readonly Feeder[] =>
  'handlers' in feeder ? [feeder] : feeder;

/** The state after the whole log. */
const folded = ({ projection }: ObservedModel, events: readonly RecordedEvent[]): unknown => {
  let state = projection.initial;
  // The model takes these events: a program feeds it no others.
  for (const event of events) state = projection.evolve(state as never, event as never);
  return state;
};

const readModelView = (model: ObservedModel, events: readonly RecordedEvent[]): ReadModelView => ({
  name: model.name,
  durability: model.durability,
  // States of read models are JSON, or are never saved. Others are compared and shown, no more.
  state: model.state as Json,
  position: numberOf(model.position),
  fresh: folded(model, events) as Json,
});

interface Seen {
  readonly log: readonly LoggedEvent[];
  readonly models: readonly ObservedModel[];
  readonly outside: readonly OutsideHandler[];
  readonly deliveries: DeliveryRecorder | undefined;
  readonly replayLimits: Readonly<Record<string, number>>;
  readonly effects: readonly unknown[];
}

/** The positions of the events whose effects happened, or that need none. */
const effective = (
  { messageId, needsEffect = () => true }: OutsideHandler,
  { log, effects }: Seen,
): SubscriberView['handled'] => {
  const happened = new Set(effects.map((effect) => messageId(effect)));
  return new Set(
    log
      .filter((event) => happened.has(event.messageId) || !needsEffect(event))
      .map(({ globalPosition }) => globalPosition),
  );
};

const subscriberView = (feeder: Feeder, status: HandlerStatus, seen: Seen): SubscriberView => {
  const { name } = status;
  const start = numberOf(status.startedAfter);
  const reached = numberOf(status.position);
  const outside = seen.outside.find(({ handler }) => handler === name);
  const model = seen.models.find((candidate) => candidate.name === name);
  const durability = outside === undefined ? (model?.durability ?? 'durable') : 'outside';
  const { positions = [], appliedAtStart = start } = seen.deliveries?.of(name) ?? {};
  const replayLimit = Object.hasOwn(seen.replayLimits, name) ? seen.replayLimits[name] : undefined;
  return {
    name,
    durability,
    start,
    appliedAtStart: durability === 'volatile' ? 0 : appliedAtStart,
    lag: feeder.lag(name),
    delivered: positions,
    ...(replayLimit === undefined ? {} : { replayLimit }),
    handled: outside === undefined ? { has: (position) => position <= reached } : effective(outside, seen),
  };
};

const checkpointViews = (
  log: readonly LoggedEvent[],
  feeders: readonly Feeder[],
): readonly CheckpointView[] =>
  feeders.flatMap(({ name, handlers }) =>
    checkpointsIn(
      log,
      handlers.map((handler) => handler.name),
    ).filter(({ feeder }) => feeder === name),
  );

const parkedIn = async (store: EventStore, feeders: readonly Feeder[]): Promise<readonly ParkedEvent[]> => {
  const parked: ParkedEvent[] = [];
  for (const { name: subscriber } of feeders.flatMap(({ handlers }) => handlers)) {
    for (const { position } of await readParked(store, subscriber))
      parked.push({ subscriber, globalPosition: numberOf(position) });
  }
  return parked;
};

const publishedBy = ({ outside, effects }: Seen): readonly Published[] =>
  outside.flatMap((handler) =>
    effects.flatMap((effect) => {
      const messageId = handler.messageId(effect);
      return messageId === undefined
        ? []
        : [{ messageId, effect: `${handler.handler} had the effect ${inWords(effect)}` }];
    }),
  );

const claimsOf = (
  { commands }: History<unknown>,
  promised: ObserveStoreOptions['promised'],
): readonly Claim[] =>
  commands.map((attempted): Claim => {
    if (promised === undefined) return claimOfHandled(attempted);
    const { index: command, outcome } = attempted;
    return {
      command,
      status: outcome.status,
      events: outcome.status === 'acknowledged' ? promised(attempted) : [],
    };
  });

/**
 * Observes a program on `powercut/store` for the ready-made invariants: its log, the events that its answers promised, its read models
 * beside a fresh fold of the log, and how far each handler of its feeders is. `invariants.ofStore` makes all invariants of it.
 *
 * `order` and `boundedReplay` need single deliveries: those that `recordDeliveries` records. Without it they have nothing to check.
 *
 * @param partsOf the parts of a system as `boot` returns it
 * @example
 * ```ts
 * const seen = observation.observeStore(({ store, feeder, totals }: Shop) => ({ store, feeder, models: [totals] }));
 *
 * export default defineSuite({
 *   …
 *   settle: seen.settle,
 *   observe: seen.remember,
 *   invariants: invariants.ofStore(seen),
 * });
 * ```
 */
export const observeStore = <System extends object, Effect = unknown>(
  partsOf: (system: System) => StoreParts,
  { promised, outside = [], replayLimits = {} }: ObserveStoreOptions<Effect> = {},
): StoreObserver<System> => {
  const observe = async (system: System, history: History<unknown>): Promise<Observation> => {
    const parts = partsOf(system);
    const { store, models = [], deliveries } = parts;
    const feeders = feedersOf(parts);
    const events = await store.readAll();
    const log = events.map(loggedEvent);
    const domain = events.filter(({ metadata }) => !isSystemStream(metadata.streamName));
    const { effects } = history;
    const seen: Seen = { log, models, outside, deliveries, replayLimits, effects };
    return {
      ...NOTHING_OBSERVED,
      log,
      claims: claimsOf(history, promised),
      readModels: models.map((model) => readModelView(model, domain)),
      subscribers: feeders.flatMap((feeder) =>
        feeder.handlers.map((status) => subscriberView(feeder, status, seen)),
      ),
      checkpoints: checkpointViews(log, feeders),
      parked: await parkedIn(store, feeders),
      published: publishedBy(seen),
    };
  };
  return {
    observe: observeOnce(observe),
    remember: async (system) => {
      const parts = partsOf(system);
      const log = (await parts.store.readAll()).map(loggedEvent);
      return remember({ ...NOTHING_OBSERVED, log, checkpoints: checkpointViews(log, feedersOf(parts)) });
    },
    settle: async (system) => {
      for (const feeder of feedersOf(partsOf(system))) await feeder.idle();
    },
    head: (system) => numberOf(partsOf(system).store.head()),
  };
};
