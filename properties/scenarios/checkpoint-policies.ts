/**
 * A feeder is stopped and started again with other checkpoint policies: now and then, by time, on idle. Its handler takes
 * its time. The checkpoint never passes what is durably applied, and keeps up as its policy says. A restart after a
 * crash repeats no more than an interval and what was in flight; one after a stop repeats nothing.
 *
 * The handler is a read model that keeps its position with its state, and makes both durable after each event.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  History,
  Invariant,
  Json,
  PerformContext,
  SimulatedEnvironment,
} from '../../sim/suite/suite.js';
import { type OneAtATime, oneAtATime } from '../../src/designs/one-at-a-time.js';
import { type Clock, sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type CheckpointPolicy, type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { project } from '../../src/read-models/projection.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import {
  boundedReplay,
  checkpointSafety,
  liveness,
  monotonicity,
  noLoss,
  order,
  positions,
  projectionEquality,
  rest,
  stoppedIsStopped,
} from '../invariants/index.js';
import { checkpointsIn } from '../observation/checkpoint-views.js';
import { counted } from '../observation/describe-events.js';
import { batchOf, loggedEvent } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import {
  type CheckpointWrite,
  NOTHING_OBSERVED,
  type Observation,
  observeOnce,
} from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';
import { ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { stopInOrder } from './store-life.js';

const FEEDER = 'main';
const DIRECTORY = '/data';
/** Of every policy here. */
const EVERY_EVENTS = 3;
const IN_FLIGHT_MAX = 2;

const EVERY_MS = 5;

const POLICIES = {
  'every 3 events': { onIdle: false, everyEvents: EVERY_EVENTS },
  'when idle': { onIdle: true, everyEvents: EVERY_EVENTS },
  'every 5 ms': { onIdle: false, everyMs: EVERY_MS, everyEvents: EVERY_EVENTS },
} as const satisfies Record<string, CheckpointPolicy>;
type PolicyName = keyof typeof POLICIES;

type Command =
  | { readonly type: 'append'; readonly takesMs: number; readonly events: number }
  | { readonly type: 'restart-feeder'; readonly policy: PolicyName };

const policyNames = Object.keys(POLICIES) as PolicyName[]; // of a constant object, in the order written

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      takesMs: fc.constantFrom(0, 2, 20),
      events: fc.constantFrom(1, 2, 6),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('restart-feeder' as const),
      policy: fc.constantFrom(...policyNames),
    }),
  },
);

const LEDGER = ledger('ledger');

interface Life {
  readonly env: SimulatedEnvironment;
  readonly store: EventStore;
  readonly model: ReadModel<readonly string[]>;
  /** One restart at a time: two feeders of one name are another scenario. */
  readonly restarts: OneAtATime;
  policy: PolicyName;
  /** Tells the checkpoints of the running feeder from earlier ones. */
  writer: string;
  feeder: Feeder;
  /** Stops that feeder; from then on nothing more may be heard of it. */
  stopFeeder: () => Promise<void>;
  /** Where the model stood when the feeder that runs now was started. */
  appliedAtStart: number;
  /** The durable checkpoint as that feeder found it. */
  checkpointAtStart: number;
  delivered: number[];
  /** The most events that were handed out ahead of what is settled. */
  mostInFlight: number;
  /** The last position that the feeder's handler was done with. */
  lastHandled: number;
  /** When each event of the log became durable in this life, by position. */
  readonly durableAtMs: Map<number, number>;
  /** Starts after a clean stop that did not go on right after the last handled event, in words. */
  readonly repeatedStarts: string[];
  /** What happened although the feeder that did it had stopped, in words. */
  readonly afterStop: string[];
  settledAfterMs: number;
}

const handle = async (
  model: ReadModel<readonly string[]>,
  clock: Clock,
  event: RecordedEvent,
): Promise<void> => {
  const { takesMs } = event.data as { readonly takesMs: number }; // written by `send`
  if (takesMs > 0) await sleep(clock, takesMs);
  model.apply(event);
  await model.flush();
};

type Running = Pick<
  Life,
  'policy' | 'writer' | 'feeder' | 'stopFeeder' | 'appliedAtStart' | 'checkpointAtStart' | 'delivered'
>;

const start = async (life: Omit<Life, keyof Running>, policy: PolicyName): Promise<Running> => {
  const { env, store, model, afterStop } = life;
  const appliedAtStart = numberOf(model.position);
  const delivered: number[] = [];
  const writer = env.random.uuid();
  let stopped = false;
  /** Unknown to the handler until the start is over. */
  let running: Feeder | undefined;
  const feeder = await startFeeder(env, store, {
    name: FEEDER,
    writer,
    checkpoint: POLICIES[policy],
    inFlightMax: IN_FLIGHT_MAX,
    // A stop waits for the handler, however slow the disk is.
    stopTimeoutMs: Number.POSITIVE_INFINITY,
    handlers: [
      {
        name: LEDGER.name,
        durability: 'durable',
        position: () => model.position,
        // A call that exceeds its limit has failed, even where its work was done: that is another scenario.
        timeoutMs: Number.POSITIVE_INFINITY,
        handle: async (event) => {
          delivered.push(numberOf(event.metadata.globalPosition));
          await handle(model, env.clock, event);
          // It is not settled yet, and more may have been handed out meanwhile.
          life.mostInFlight = Math.max(
            life.mostInFlight,
            ...(running?.handlers ?? []).map(({ pending }) => pending),
          );
          life.lastHandled = numberOf(event.metadata.globalPosition);
          if (stopped) afterStop.push(`${LEDGER.name} took in position ${event.metadata.globalPosition}`);
        },
      },
    ],
  });
  running = feeder;
  const stopFeeder = async (): Promise<void> => {
    await feeder.stop();
    stopped = true;
  };
  return {
    policy,
    writer,
    feeder,
    stopFeeder,
    appliedAtStart,
    checkpointAtStart: numberOf(feeder.checkpoint),
    delivered,
  };
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, `${DIRECTORY}/log`, { segmentBytes: 4096 });
  const model = await openReadModel(LEDGER, { durability: 'durable', fs: env.fs, directory: DIRECTORY });
  const life = {
    env,
    store,
    model,
    restarts: oneAtATime(),
    mostInFlight: 0,
    lastHandled: 0,
    durableAtMs: new Map<number, number>(),
    repeatedStarts: [],
    afterStop: [],
    settledAfterMs: 0,
  };
  store.onAppended((head) => void life.durableAtMs.set(numberOf(head), env.clock.now()));
  return Object.assign(life, await start(life, 'every 3 events'));
};

const restart = async (life: Life, policy: PolicyName): Promise<void> => {
  await life.stopFeeder();
  const { lastHandled } = life;
  Object.assign(life, await start(life, policy));
  if (life.checkpointAtStart < lastHandled)
    life.repeatedStarts.push(
      `position ${lastHandled} was handled before the stop, and the checkpoint after it is ${life.checkpointAtStart}`,
    );
};

const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<void> => {
  if (sent.type === 'append') {
    const { takesMs, events } = sent;
    const data = Array.from({ length: events }, () => ({ takesMs }));
    await life.store.appendToStream('s', batchOf(index, 'Happened', data));
    return;
  }
  await life.restarts.run(() => restart(life, sent.policy));
};

/** Past idle by more than the longest interval: what is due by time is due by then. */
const settle = async (life: Life): Promise<void> => {
  const began = life.env.clock.now();
  await life.feeder.idle();
  await sleep(life.env.clock, EVERY_MS + 1);
  await life.feeder.idle();
  life.settledAfterMs = life.env.clock.now() - began;
};

const observe = observeOnce(async (life: Life, _: History<Command>): Promise<Observation> => {
  const { feeder, model, delivered, appliedAtStart } = life;
  const events = await life.store.readAll();
  const log = events.map(loggedEvent);
  const domain = events.filter(({ metadata }) => !isSystemStream(metadata.streamName));
  const ids = new Set(model.state);
  const handled = domain.filter(({ metadata }) => ids.has(metadata.messageId));
  return {
    ...NOTHING_OBSERVED,
    log,
    readModels: [
      {
        name: LEDGER.name,
        durability: 'durable',
        state: model.state,
        position: numberOf(model.position),
        fresh: project(LEDGER, domain),
      },
    ],
    subscribers: feeder.handlers.map(({ name, startedAfter }) => ({
      name,
      durability: 'durable',
      start: numberOf(startedAfter),
      appliedAtStart,
      lag: feeder.lag(name),
      delivered,
      handled: new Set(handled.map(({ metadata }) => numberOf(metadata.globalPosition))),
      // The event that makes a checkpoint due is one of both.
      replayLimit: EVERY_EVENTS + IN_FLIGHT_MAX - 1,
    })),
    checkpoints: checkpointsIn(log, [LEDGER.name], life.checkpointAtStart),
    afterStop: life.afterStop,
    settledAfterMs: life.settledAfterMs,
  };
});

/** Idle for longer than any interval: by time or on idle nothing may be left over, by number less than the interval. */
const keepsUp: Invariant<Life, Command> = {
  name: 'checkpoint-keeps-up',
  statement: 'Once idle for longer than its interval, a feeder has checkpointed all that its policy wants.',
  check: async (history: History<Command>, life) => {
    const { log } = await observe(life, history);
    const last = log.findLast(({ system }) => !system)?.globalPosition ?? 0;
    const checkpoint = numberOf(life.feeder.checkpoint);
    const mayLag = life.policy === 'every 3 events' ? EVERY_EVENTS - 1 : 0;
    return last - checkpoint <= mayLag
      ? undefined
      : `with a checkpoint ${life.policy}, position ${last} is handled and the checkpoint is ${checkpoint}`;
  },
};

/** Whether a write of the feeder that runs was due when it came. It has not stopped, so none is a last one. */
const isDue = (
  { policy, durableAtMs }: Life,
  { position, globalPosition }: CheckpointWrite,
  before: CheckpointWrite | undefined,
): boolean => {
  if (policy === 'when idle' || before === undefined) return true;
  if (position - before.position >= EVERY_EVENTS) return true;
  const passedMs = (durableAtMs.get(globalPosition) ?? 0) - (durableAtMs.get(before.globalPosition) ?? 0);
  return policy === 'every 5 ms' && passedMs >= EVERY_MS;
};

const dueOnly: Invariant<Life, Command> = {
  name: 'checkpoints-are-due',
  statement: 'A feeder that is not idle writes a checkpoint when its policy wants one, and no more often.',
  check: async (history: History<Command>, life) => {
    const [view] = (await observe(life, history)).checkpoints;
    const own = view?.writes.filter(({ writer }) => writer === life.writer) ?? [];
    const early = own.findIndex((write, place) => !isDue(life, write, own[place - 1]));
    return early < 0
      ? undefined
      : `with a checkpoint ${life.policy}, ${own[early]?.position} was written right after ${own[early - 1]?.position}`;
  },
};

const inFlight: Invariant<Life, Command> = {
  name: 'in-flight',
  statement: `A handler is handed at most ${IN_FLIGHT_MAX} events ahead.`,
  check: (_, { mostInFlight }) =>
    mostInFlight <= IN_FLIGHT_MAX ? undefined : `${mostInFlight} events were in flight at once`,
};

const stopsClean: Invariant<Life, Command> = {
  name: 'stops-clean',
  statement: 'A stop writes a last checkpoint, so that the next start repeats nothing.',
  check: (_, { repeatedStarts }) => repeatedStarts[0],
};

const describe = (sent: Command): string =>
  sent.type === 'append'
    ? `append ${counted(sent.events, 'event')}${sent.takesMs === 0 ? '' : ` that ${sent.events === 1 ? 'takes' : 'take'} ${sent.takesMs} ms to handle`}`
    : `restart the feeder with a checkpoint ${sent.policy}`;

export default defineSuite({
  name: 'checkpoint-policies',
  boot,
  commands: fc.array(command, { minLength: 1, maxLength: 8, size: 'max' }),
  perform: send,
  settle,
  shutdown: stopInOrder,
  mustReach: [retriedAfterCrash],
  invariants: [
    ...[
      boundedReplay,
      checkpointSafety,
      monotonicity,
      noLoss,
      order,
      projectionEquality,
      liveness,
      positions,
      stoppedIsStopped,
    ].map((invariant) => invariant<Life, Command>(observe)),
    keepsUp,
    dueOnly,
    inFlight,
    stopsClean,
    rest(observe, { settle, head: ({ store }) => numberOf(store.head()) }),
    answered(describe),
  ],
  observe: async ({ store }): Promise<Json> => {
    const log = (await store.readAll()).map(loggedEvent);
    return remember({ ...NOTHING_OBSERVED, log, checkpoints: checkpointsIn(log, [LEDGER.name]) });
  },
  clients: 2,
  // What is measured here is how much time passes.
  clock: { jumps: false },
  marks: ['store:torn-tail-cut'],
  describe,
});
