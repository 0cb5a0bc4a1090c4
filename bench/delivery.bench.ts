/**
 * From the save to the read model: how much later than the append itself a read model shows the event, through bus
 * and feeder with durable checkpoints, on a real disk. One writer that waits each time: the worst case, as no two
 * events share anything.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from '../src/event-store/index.js';
import { type CheckpointPolicy, startFeeder } from '../src/feeder/index.js';
import { openReadModel, type Projection, readModelHandler } from '../src/read-models/index.js';
import { realEnvironment } from '../src/real-environment.js';
import { compareLatencies, type LatencyContender } from './measuring/latency.js';
import type { Comparison } from './measuring/paired.js';

const count: Projection<number> = { name: 'count', initial: 0, evolve: (state) => state + 1 };
const EVENT = { type: 'happened', data: { text: 'x'.repeat(120) } };

/** What is to be closed in the end, last first. */
type Opened = (() => Promise<void>)[];

/** A store in a directory of its own; how it is fed differs. */
const bareAppend = async (directory: string, opened: Opened): Promise<LatencyContender> => {
  const store = await openEventStore(realEnvironment(), directory);
  opened.push(() => store.close());
  return { name: 'append alone', run: () => store.appendToStream('s', [EVENT]) };
};

const appendAndShow = async (
  name: string,
  directory: string,
  opened: Opened,
  durability: 'durable' | 'volatile',
  checkpoint: CheckpointPolicy,
): Promise<LatencyContender> => {
  const env = realEnvironment();
  const store = await openEventStore(env, `${directory}/log`);
  const storage = durability === 'durable' ? { durability, fs: env.fs, directory } : { durability };
  const model = await openReadModel(count, storage);
  const feeder = await startFeeder(env, store, {
    name: 'bench',
    handlers: [readModelHandler(model)],
    checkpoint,
  });
  opened.push(
    () => store.close(),
    () => model.close(),
    () => feeder.stop(),
  );
  return {
    name,
    run: async () => {
      const { lastEventGlobalPosition } = await store.appendToStream('s', [EVENT]);
      await feeder.waitFor(lastEventGlobalPosition);
    },
  };
};

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'powercut-delivery-'));
  const opened: Opened = [];
  try {
    return await compareLatencies('save to read model', await bareAppend(`${directory}/bare`, opened), [
      await appendAndShow('shown, checkpoint each 1,000', `${directory}/a`, opened, 'volatile', {
        onIdle: false,
      }),
      await appendAndShow('shown and saved, checkpoint each 1,000', `${directory}/b`, opened, 'durable', {
        onIdle: false,
      }),
      await appendAndShow('shown and saved, checkpoint each time', `${directory}/c`, opened, 'durable', {}),
    ]);
  } finally {
    for (const close of opened.reverse()) await close();
    await rm(directory, { recursive: true, force: true });
  }
};
