import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startFeeder } from '../../feeder/index.js';
import { openReadModel, readModelHandler } from '../../read-models/index.js';
import { realEnvironment } from '../../real-environment.js';
import { temporaryDirectory } from '../../testing/event-stores.js';
import { openEventStore } from '../index.js';
import { repairLog } from '../maintenance/repair-log.js';

/** The files of a directory that this process has open. */
const openIn = (directory: string): readonly string[] =>
  readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(directory) ? [path] : [];
    } catch {
      return []; // It was the one that lists them.
    }
  });

test.runIf(process.platform === 'linux')('openEventStore: no file stays open after close', async () => {
  const directory = temporaryDirectory();
  const env = realEnvironment();
  const options = { segmentBytes: 4096, cacheBytes: 0, maxCount: () => 2 };
  for (let life = 0; life < 3; life++) {
    const store = await openEventStore(env, `${directory}/log`, options);
    const model = await openReadModel(
      { name: 'count', initial: 0, evolve: (state: number) => state + 1 },
      { durability: 'durable', fs: env.fs, directory },
    );
    const feeder = await startFeeder(env, store, { name: 'f', handlers: [readModelHandler(model)] });
    for (let i = 0; i < 60; i++)
      await store.appendToStream(`s${i % 3}`, [
        { type: 't', data: 'x'.repeat(100), messageId: `${life}-${i}` },
      ]);
    await store.appendToStream('s0', [{ type: 't', data: 'x'.repeat(100), messageId: '0-0' }]);
    await feeder.idle();
    await store.readStream('s1', { direction: 'backwards' });
    await store.readAll();
    await expect(openEventStore(env, `${directory}/log`)).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    expect(openIn(directory)).not.toEqual([]);
    await feeder.stop();
    await model.close();
    await store.close();
    await repairLog(env.fs, `${directory}/log`);
    expect(openIn(directory)).toEqual([]);
  }
});
