/**
 * The store as it is put into production, everything on at once and in small: room allocated ahead, appends that share a
 * write, segments that fill up and get their index file, checkpoints that are compacted away, nothing cached; and behind it
 * a feeder with a durable and a volatile read model. Each suite of the parts asks one question; this one
 * asks whether the answers still hold together.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type {
  Attempted,
  History,
  Invariant,
  PerformContext,
  SimulatedEnvironment,
} from '../../sim/suite/suite.js';
import { isSystemStream } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { checkpointStream } from '../../src/feeder/checkpoint.js';
import { type Feeder, startFeeder } from '../../src/feeder/feeder.js';
import { readModelHandler } from '../../src/read-models/handler.js';
import { project } from '../../src/read-models/projection.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import {
  atomicity,
  durability,
  liveness,
  monotonicity,
  noLoss,
  order,
  projectionEquality,
  rest,
} from '../invariants/index.js';
import { checkpointsIn } from '../observation/checkpoint-views.js';
import { counted } from '../observation/describe-events.js';
import { batchOf, loggedEvent } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { type Claim, NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { type Ids, ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { headOfStore, logOf, rememberStore } from './store-life.js';

const DIRECTORY = '/data';
const FEEDER = 'main';
const STORE = {
  segmentBytes: 1024,
  preallocateBytes: 512,
  cacheBytes: 0,
  maxCount: (streamName: string) => (streamName.startsWith('$') ? 1 : undefined),
};

/** How many appends a customer sends at once, to streams of their own: they share a write. */
type Rush = { readonly appends: number };

interface Life {
  readonly clock: SimulatedEnvironment['clock'];
  readonly store: EventStore;
  readonly feeder: Feeder;
  readonly models: readonly ReadModel<Ids>[];
  readonly delivered: ReadonlyMap<string, number[]>;
  readonly checkpointAtStart: number;
  /** Message ids of the checkpoints, as a reader of their stream found them before anyone had read the log. */
  readonly checkpointsFound: ReadonlySet<string>;
  readonly checkpointVersionFound: bigint;
  settledAfterMs: number;
}

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, `${DIRECTORY}/log`, STORE);
  const found = await store.readStream(checkpointStream(FEEDER));
  const storage = { durability: 'durable', fs: env.fs, directory: DIRECTORY } as const;
  const durable = await openReadModel(ledger('durable'), storage);
  const volatile = await openReadModel(ledger('volatile'), { durability: 'volatile' });
  const models = [durable, volatile];
  const delivered = new Map(models.map(({ name }) => [name, [] as number[]]));
  const handlers = models.map(readModelHandler).map((handler) => ({
    ...handler,
    handle: async (event: Parameters<typeof handler.handle>[0]) => {
      delivered.get(handler.name)?.push(numberOf(event.metadata.globalPosition));
      await handler.handle(event);
    },
  }));
  const feeder = await startFeeder(env, store, {
    name: FEEDER,
    // The same in each life, as only one is running: so that lives which differ in nothing else are one.
    writer: FEEDER,
    handlers,
    checkpoint: { everyEvents: 1 },
  });
  const checkpointAtStart = numberOf(feeder.checkpoint);
  return {
    clock: env.clock,
    store,
    feeder,
    models,
    delivered,
    checkpointAtStart,
    checkpointsFound: new Set(found.events.map(({ metadata }) => metadata.messageId)),
    checkpointVersionFound: found.currentStreamVersion,
    settledAfterMs: 0,
  };
};

const STREAMS = ['a', 'b', 'c'] as const;

interface Answer {
  readonly streamName: string;
  readonly version: number;
  readonly position: number;
}

/** One append to each of `appends` streams, none waiting for another. */
const send = async ({ store }: Life, { appends }: Rush, { index }: PerformContext): Promise<Answer[]> =>
  await Promise.all(
    STREAMS.slice(0, appends).map(async (streamName, place) => {
      const [event] = batchOf(index, 'T', [place]);
      const messageId = `command-${index}/${streamName}`;
      const result = await store.appendToStream(
        streamName,
        event === undefined ? [] : [{ ...event, messageId }],
      );
      const version = Number(result.nextExpectedStreamVersion);
      return { streamName, version, position: Number(result.lastEventGlobalPosition) };
    }),
  );

const claimed = ({ index, outcome }: Attempted<Rush, readonly Answer[]>): Claim => {
  if (outcome.status !== 'acknowledged') return { command: index, status: outcome.status, events: [] };
  const answers = outcome.result;
  const events = answers.map(({ streamName, version, position }, place) => ({
    type: 'T',
    data: place,
    messageId: `command-${index}/${streamName}`,
    streamName,
    streamPosition: version,
    globalPosition: position,
    command: index,
  }));
  return { command: index, status: 'acknowledged', events };
};

const observe = observeOnce(
  async (life: Life, history: History<Rush, readonly Answer[]>): Promise<Observation> => {
    const events = await life.store.readAll();
    const domain = events.filter(({ metadata }) => !isSystemStream(metadata.streamName));
    const names = life.models.map(({ name }) => name);
    return {
      ...NOTHING_OBSERVED,
      log: await logOf(life),
      claims: history.commands.map(claimed),
      readModels: life.models.map(({ name, durability, state, position }) => ({
        name,
        durability,
        state,
        position: numberOf(position),
        fresh: project(ledger(name), domain),
      })),
      subscribers: life.feeder.handlers.map(({ name, startedAfter, position: handledUpTo }) => ({
        name,
        durability: name === 'durable' ? 'durable' : 'volatile',
        start: numberOf(startedAfter),
        appliedAtStart: numberOf(startedAfter),
        lag: life.feeder.lag(name),
        delivered: life.delivered.get(name) ?? [],
        handled: new Set(
          domain
            .map(({ metadata }) => numberOf(metadata.globalPosition))
            .filter((position) => position <= numberOf(handledUpTo)),
        ),
      })),
      checkpoints: checkpointsIn(events.map(loggedEvent), names, life.checkpointAtStart),
      settledAfterMs: life.settledAfterMs,
    };
  },
);

/** An index that is older than its segment leaves out, or finds in the wrong place, what is there. */
const streamsAgree: Invariant<Life, Rush, readonly Answer[]> = {
  name: 'streams-agree',
  statement: 'Reading a stream returns every event that the log holds of it.',
  check: async (_, { store, checkpointsFound, checkpointVersionFound }) => {
    const log = await store.readAll();
    const hidden = log.find(
      ({ metadata }) =>
        metadata.streamName === checkpointStream(FEEDER) &&
        metadata.streamPosition <= checkpointVersionFound &&
        !checkpointsFound.has(metadata.messageId),
    );
    return hidden === undefined
      ? undefined
      : `checkpoint ${hidden.metadata.streamPosition} is in the log, and was not in its stream`;
  },
};

const settle = async (life: Life): Promise<void> => {
  const began = life.clock.now();
  await life.feeder.idle();
  life.settledAfterMs = life.clock.now() - began;
};

const describe = ({ appends }: Rush): string =>
  `send ${counted(appends, 'append')} at once, to streams of their own`;

const describeResult = (answers: readonly Answer[]): string =>
  `done, ${answers.map(({ streamName, version }) => `${streamName} is at version ${version}`).join(', ')}`;

export default defineSuite({
  name: 'production',
  boot,
  commands: fc.array(fc.record({ appends: fc.integer({ min: 1, max: STREAMS.length }) }), {
    minLength: 1,
    maxLength: 8,
    size: 'max',
  }),
  perform: send,
  settle,
  shutdown: async ({ feeder, models, store }) => {
    await feeder.stop();
    for (const model of models) await model.close();
    await store.close();
  },
  mustReach: [retriedAfterCrash],
  invariants: [
    ...[durability, atomicity, noLoss, order, projectionEquality, monotonicity, liveness].map((invariant) =>
      invariant<Life, Rush>(observe),
    ),
    streamsAgree,
    rest(observe, { settle, head: headOfStore }),
    answered(describe),
  ],
  observe: rememberStore,
  clients: 2,
  marks: [
    'store:torn-tail-cut',
    'store:group-shared',
    'store:segment-sealed',
    'store:segment-compacted',
    'store:opened-by-index',
    'store:opened-by-log',
  ],
  describe,
  describeResult,
});
