/**
 * A read model that saves itself now and then, as a snapshot, and whose projection is revised: a restart goes on from
 * the last snapshot, which is never further back than it says, and another revision starts from an empty model.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { type OneAtATime, oneAtATime } from '../../src/designs/one-at-a-time.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import type { Feeder, FeederHandler } from '../../src/feeder/feeder.js';
import { startFollower } from '../../src/feeder/follower.js';
import { snapshotHandler } from '../../src/read-models/handler.js';
import { type Projection, project } from '../../src/read-models/projection.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import { liveness, noLoss, order, projectionEquality } from '../invariants/index.js';
import { counted } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import type { Ids } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore, stopInOrder } from './store-life.js';

const DIRECTORY = '/data';
const EVERY_EVENTS = 3;
const REVISIONS = [1, 2] as const;
type Revision = (typeof REVISIONS)[number];

type Command =
  | { readonly type: 'append'; readonly events: number }
  | { readonly type: 'deploy'; readonly revision: Revision };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('append' as const), events: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('deploy' as const), revision: fc.constantFrom(...REVISIONS) }),
  },
);

/** Each revision writes its number beside the id: a state that two of them had a part in shows it. */
const notes = (revision: Revision): Projection<Ids> => ({
  name: 'notes',
  revision,
  initial: [],
  evolve: (ids, { metadata }) => [...ids, `${metadata.messageId}, by revision ${revision}`],
});

interface Life {
  readonly env: SimulatedEnvironment;
  readonly store: EventStore;
  readonly deployments: OneAtATime;
  revision: Revision;
  model: ReadModel<Ids>;
  feeder: Feeder;
  delivered: number[];
  /** How many events its snapshot had when the model was opened, and the position of the last of them. */
  opened: number;
  startedAfter: number;
  /** Restarts that went on from elsewhere than the last snapshot that was due, in words. */
  readonly wrongRestarts: string[];
}

type Running = Pick<Life, 'revision' | 'model' | 'feeder' | 'delivered' | 'opened' | 'startedAfter'>;

const start = async (env: SimulatedEnvironment, store: EventStore, revision: Revision): Promise<Running> => {
  const storage = { durability: 'durable', fs: env.fs, directory: DIRECTORY } as const;
  const model = await openReadModel(notes(revision), storage);
  const opened = model.state.length;
  const startedAfter = numberOf(model.position);
  const delivered: number[] = [];
  const handler = snapshotHandler(model, EVERY_EVENTS);
  const noted: FeederHandler = {
    ...handler,
    handle: (event) => {
      delivered.push(numberOf(event.metadata.globalPosition));
      return handler.handle(event);
    },
  };
  // A stop waits for a snapshot that is being saved, however long that takes.
  const feeder = startFollower(env, store, noted, { stopTimeoutMs: Number.POSITIVE_INFINITY });
  return { revision, model, feeder, delivered, opened, startedAfter };
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, `${DIRECTORY}/log`, { segmentBytes: 4096 });
  const running = await start(env, store, 1);
  return { env, store, deployments: oneAtATime(), ...running, wrongRestarts: [] };
};

/** How many events are in the last snapshot, if one is saved at regular intervals. */
const inLastSnapshot = (opened: number, now: number): number =>
  opened + Math.floor((now - opened) / EVERY_EVENTS) * EVERY_EVENTS;

const deploy = async (life: Life, revision: Revision): Promise<void> => {
  const { env, store, feeder, model, opened } = life;
  await feeder.stop();
  await model.close();
  const now = model.state.length;
  const due = revision === life.revision ? inLastSnapshot(opened, now) : undefined;
  Object.assign(life, await start(env, store, revision));
  if (due !== undefined && life.opened !== due)
    life.wrongRestarts.push(
      `of ${counted(now, 'event')} the last snapshot was to have ${due}, and the restart found ${life.opened}`,
    );
};

const send = async (life: Life, sent: Command, { index }: PerformContext): Promise<void> => {
  if (sent.type === 'deploy') return life.deployments.run(() => deploy(life, sent.revision));
  const data = Array.from({ length: sent.events }, (_, place) => place);
  await life.store.appendToStream('s', batchOf(index, 'Happened', data));
};

const observe = observeOnce(async (life: Life): Promise<Observation> => {
  const { store, model, feeder, revision, delivered, startedAfter } = life;
  const name = model.name;
  const events = await store.readAll({ systemStreams: false });
  const had = new Set(model.state);
  const ids = project(notes(revision), events);
  const handled = events.filter((_, place) => had.has(ids[place] ?? ''));
  const fresh = ids;
  const position = numberOf(model.position);
  return {
    ...NOTHING_OBSERVED,
    log: await logOf(life),
    readModels: [{ name, durability: 'durable', state: model.state, position, fresh }],
    subscribers: [
      {
        name,
        durability: 'durable',
        start: startedAfter,
        appliedAtStart: startedAfter,
        lag: feeder.lag(),
        delivered,
        handled: new Set(handled.map(({ metadata }) => numberOf(metadata.globalPosition))),
      },
    ],
  };
});

const snapshotsAreDue: Invariant<Life, Command> = {
  name: 'snapshots-are-due',
  statement: `A snapshot is saved after every ${EVERY_EVENTS} events and at no other time, and a restart goes on from the last one.`,
  check: (_, { model, opened, wrongRestarts }) => {
    const now = model.state.length;
    const due = Math.floor((now - opened) / EVERY_EVENTS);
    return (
      wrongRestarts[0] ??
      (model.saves === due
        ? undefined
        : `${counted(now - opened, 'event')} led to ${counted(model.saves, 'snapshot')}, where ${due} were due`)
    );
  },
};

const describe = (sent: Command): string =>
  sent.type === 'append'
    ? `append ${counted(sent.events, 'event')}`
    : `restart with revision ${sent.revision} of the projection`;

export default defineSuite({
  name: 'snapshots-and-revisions',
  boot,
  commands: fc.array(command, { minLength: 1, maxLength: 6, size: 'max' }),
  perform: send,
  settle: ({ feeder }) => feeder.idle(),
  shutdown: stopInOrder,
  mustReach: [retriedAfterCrash],
  invariants: [
    ...[projectionEquality, noLoss, order, liveness].map((invariant) => invariant<Life, Command>(observe)),
    snapshotsAreDue,
    answered(describe),
  ],
  observe: rememberStore,
  clients: 2,
  marks: ['store:torn-tail-cut'],
  describe,
});
