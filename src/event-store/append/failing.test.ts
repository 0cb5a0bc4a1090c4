/** What the store does when the file system fails it. */
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../environment.js';
import { datas, inMemory, intercepted, systemError, testEnvironment } from '../../testing/event-stores.js';
import { type DurableEventStore, openEventStore } from '../index.js';

const append = (store: DurableEventStore, data: number): Promise<unknown> =>
  store.appendToStream('a', [{ type: 't', data, messageId: `m${data}` }]);

/** A store in memory in which one kind of call can be made to fail. */
const openFragile = async () => {
  const disk = inMemory({});
  const calls: string[] = [];
  let failing: { readonly call: string; readonly error: Error } | undefined;
  const fs = intercepted(disk, (call) => {
    calls.push(call);
    if (call === failing?.call) throw failing.error;
  });
  const store = await openEventStore(testEnvironment(fs), '/data');
  const fail = (call: string, code = 'EIO'): void => {
    failing = { call, error: systemError(code) };
  };
  const reopen = async (): Promise<DurableEventStore> => {
    failing = undefined;
    return await openEventStore(testEnvironment(fs), '/data');
  };
  return { store, disk, calls, fail, reopen };
};

describe.each(['handle.write', 'handle.datasync'])('appendToStream: a failed %s', (call) => {
  test('stops the store: the append and all later ones are refused, and nothing is tried again', async () => {
    const { store, calls, fail } = await openFragile();
    await append(store, 1);
    fail(call);
    const first = append(store, 2);
    const waiting = append(store, 3);
    await expect(first).rejects.toMatchObject({ code: 'STORE_FAILED', cause: { code: 'EIO' } });
    await expect(waiting).rejects.toMatchObject({ code: 'STORE_FAILED' });
    calls.length = 0;
    await expect(append(store, 4)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(calls).toEqual([]);
  });

  test('leaves what was durable readable, and shows nothing else', async () => {
    const { store, fail } = await openFragile();
    await append(store, 1);
    fail(call);
    await expect(append(store, 2)).rejects.toThrow();
    expect(datas(await store.readAll())).toEqual([1]);
    expect(store.head()).toBe(1n);
    expect(store.streamVersion('a')).toBe(1n);
  });

  test('is over when the store is opened again, where a repeated append is stored once', async () => {
    const { store, fail, reopen } = await openFragile();
    await append(store, 1);
    fail(call);
    await expect(append(store, 2)).rejects.toThrow();
    const again = await reopen();
    await append(again, 2);
    expect(datas(await again.readAll())).toEqual([1, 2]);
  });
});

test.each([
  ['one call where a write can be durable by itself', true, ['handle.write']],
  ['a write and a sync elsewhere', false, ['handle.write', 'handle.datasync']],
])(
  'appendToStream: an append is %s, and so is the repetition of the last one',
  async (_what, durable, expected) => {
    const calls: string[] = [];
    const flags: unknown[] = [];
    const disk = intercepted(inMemory({}), (call) => calls.push(call));
    const fs: FileSystem = {
      ...disk,
      open: (path, flag, mode) => {
        if (flag !== 'r') flags.push(flag);
        return disk.open(path, flag, mode);
      },
    };
    const writeThrough = { create: 0o11102, existing: 0o10002 };
    const env = { ...testEnvironment(fs), ...(durable ? { writeThrough } : {}) };
    const store = await openEventStore(env, '/data');
    await append(store, 1);
    calls.length = 0;
    await append(store, 2);
    expect(calls).toEqual(expected);
    await store.close();
    calls.length = 0;
    await openEventStore(env, '/data');
    expect(calls).toEqual(['readdir', 'open', 'handle.stat', 'handle.read', ...expected]);
    expect(flags).toEqual(durable ? [writeThrough.create, writeThrough.existing] : ['w+', 'r+']);
  },
);

test('openEventStore: after a failed sync, recovery writes the last group again and syncs it', async () => {
  const { store, calls, fail, reopen } = await openFragile();
  await append(store, 1);
  fail('handle.datasync');
  await expect(append(store, 2)).rejects.toThrow();
  calls.length = 0;
  await reopen();
  expect(calls).toEqual(['readdir', 'open', 'handle.stat', 'handle.read', 'handle.write', 'handle.datasync']);
});

test.each(['open', 'handle.sync', 'handle.write'])(
  'appendToStream: a %s that fails in the first write of a segment stops the store, too',
  async (call) => {
    const { store, fail, reopen } = await openFragile();
    fail(call);
    await expect(append(store, 1)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    const again = await reopen();
    await append(again, 1);
    expect(datas(await again.readAll())).toEqual([1]);
  },
);

test('appendToStream continues a short write', async () => {
  const disk = inMemory({});
  const fs = new Proxy(disk, {
    get: (target, name) => {
      if (name !== 'open') return Reflect.get(target, name, target) as unknown;
      return async (path: string, flags: string) => {
        const handle = await target.open(path, flags);
        const write = handle.write.bind(handle);
        const short = (buffer: Buffer, start: number, length: number, position: number) =>
          write(buffer, start, Math.min(length, 100), position);
        return Object.assign(Object.create(handle) as object, {
          write: short,
          sync: () => handle.sync(),
          datasync: () => handle.datasync(),
          close: () => handle.close(),
        });
      };
    },
  });
  const store = await openEventStore(testEnvironment(fs), '/data');
  for (let i = 0; i < 5; i++) await append(store, i);
  const again = await openEventStore(testEnvironment(disk), '/data');
  expect(datas(await again.readAll())).toEqual([0, 1, 2, 3, 4]);
});

describe('appendToStream: a full disk', () => {
  const SMALL = { segmentBytes: 2048, preallocateBytes: 512 };

  /** A store on a disk with room for `room` bytes more; a write beyond writes what still fits and then fails. */
  const openOnSmallDisk = async () => {
    const disk = inMemory({});
    let room = Number.POSITIVE_INFINITY;
    const fs = new Proxy(disk, {
      get: (target, name) => {
        if (name !== 'open') return Reflect.get(target, name, target) as unknown;
        return async (path: string, flags: string) => {
          const handle = await target.open(path, flags);
          const write = handle.write.bind(handle);
          return Object.assign(handle, {
            write: async (buffer: Buffer, start: number, length: number, position: number) => {
              const { size } = await handle.stat();
              const grows = Math.max(0, position + length - size);
              if (grows <= room) return await write(buffer, start, length, position);
              await write(buffer, start, Math.max(0, length - grows + room), position);
              throw systemError('ENOSPC');
            },
          });
        };
      },
    });
    const store = await openEventStore(testEnvironment(fs), '/data', SMALL);
    return { store, disk, setRoom: (bytes: number) => (room = bytes) };
  };

  test.each([0, 30, 200, 500])(
    'with %i bytes left refuses what does not fit, and forgets nothing else',
    async (room) => {
      const { store, disk, setRoom } = await openOnSmallDisk();
      const accepted: number[] = [];
      const refused: unknown[] = [];
      for (let i = 1; i <= 60; i++) {
        setRoom(i % 3 === 0 ? room : Number.POSITIVE_INFINITY);
        // Two at once: a group. Nothing of it may stay behind.
        const both = await Promise.allSettled([append(store, i), append(store, i + 1000)]);
        both.forEach((outcome, index) => {
          if (outcome.status === 'fulfilled') accepted.push(i + index * 1000);
          else refused.push(outcome.reason);
        });
        expect(datas(await store.readAll())).toEqual(accepted);
        const again = await openEventStore(testEnvironment(disk), '/data', SMALL);
        expect(datas(await again.readAll())).toEqual(accepted);
        expect(again.recovery.tornTail).toBeUndefined();
      }
      expect(refused.length).toBeGreaterThan(0);
      for (const error of refused)
        expect(error).toMatchObject({ code: 'STORE_FULL', cause: { code: 'ENOSPC' } });
    },
  );

  test('still answers a repetition of what is there, though it shares the write that is refused', async () => {
    const { store, setRoom } = await openOnSmallDisk();
    const there = { type: 'Noted', data: 1, messageId: 'there' };
    const first = await store.appendToStream('s', [there]);
    setRoom(0);
    const [added, repeated, conflicting] = await Promise.allSettled([
      store.appendToStream('s', [{ type: 'Noted', data: 'x'.repeat(5000) }]),
      store.appendToStream('s', [there]),
      store.appendToStream('s', [{ type: 'Noted', data: 2 }], { expectedStreamVersion: 7n }),
    ]);
    expect(added).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FULL' } });
    expect(repeated).toEqual({ status: 'fulfilled', value: first });
    expect(conflicting).toMatchObject({ status: 'rejected', reason: { code: 'EXPECTED_VERSION_CONFLICT' } });
  });
});
