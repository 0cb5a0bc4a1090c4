/**
 * A log that is restored from a backup, while the read model beside it stays: it includes events that the log no longer has. The
 * model must be refused. Otherwise it passes over the new events that get those positions, or restarts without a word. Some
 * events are not for the model, so its position can be beyond the end of a log that still has its last event.
 */
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import type { Invariant, PerformContext, SimulatedEnvironment } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import type { FileSystem } from '../../src/environment.js';
import { BEGINNING } from '../../src/event-store/event.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { syncDirectory } from '../../src/event-store/log/durable-files.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { numberOf } from '../../src/event-store/position.js';
import { openReadModel, type ReadModel } from '../../src/read-models/read-model.js';
import { projectionEquality } from '../invariants/index.js';
import { batchOf } from '../observation/logged-events.js';
import { retriedAfterCrash } from '../observation/must-reach.js';
import { NOTHING_OBSERVED, type Observation, observeOnce } from '../observation/observation.js';
import { type Ids, ledger } from './message-id-projection.js';
import { answered } from './no-rejections.js';
import { logOf, type StoreLife } from './store-life.js';

const DIRECTORY = '/data';
const LOG = `${DIRECTORY}/log`;
const BACKUP = `${DIRECTORY}/backup`;
const MODEL = 'noted';
const OF_MODEL = 'Noted';
const OF_OTHERS = 'Ignored';

type Command = typeof OF_MODEL | typeof OF_OTHERS | 'back up' | 'restore';

interface Running {
  store: EventStore;
  readonly model: ReadModel<Ids>;
}

interface Life {
  readonly env: SimulatedEnvironment;
  running: Running;
}

/** A model that is refused is emptied, durably. Until then every restart is refused, too. */
const openModel = async (env: SimulatedEnvironment, store: EventStore): Promise<ReadModel<Ids>> => {
  const storage = { durability: 'durable', fs: env.fs, directory: DIRECTORY } as const;
  try {
    return await openReadModel(ledger(MODEL), { ...storage, store });
  } catch (error) {
    if (errorCode(error) !== 'HANDLER_BEYOND_HEAD') throw error;
    env.mark('restored-logs:refused');
    const model = await openReadModel(ledger(MODEL), storage);
    model.replace([], BEGINNING);
    await model.flush();
    return model;
  }
};

const catchUp = async ({ store, model }: Running): Promise<void> => {
  for (const event of await store.readAll({ after: model.position })) {
    if (event.type === OF_MODEL) model.apply(event);
    else model.advance(event.metadata.globalPosition);
  }
  await model.flush();
};

const run = async (env: SimulatedEnvironment): Promise<Running> => {
  const store = await openEventStore(env, LOG);
  return { store, model: await openModel(env, store) };
};

const stop = async ({ store, model }: Running): Promise<void> => {
  await store.close();
  await model.close();
};

/** Copies a closed log. Each copy appears complete, by a rename. */
const copyLog = async (env: SimulatedEnvironment, from: string, to: string): Promise<void> => {
  const { fs, random } = env;
  const copy = `${DIRECTORY}/copy-${random.uuid()}`;
  await fs.mkdir(copy);
  for (const name of await fs.readdir(from)) await copyDurably(fs, `${from}/${name}`, `${copy}/${name}`);
  await syncDirectory(fs, copy);
  if ((await fs.readdir(DIRECTORY)).includes(to.slice(DIRECTORY.length + 1)))
    await fs.rename(to, `${DIRECTORY}/old-${random.uuid()}`);
  await fs.rename(copy, to);
  await syncDirectory(fs, DIRECTORY);
};

const copyDurably = async (fs: FileSystem, from: string, to: string): Promise<void> => {
  await fs.copyFile(from, to);
  const handle = await fs.open(to, 'r+');
  await handle.sync();
  await handle.close();
};

const restore = async ({ env, running }: Life): Promise<Running> => {
  await stop(running);
  if ((await env.fs.readdir(DIRECTORY)).includes('backup')) await copyLog(env, BACKUP, LOG);
  return await run(env);
};

const send = async (life: Life, command: Command, { index }: PerformContext): Promise<null> => {
  const { env, running } = life;
  switch (command) {
    case OF_MODEL:
    case OF_OTHERS:
      await running.store.appendToStream('s', batchOf(index, command, [index]));
      // The model saves itself now and then only.
      if (command === OF_OTHERS) await catchUp(running);
      return null;
    case 'back up':
      await running.store.close();
      await copyLog(env, LOG, BACKUP);
      running.store = await openEventStore(env, LOG);
      return null;
    case 'restore':
      life.running = await restore(life);
      return null;
  }
};

const observe = observeOnce(async ({ running: { store, model } }: Life): Promise<Observation> => {
  const life: StoreLife = { store };
  const log = await logOf(life);
  const fresh = log.filter(({ type }) => type === OF_MODEL).map(({ messageId }) => messageId);
  const position = numberOf(model.position);
  const view = { name: MODEL, durability: 'durable', state: model.state, position, fresh } as const;
  return { ...NOTHING_OBSERVED, log, readModels: [view] };
});

const refusedAloud: Invariant<Life, Command> = {
  name: 'refused-aloud',
  statement: 'A read model that includes more than the log has is refused, and does not restart silently.',
  check: (_, { running: { model } }) => model.distrusted,
};

const describe = (command: Command): string => {
  if (command === 'back up') return 'back up the log';
  if (command === 'restore') return 'restore the backup of the log';
  return command === OF_MODEL ? 'append an event' : 'append an event that is not for the model';
};

const weighted = (weight: number, command: Command) => ({ weight, arbitrary: fc.constant(command) });

const anyOrder = fc.array(
  fc.oneof(weighted(3, OF_MODEL), weighted(2, OF_OTHERS), weighted(2, 'back up'), weighted(2, 'restore')),
  { minLength: 1, maxLength: 8, size: 'max' },
);

/** The backup has the last event of the model, and ends before the model's position. In any order that is rare. */
const BEYOND_ITS_END: readonly Command[] = [OF_MODEL, 'back up', OF_OTHERS, 'restore', OF_MODEL];

export default defineSuite({
  name: 'restored-logs',
  boot: async (env: SimulatedEnvironment): Promise<Life> => ({ env, running: await run(env) }),
  commands: fc.oneof(
    { weight: 3, arbitrary: anyOrder },
    { weight: 1, arbitrary: fc.constant(BEYOND_ITS_END) },
  ),
  perform: send,
  settle: ({ running }) => catchUp(running),
  shutdown: ({ running }) => stop(running),
  mustReach: [retriedAfterCrash],
  invariants: [projectionEquality(observe), refusedAloud, answered(describe)],
  marks: ['restored-logs:refused'],
  describe,
});
