import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Locks } from '../environment.js';
import {
  datas,
  event,
  inMemory,
  intercepted,
  openInMemory,
  temporaryDirectory,
  testEnvironment,
} from '../testing/event-stores.js';
import { openEventStore } from './index.js';

describe('onAppended', () => {
  test('tells each append once, in order, when it can be read, until it is told to stop', async () => {
    const { store } = await openInMemory();
    const heads: bigint[] = [];
    const stop = store.onAppended((head) => {
      expect(store.head() as bigint).toBeGreaterThanOrEqual(head);
      heads.push(head);
    });
    await Promise.all([1, 2, 3].map((i) => store.appendToStream('a', [event(i), event(i)])));
    expect(heads).toEqual([2n, 4n, 6n]);
    stop();
    await store.appendToStream('a', [event(4)]);
    expect(heads).toHaveLength(3);
  });
});

describe('close', () => {
  test('waits for appends under way; later calls are refused', async () => {
    const { store } = await openInMemory();
    const append = store.appendToStream('a', [event(1)]);
    await store.close();
    await expect(append).resolves.toMatchObject({ lastEventGlobalPosition: 1n });
    await expect(store.appendToStream('a', [event(2)])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.readAll()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.close()).resolves.toBeUndefined();
  });

  test('waits for reads under way before it gives the lock back', async () => {
    const order: string[] = [];
    const withdraw = async (): Promise<void> => void order.push('lock');
    const locks: Locks = {
      announce: async () => ({ name: undefined, check: () => {}, onLost: () => {}, withdraw }),
      presenceOf: async () => ({ state: 'dead' }),
    };
    const fs = intercepted(inMemory({}), (call) => void order.push(call));
    const env = { ...testEnvironment(fs), locks };
    const store = await openEventStore(env, '/data', { segmentBytes: 1024, cacheBytes: 0 });
    for (let i = 0; i < 100; i++) await store.appendToStream('a', [event(i)]);
    const all = store.readAll();
    const stream = store.readStream('a');
    await store.close();
    expect(order.at(-1)).toBe('lock');
    expect([await all, (await stream).events].map(({ length }) => length)).toEqual([100, 100]);
    expect(order.at(-1)).toBe('lock');
  });
});

test('openEventStore: equal histories give equal bytes', async () => {
  const write = async (): Promise<Buffer> => {
    const fs = inMemory({});
    const store = await openEventStore(testEnvironment(fs), '/data');
    for (let i = 0; i < 5; i++) await store.appendToStream('a', [event(i)]);
    await store.close();
    return await fs.readFile('/data/00000001.log');
  };
  expect((await write()).equals(await write())).toBe(true);
});

test('openEventStore: a store on the real disk is made with its directories, and found again', async () => {
  const directory = `${temporaryDirectory()}/deep/er`;
  const store = await openEventStore(testEnvironment(), directory);
  await store.appendToStream('a', [event(1)]);
  await store.close();
  const again = await openEventStore(testEnvironment(), directory);
  expect(datas(await again.readAll())).toEqual([1]);
  await again.close();
});

test.each([{ segmentBytes: 1 }, { preallocateBytes: -1 }, { cacheBytes: 0.5 }])(
  'openEventStore refuses the option %o',
  async (options) => {
    await expect(openEventStore(testEnvironment(), '/nowhere', options)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  },
);

test('openEventStore: a system error of another realm is recognized, as tests under Jest have a realm of their own', async () => {
  const noEntry: unknown = runInNewContext("Object.assign(new Error('ENOENT'), { code: 'ENOENT' })");
  expect(noEntry).not.toBeInstanceOf(Error);
  let isMissing = true;
  const fs = intercepted(inMemory({}), (call) => {
    if (call !== 'readdir' || !isMissing) return;
    isMissing = false;
    throw noEntry;
  });
  const store = await openEventStore(testEnvironment(fs), '/data');
  expect(isMissing).toBe(false);
  await store.close();
});
