/**
 * Two durable handlers that keep what they handled in memory until they are flushed, and record no position of their
 * own: only the checkpoint says where they go on, so nothing heals a checkpoint that is ahead of a flush. Flushes fail
 * once or for long, the feeder is paused, resumed, stopped and started; and what it reports is compared with the log.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { History, Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { type OneAtATime, oneAtATime } from '../../src/designs/one-at-a-time.js';
import { isSystemStream } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { type Feeder, type FeederHandler, startFeeder } from '../../src/feeder/feeder.js';
import { openStateFile } from '../../src/read-models/state-file.js';
import { checkpointSafety, liveness, monotonicity, noLoss, order } from '../invariants/index.js';
import { checkpointsIn } from '../observation/checkpoint-views.js';
import { counted } from '../observation/describe-events.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import {
  NOTHING_OBSERVED,
  type Observation,
  observeOnce,
  type SubscriberView,
} from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore, stopInOrder } from './store-life.js';

const DIRECTORY = '/data';
const FEEDER = 'main';
const NAMES = ['first', 'second'] as const;
const RETRY = { attempts: 2, firstDelayMs: 10, factor: 2, maxDelayMs: 100 } as const;
/** More than the feeder tries: it stops. */
const FOR_LONG = 5;
const FLUSH_FAILED = 'FLUSH_FAILED';

/** Nothing is cached and segments are soon full: the feeder waits for what it reads, and others act meanwhile. */
const STORE = { segmentBytes: 1024, cacheBytes: 0 } as const;
const HANDLING_CALLS = 3;
const PADDING = 'x'.repeat(200);

const COMMANDS = [
  'append',
  'append',
  'append',
  'fail a flush',
  'fail flushes for long',
  'pause',
  'resume',
  'restart the feeder',
] as const;
type Command = (typeof COMMANDS)[number];

/** A handler's store of ids. */
interface Keeper {
  readonly name: (typeof NAMES)[number];
  readonly held: Set<number>;
  /** What its file held at the boot. */
  readonly foundAtBoot: ReadonlySet<number>;
  readonly save: () => Promise<void>;
}

/** What there is before a feeder runs. */
interface Ground {
  readonly env: SimulatedEnvironment;
  readonly store: EventStore;
  readonly keepers: readonly Keeper[];
  readonly restarts: OneAtATime;
  isPaused: boolean;
  pauses: number;
  flushesToFail: number;
  /** Flushes of the feeder that failed since it was started. */
  failedFlushes: number;
  /** Feeders that stopped at fewer failures than they are to bear, in words. */
  readonly givenUpEarly: string[];
  readonly deliveredWhilePaused: string[];
  readonly wrongLags: string[];
  settledAfterMs: number;
}

/** A feeder that was started on it. */
interface Started {
  feeder: Feeder;
  writer: string;
  /** Checkpoints of this feeder were written after this position. */
  startedAt: number;
  appliedAtStart: readonly number[];
  checkpointAtStart: number;
  delivered: ReadonlyMap<string, number[]>;
}

type Life = Ground & Started;

const openKeeper = async ({ fs }: SimulatedEnvironment, name: Keeper['name']): Promise<Keeper> => {
  const file = await openStateFile(fs, DIRECTORY, name);
  const found = (file.initial ?? []) as readonly number[]; // written below
  const held = new Set(found);
  return { name, held, foundAtBoot: new Set(found), save: () => file.save([...held]) };
};

/** The position up to which `held` has every domain event. */
const appliedUpTo = async (store: EventStore, held: ReadonlySet<number>): Promise<number> => {
  let applied = 0;
  for (const { metadata } of await store.readAll({ systemStreams: false })) {
    const position = numberOf(metadata.globalPosition);
    if (!held.has(position)) return applied;
    applied = position;
  }
  return applied;
};

const handlerOf = (life: Ground, keeper: Keeper, delivered: number[]): FeederHandler => ({
  name: keeper.name,
  durability: 'durable',
  handle: async ({ metadata }) => {
    const position = numberOf(metadata.globalPosition);
    if (life.isPaused) life.deliveredWhilePaused.push(`${keeper.name} was handed position ${position}`);
    delivered.push(position);
    // Others are handled while this one is flushed, and the other way round.
    for (let call = 0; call < HANDLING_CALLS; call++) await life.env.fs.stat(DIRECTORY);
    keeper.held.add(position);
  },
  flush: async () => {
    if (life.flushesToFail > 0) {
      life.flushesToFail--;
      life.failedFlushes++;
      throw Object.assign(new Error(`${keeper.name} can't be flushed now`), { code: FLUSH_FAILED });
    }
    await keeper.save();
  },
});

/**
 * Starts a feeder whose handlers begin with what their files hold, as after a restart of the program. It becomes part of `ground`,
 * in the place of the one before.
 */
const start = async (ground: Ground, held: (keeper: Keeper) => ReadonlySet<number>): Promise<Life> => {
  const { env, store, keepers } = ground;
  const appliedAtStart = await Promise.all(keepers.map((keeper) => appliedUpTo(store, held(keeper))));
  const delivered = new Map<string, number[]>(NAMES.map((name) => [name, []]));
  const startedAt = numberOf(store.head());
  const writer = `after-${startedAt}-${env.random.uuid()}`;
  ground.isPaused = false;
  ground.failedFlushes = 0;
  const feeder = await startFeeder(env, store, {
    name: FEEDER,
    writer,
    retry: RETRY,
    checkpoint: { everyEvents: 2 },
    handlers: keepers.map((keeper) => handlerOf(ground, keeper, delivered.get(keeper.name) ?? [])),
  });
  const checkpointAtStart = numberOf(feeder.checkpoint);
  const started: Started = { feeder, writer, startedAt, appliedAtStart, checkpointAtStart, delivered };
  const life = Object.assign(ground, started);
  void feeder.stopped.then((error) => {
    if (errorCode(error) === FLUSH_FAILED && feeder === life.feeder && life.failedFlushes < RETRY.attempts)
      life.givenUpEarly.push(`a feeder stopped after ${life.failedFlushes} of its flushes had failed`);
  });
  return life;
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => {
  const store = await openEventStore(env, `${DIRECTORY}/log`, STORE);
  const keepers = await Promise.all(NAMES.map((name) => openKeeper(env, name)));
  const ground: Ground = {
    env,
    store,
    keepers,
    restarts: oneAtATime(),
    deliveredWhilePaused: [],
    givenUpEarly: [],
    failedFlushes: 0,
    wrongLags: [],
    isPaused: false,
    pauses: 0,
    flushesToFail: 0,
    settledAfterMs: 0,
  };
  return await start(ground, ({ foundAtBoot }) => foundAtBoot);
};

const restart = (life: Life): Promise<void> =>
  life.restarts.run(async () => {
    await life.feeder.stop();
    await start(life, ({ held }) => held);
  });

/** An event that was appended during a pause reaches no handler. So each handler lags by that event at least. */
const noteLag = ({ feeder, wrongLags }: Life): void => {
  const idle = feeder.handlers.find(({ name }) => feeder.lag(name) < 1);
  if (idle !== undefined)
    wrongLags.push(`${idle.name} was not handed the last event, and its lag is ${feeder.lag(idle.name)}`);
};

const resume = (life: Life): void => {
  life.isPaused = false;
  life.feeder.resume();
};

const append = async (life: Life, { index, attempt }: PerformContext): Promise<void> => {
  const { isPaused, pauses } = life;
  await life.store.appendToStream('s', batchOf(index, 'Happened', [`${PADDING}${index}`]));
  // One that is sent again may have been handled long ago.
  if (attempt === 1 && isPaused && life.isPaused && life.pauses === pauses) noteLag(life);
};

const pause = async (life: Life): Promise<void> => {
  await life.feeder.pause().catch(() => undefined); // it stopped; `settle` restarts it
  life.isPaused = true;
  life.pauses++;
};

const send = async (life: Life, command: Command, context: PerformContext): Promise<null> => {
  switch (command) {
    case 'append':
      await append(life, context);
      break;
    case 'fail a flush':
      life.flushesToFail = 1;
      break;
    case 'fail flushes for long':
      life.flushesToFail = FOR_LONG;
      break;
    case 'pause':
      await life.restarts.run(() => pause(life));
      break;
    case 'resume':
      await life.restarts.run(async () => resume(life));
      break;
    case 'restart the feeder':
      await restart(life);
      break;
    default:
      command satisfies never;
  }
  return null;
};

/** Ends all failures, resumes a paused feeder, and restarts one that a failed flush stopped. */
const settle = async (life: Life): Promise<void> => {
  const began = life.env.clock.now();
  life.flushesToFail = 0;
  resume(life);
  const failed = await life.feeder.idle().then(
    () => false,
    () => true,
  );
  if (failed) await restart(life);
  await life.feeder.idle();
  life.settledAfterMs = life.env.clock.now() - began;
};

const observe = observeOnce(async (life: Life): Promise<Observation> => {
  const { feeder, keepers, delivered, appliedAtStart } = life;
  const log = await logOf(life);
  return {
    ...NOTHING_OBSERVED,
    log,
    subscribers: feeder.handlers.map(
      ({ name, startedAfter }, index): SubscriberView => ({
        name,
        durability: 'durable',
        start: numberOf(startedAfter),
        appliedAtStart: appliedAtStart[index] ?? 0,
        lag: feeder.lag(name),
        delivered: delivered.get(name) ?? [],
        handled: keepers[index]?.held ?? new Set<number>(),
      }),
    ),
    checkpoints: checkpointsIn(log, NAMES, life.checkpointAtStart),
    settledAfterMs: life.settledAfterMs,
  };
});

const pausedIsPaused: Invariant<Life, Command> = {
  name: 'paused-is-paused',
  statement: 'A feeder that is paused hands out nothing until it is resumed.',
  check: (_, { deliveredWhilePaused }) => deliveredWhilePaused[0],
};

const bearsOneFailure: Invariant<Life, Command> = {
  name: 'bears-a-failure',
  statement: `A flush that fails is tried again: a feeder stops at ${RETRY.attempts} failures and not before.`,
  check: (_, { givenUpEarly }) => givenUpEarly[0],
};

const reportsAgree: Invariant<Life, Command> = {
  name: 'reports-agree',
  statement: 'Checkpoint, checkpoint writes and lag are what the log says.',
  check: async (history: History<Command>, life) => {
    const { log } = await observe(life, history);
    const { feeder, writer, wrongLags } = life;
    if (wrongLags[0] !== undefined) return wrongLags[0];
    const written = log.filter(
      ({ system, data }) => system && (data as { writer?: string }).writer === writer,
    );
    if (feeder.checkpointWrites !== written.length)
      return `the feeder says that it wrote ${counted(feeder.checkpointWrites, 'checkpoint')}; the log has ${written.length} of it`;
    const last = written.at(-1)?.data as { readonly position: number } | undefined; // a checkpoint's data
    const due = last?.position ?? life.checkpointAtStart;
    if (numberOf(feeder.checkpoint) !== due)
      return `the feeder says that its checkpoint is ${numberOf(feeder.checkpoint)}; the log says ${due}`;
    const domain = log.filter(({ streamName }) => !isSystemStream(streamName));
    const lastDue = domain.at(-1)?.globalPosition ?? 0;
    return due === lastDue || feeder.lag() !== 0
      ? undefined
      : `all is handled up to ${lastDue}, nothing is left to do, and the checkpoint is ${due}`;
  },
};

const describe = (command: Command): string =>
  command === 'append'
    ? 'append an event'
    : command === 'fail a flush'
      ? 'let the next flush fail'
      : command === 'fail flushes for long'
        ? `let the next ${FOR_LONG} flushes fail`
        : command;

export default defineSuite({
  name: 'flushing-handlers',
  boot,
  commands: fc.array(fc.constantFrom(...COMMANDS), { minLength: 1, maxLength: 8, size: 'max' }),
  perform: send,
  settle,
  shutdown: stopInOrder,
  mustReach: [retriedAfterCrash],
  invariants: [
    ...[noLoss, order, checkpointSafety, monotonicity, liveness].map((invariant) =>
      invariant<Life, Command>(observe),
    ),
    pausedIsPaused,
    bearsOneFailure,
    reportsAgree,
    answered(describe),
  ],
  observe: rememberStore,
  clients: 3,
  marks: ['store:torn-tail-cut'],
  describe,
});
