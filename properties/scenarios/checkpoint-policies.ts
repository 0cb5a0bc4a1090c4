/**
 * A feeder that is stopped and started again with other checkpoint policies (now and then, by time, on idle), with
 * a handler that takes its time: the checkpoint never passes what is durably applied, and a restart repeats no more
 * than an interval and what was in flight.
 *
 * The handler is a read model that keeps its position with its state, and makes both durable after each event.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Json, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { type OneAtATime, oneAtATime } from '../../src/designs/one-at-a-time.js';
import { type Clock, sleep } from '../../src/environment.js';
import { isSystemStream, type RecordedEvent } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { placeOf } from '../../src/event-store/position.js';
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
import { batchOf, loggedEvent } from '../observation/logged-events.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { remember } from '../observation/observed-memory.js';
import { ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';

const FEEDER = 'main';
const DIRECTORY = '/data';
/** Of every policy here. */
const EVERY_EVENTS = 3;
const IN_FLIGHT_MAX = 2;

const POLICIES = {
  'every 3 events': { onIdle: false, everyEvents: EVERY_EVENTS },
  'when idle': { onIdle: true, everyEvents: EVERY_EVENTS },
  'every 5 ms': { onIdle: false, everyMs: 5, everyEvents: EVERY_EVENTS },
} as const satisfies Record<string, CheckpointPolicy>;
type PolicyName = keyof typeof POLICIES;

type Command =
  | { readonly type: 'append'; readonly takesMs: number }
  | { readonly type: 'restart-feeder'; readonly policy: PolicyName };

const policyNames = Object.keys(POLICIES) as PolicyName[]; // of a constant object, in the order written

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('append' as const), takesMs: fc.constantFrom(0, 2, 20) }),
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
  feeder: Feeder;
  /** Stops that feeder; from then on nothing more may be heard of it. */
  stopFeeder: () => Promise<void>;
  /** Where the model stood when the feeder that runs now was started. */
  appliedAtStart: number;
  /** The durable checkpoint as that feeder found it. */
  checkpointAtStart: number;
  delivered: number[];
  /** What happened although the feeder that did it had stopped, in words. */
  readonly afterStop: string[];
  settledAfterMs: number;
}

const handle = async (
  model: ReadModel<readonly string[]>,
  clock: Clock,
  event: RecordedEvent,
): Promise<void> => {
  const { takesMs } = event.data as unknown as { readonly takesMs: number }; // written by `send`
  if (takesMs > 0) await sleep(clock, takesMs);
  model.apply(event);
  await model.flush();
};

const start = async (
  { env, store, model, afterStop }: Pick<Life, 'env' | 'store' | 'model' | 'afterStop'>,
  policy: PolicyName,
): Promise<Pick<Life, 'feeder' | 'stopFeeder' | 'appliedAtStart' | 'checkpointAtStart' | 'delivered'>> => {
  const appliedAtStart = placeOf(model.position);
  const delivered: number[] = [];
  let stopped = false;
  const feeder = await startFeeder(env, store, {
    name: FEEDER,
    checkpoint: POLICIES[policy],
    inFlightMax: IN_FLIGHT_MAX,
    handlers: [
      {
        name: LEDGER.name,
        durability: 'durable',
        position: () => model.position,
        handle: async (event) => {
          delivered.push(placeOf(event.metadata.globalPosition));
          await handle(model, env.clock, event);
          if (stopped) afterStop.push(`${LEDGER.name} took in position ${event.metadata.globalPosition}`);
        },
      },
    ],
  });
  const stopFeeder = async (): Promise<void> => {
    await feeder.stop();
    stopped = true;
  };
  return { feeder, stopFeeder, appliedAtStart, checkpointAtStart: placeOf(feeder.checkpoint), delivered };
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, `${DIRECTORY}/log`, { segmentBytes: 4096 });
  const model = await openReadModel(LEDGER, { durability: 'durable', fs: env.fs, directory: DIRECTORY });
  const afterStop: string[] = [];
  const started = await start({ env, store, model, afterStop }, 'every 3 events');
  return { env, store, model, restarts: oneAtATime(), ...started, afterStop, settledAfterMs: 0 };
};

const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<void> => {
  if (sent.type === 'append') {
    await life.store.appendToStream('s', batchOf(index, 'Happened', [{ takesMs: sent.takesMs }]));
    return;
  }
  await life.restarts.run(async () => {
    await life.stopFeeder();
    Object.assign(life, await start(life, sent.policy));
  });
};

const settle = async (life: Life): Promise<void> => {
  const began = life.env.clock.now();
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
        position: placeOf(model.position),
        fresh: project(LEDGER, domain),
      },
    ],
    subscribers: feeder.handlers.map(({ name, startedAfter }) => ({
      name,
      durability: 'durable',
      start: startedAfter,
      appliedAtStart,
      lag: feeder.lag(name),
      delivered,
      handled: new Set(handled.map(({ metadata }) => placeOf(metadata.globalPosition))),
      replayLimit: EVERY_EVENTS + IN_FLIGHT_MAX,
    })),
    checkpoints: checkpointsIn(log, [LEDGER.name], life.checkpointAtStart),
    afterStop: life.afterStop,
    settledAfterMs: life.settledAfterMs,
  };
});

const describe = (sent: Command): string =>
  sent.type === 'append'
    ? `append an event${sent.takesMs === 0 ? '' : ` that takes ${sent.takesMs} ms to handle`}`
    : `restart the feeder with a checkpoint ${sent.policy}`;

export default defineSuite<Life, Command>({
  name: 'checkpoint-policies',
  boot,
  commands: fc.array(command, { minLength: 1, maxLength: 8, size: 'max' }),
  perform: send,
  settle,
  shutdown: async ({ feeder, model, store }) => {
    await feeder.stop();
    await model.close();
    await store.close();
  },
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
    rest(observe, { settle, head: ({ store }) => placeOf(store.head()) }),
    answered(describe),
  ],
  observe: async ({ store }): Promise<Json> => {
    const log = (await store.readAll()).map(loggedEvent);
    return remember({ ...NOTHING_OBSERVED, log, checkpoints: checkpointsIn(log, [LEDGER.name]) });
  },
  clients: 2,
  marks: ['store:torn-tail-cut'],
  describe,
});
