/**
 * A log that is moved away, so that the program begins another one while its durable handler still stands in the old: as after a
 * wrong path, or a backup of one part only. The handler must be refused, not fed from where it stands. Otherwise the new events
 * up to there never reach it. Once it is refused, it is reset, and handles the new log from its beginning.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { syncDirectory } from '../../src/event-store/log/durable-files.js';
import type { DurableEventStore } from '../../src/event-store/log-event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf, resumeAfter } from '../../src/event-store/position.js';
import { type Feeder, type FeederHandler, startFeeder } from '../../src/feeder/feeder.js';
import { openStateFile, type StateFile } from '../../src/read-models/state-file.js';
import { projectionEquality } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { answered } from './no-rejections.js';
import { logOf, rememberStore } from './store-life.js';

const DIRECTORY = '/data';
const LOG = `${DIRECTORY}/log`;
const HANDLER = 'copy';

type Command = 'append' | 'begin another log';

/** What the handler keeps: the position that it has handled, and the ids of all events up to there. */
interface Copy {
  readonly position: number;
  readonly ids: readonly string[];
}

const EMPTY: Copy = { position: 0, ids: [] };

/** The program while it has a log open. */
interface Running {
  readonly store: DurableEventStore;
  readonly feeder: Feeder;
  readonly file: StateFile;
  copy: Copy;
}

interface Life {
  readonly env: SimulatedEnvironment;
  running: Running;
}

type Keeper = Pick<Running, 'file' | 'copy'>;

const handlerOf = (keeper: Keeper): FeederHandler => ({
  name: HANDLER,
  durability: 'durable',
  position: () => resumeAfter(keeper.copy.position),
  handle: ({ metadata }) => {
    const position = numberOf(metadata.globalPosition);
    const { ids } = keeper.copy;
    if (position > keeper.copy.position) keeper.copy = { position, ids: [...ids, metadata.messageId] };
  },
  flush: () => keeper.file.save(keeper.copy),
});

/** A handler that is refused is reset, durably: it may not be taken for one of the new log after the next crash. */
const startWith = async (
  env: SimulatedEnvironment,
  store: DurableEventStore,
  keeper: Keeper,
): Promise<Feeder> => {
  const start = () =>
    startFeeder(env, store, {
      name: 'main',
      handlers: [handlerOf(keeper)],
      checkpoint: { everyEvents: 1 },
    });
  try {
    return await start();
  } catch (error) {
    if (errorCode(error) !== 'HANDLER_BEYOND_HEAD') throw error;
    env.mark('exchanged-logs:refused');
    keeper.copy = EMPTY;
    await keeper.file.save(EMPTY);
    return await start();
  }
};

const run = async (env: SimulatedEnvironment): Promise<Running> => {
  const store = await openEventStore(env, LOG);
  const file = await openStateFile(env.fs, DIRECTORY, HANDLER);
  const keeper: Keeper = { file, copy: (file.initial ?? EMPTY) as Copy }; // written by `flush`, under a checksum
  const feeder = await startWith(env, store, keeper);
  return Object.assign(keeper, { store, feeder });
};

const boot = async (env: SimulatedEnvironment): Promise<Life> => ({ env, running: await run(env) });

const stop = async ({ feeder, store, file }: Running): Promise<void> => {
  await feeder.idle();
  await feeder.stop();
  await store.close();
  await file.close();
};

const exchange = async (life: Life): Promise<void> => {
  const { env } = life;
  await stop(life.running);
  // A name of its own each time: the command may be repeated after a crash.
  await env.fs.rename(LOG, `${DIRECTORY}/log-${env.random.uuid()}`);
  await syncDirectory(env.fs, DIRECTORY);
  life.running = await run(env);
};

const send = async (life: Life, command: Command, { index }: PerformContext): Promise<null> => {
  if (command === 'append') await life.running.store.appendToStream('s', batchOf(index, 'Noted', [index]));
  else await exchange(life);
  return null;
};

const observe = observeOnce(async ({ running: { store, copy } }: Life): Promise<Observation> => {
  const log = await logOf({ store });
  const fresh = log.filter(({ system }) => !system).map(({ messageId }) => messageId);
  const view = {
    name: HANDLER,
    durability: 'durable',
    state: copy.ids,
    position: copy.position,
    fresh,
  } as const;
  return { ...NOTHING_OBSERVED, log, readModels: [view] };
});

const describe = (command: Command): string =>
  command === 'append' ? 'append an event' : 'move the log away and begin another';

export default defineSuite({
  name: 'exchanged-logs',
  boot,
  commands: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('append' as const) },
      { weight: 1, arbitrary: fc.constant('begin another log' as const) },
    ),
    { minLength: 1, maxLength: 6, size: 'max' },
  ),
  perform: send,
  settle: ({ running }) => running.feeder.idle(),
  shutdown: ({ running }) => stop(running),
  mustReach: [retriedAfterCrash],
  invariants: [projectionEquality(observe), answered(describe)],
  observe: ({ running }) => rememberStore(running),
  marks: ['exchanged-logs:refused'],
  describe,
});
