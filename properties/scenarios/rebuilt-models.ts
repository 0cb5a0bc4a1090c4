/**
 * A read model is rebuilt while it goes on serving. Events are appended and delivered meanwhile, and the power may fail
 * at any moment. The next start goes on with the old state or with the new one. Neither is stale once the system is idle,
 * and no event is missing or applied twice.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Attempted, History, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { isSystemStream } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { readModelHandler } from '../../src/read-models/handler.js';
import { project } from '../../src/read-models/projection.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import { rebuild } from '../../src/read-models/rebuild.js';
import { durability, liveness, monotonicity, projectionEquality, rest } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { type Ids, ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { type AppendAnswer, claimOfAppend, headOfStore, logOf, rememberStore } from './store-life.js';

const DIRECTORY = '/data';
const STREAM = 's';
const EVENT_TYPE = 'Noted';

type Command = 'append' | 'rebuild the durable model' | 'rebuild the volatile model';

interface Life {
  readonly clock: SimulatedEnvironment['clock'];
  readonly store: EventStore;
  readonly durable: ReadModel<Ids>;
  readonly volatile: ReadModel<Ids>;
  readonly feeder: Feeder;
  settledAfterMs: number;
}

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, `${DIRECTORY}/log`, { segmentBytes: 4096 });
  const storage = { durability: 'durable', fs: env.fs, directory: DIRECTORY } as const;
  const durable = await openReadModel(ledger('durable'), storage);
  const volatile = await openReadModel(ledger('volatile'), { durability: 'volatile' });
  const handlers = [durable, volatile].map(readModelHandler);
  const feeder = await startFeeder(env, store, { name: 'main', writer: 'main', handlers });
  return { clock: env.clock, store, durable, volatile, feeder, settledAfterMs: 0 };
};

/** Where the event is; null for a rebuild. */
type Answer = AppendAnswer | null;

const send = async (life: Life, command: Command, { index }: PerformContext): Promise<Answer> => {
  const { store, durable, volatile } = life;
  if (command !== 'append') {
    await rebuild(command === 'rebuild the durable model' ? durable : volatile, store);
    return null;
  }
  const result = await store.appendToStream(STREAM, batchOf(index, EVENT_TYPE, [index]));
  return {
    version: Number(result.nextExpectedStreamVersion),
    position: Number(result.lastEventGlobalPosition),
  };
};

const claimed = (attempted: Attempted<Command, Answer>): Claim =>
  claimOfAppend(attempted, { type: EVENT_TYPE, streamName: STREAM });

const observe = observeOnce(async (life: Life, history: History<Command, Answer>): Promise<Observation> => {
  const events = await life.store.readAll();
  const domain = events.filter(({ metadata }) => !isSystemStream(metadata.streamName));
  return {
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    claims: history.commands.map(claimed),
    readModels: [life.durable, life.volatile].map(({ name, durability: kept, state, position }) => ({
      name,
      durability: kept,
      state,
      position: numberOf(position),
      fresh: project(ledger(name), domain),
    })),
    settledAfterMs: life.settledAfterMs,
  };
});

const settle = async (life: Life): Promise<void> => {
  const began = life.clock.now();
  await life.feeder.idle();
  life.settledAfterMs = life.clock.now() - began;
};

const describe = (command: Command): string => (command === 'append' ? 'append an event' : command);

const describeResult = ({ version }: NonNullable<Answer>): string =>
  `done, the stream is at version ${version}`;

export default defineSuite({
  name: 'rebuilt-models',
  boot,
  commands: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<Command>('append') },
      { weight: 1, arbitrary: fc.constant<Command>('rebuild the durable model') },
      { weight: 1, arbitrary: fc.constant<Command>('rebuild the volatile model') },
    ),
    { minLength: 1, maxLength: 6 },
  ),
  perform: send,
  settle,
  shutdown: async ({ feeder, durable, volatile, store }) => {
    await feeder.stop();
    await durable.close();
    await volatile.close();
    await store.close();
  },
  mustReach: [retriedAfterCrash],
  invariants: [
    ...[durability, projectionEquality, monotonicity, liveness].map((invariant) =>
      invariant<Life, Command>(observe),
    ),
    rest(observe, { settle, head: headOfStore }),
    answered(describe),
  ],
  observe: rememberStore,
  clients: 2,
  marks: ['store:torn-tail-cut'],
  describe,
  describeResult,
});
