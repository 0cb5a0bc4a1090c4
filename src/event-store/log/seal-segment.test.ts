/** What is made of full segments: index files, which may never matter for what is read, and compacted segments. */
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../environment.js';
import {
  datas,
  filesOf,
  inMemory,
  intercepted,
  systemError,
  testEnvironment,
} from '../../testing/event-stores.js';
import { SEAL_BYTES } from '../format/segment.js';
import {
  type DurableEventStore,
  examineLog,
  type Json,
  openEventStore,
  repairLog,
  type StoreOptions,
} from '../index.js';

const SMALL: StoreOptions = {
  segmentBytes: 2048,
  preallocateBytes: 512,
  maxCount: (streamName) => (streamName === '$checkpoint' ? 2 : undefined),
};

const open = async (fs: FileSystem): Promise<DurableEventStore> =>
  await openEventStore(testEnvironment(fs), '/data', SMALL);

const append = async (store: DurableEventStore, streamName: string, data: Json): Promise<void> => {
  await store.appendToStream(streamName, [{ type: 't', data, messageId: `${streamName}-${data}` }]);
};

/** A log of several segments with one checkpoint for each event. */
const fill = async (fs: FileSystem, count = 60): Promise<DurableEventStore> => {
  const store = await open(fs);
  for (let i = 1; i <= count; i++) {
    await append(store, `s${i % 3}`, i);
    await append(store, '$checkpoint', i);
  }
  return store;
};

/** All that a store says, but for what compaction may drop. */
const everything = async (store: DurableEventStore): Promise<unknown> => ({
  head: store.head(),
  events: (await store.readAll()).filter(({ metadata }) => metadata.streamName !== '$checkpoint'),
  streams: await Promise.all(['s0', 's1', 's2'].map((name) => store.readStream(name))),
  backwards: await store.readStream('s1', { direction: 'backwards', from: 9n, maxCount: 5 }),
  last: await store.readStream('$checkpoint', { direction: 'backwards', maxCount: 2 }),
});

const segmentNames = (files: object): string[] => Object.keys(files).filter((name) => name.endsWith('.log'));

describe('openEventStore: an index file', () => {
  test('spares opening the store from reading the log before the tail', async () => {
    const disk = inMemory({});
    const store = await fill(disk);
    const before = await everything(store);
    const opened: string[] = [];
    const fs = intercepted(disk, (call, path) => {
      if (call === 'open' || call === 'readFile') opened.push(path);
    });
    const again = await open(fs);
    const segments = segmentNames(await filesOf(disk));
    expect(segments.length).toBeGreaterThan(3);
    expect(opened).toEqual([
      `/data/${segments.at(-1)}`,
      `/data/${segments.at(-2)?.replace('.log', '.index')}`,
      // Only the last frame and the seal are read.
      `/data/${segments.at(-2)}`,
    ]);
    expect(await everything(again)).toEqual(before);
  });

  test('that is missing, cut short or damaged anywhere changes nothing but the time it takes', async () => {
    const disk = inMemory({});
    const before = await everything(await fill(disk, 30));
    const files = await filesOf(disk);
    for (const name of Object.keys(files).filter((file) => file.endsWith('.index'))) {
      const sound = files[name] ?? Buffer.alloc(0);
      const { [name]: _, ...rest } = files;
      const variants = [rest, { ...files, [name]: Buffer.alloc(sound.length) }];
      for (let at = 0; at < sound.length; at += 61) {
        const rotten = Buffer.from(sound);
        rotten[at] = (rotten[at] ?? 0) ^ 0x10;
        variants.push({ ...files, [name]: rotten }, { ...files, [name]: sound.subarray(0, at) });
      }
      for (const variant of variants) expect(await everything(await open(inMemory(variant)))).toEqual(before);
    }
  });

  test('that was left by an earlier state of the log is not believed', async () => {
    const disk = inMemory({});
    await fill(disk, 9);
    const early = await filesOf(disk);
    const before = await everything(await fill(inMemory({}), 60));
    const late = inMemory({});
    await fill(late, 60);
    const files = await filesOf(late);
    const indexes = Object.keys(files).filter((name) => name.endsWith('.index'));
    for (const [old, bytes] of Object.entries(early)) {
      if (!old.endsWith('.index')) continue;
      for (const name of indexes.filter((other) => other !== old)) {
        expect(await everything(await open(inMemory({ ...files, [name]: bytes })))).toEqual(before);
      }
    }
  });

  test('finds a repeated append in a segment that was not read', async () => {
    const disk = inMemory({});
    await fill(disk);
    const again = await open(disk);
    const head = again.head();
    const result = await again.appendToStream('s1', [{ type: 't', data: 1, messageId: 's1-1' }]);
    expect(result).toEqual({
      nextExpectedStreamVersion: 1n,
      lastEventGlobalPosition: 1n,
      createdNewStream: true,
    });
    expect(again.head()).toBe(head);
  });

  test('knows as many streams as there are, whatever their names', async () => {
    const disk = inMemory({});
    const store = await open(disk);
    const names = Array.from({ length: 200 }, (_, i) => `${'é'.repeat(i % 7)}/__proto__/${i}`);
    for (const name of names) await append(store, name, 1);
    const again = await open(disk);
    for (const name of names) {
      expect(again.streamVersion(name)).toBe(1n);
      expect(datas((await again.readStream(name)).events)).toEqual([1]);
    }
    expect((await again.readStream('no such stream')).streamExists).toBe(false);
  });
});

describe('openEventStore: a log after a clean close', () => {
  const closed = async () => {
    const disk = inMemory({});
    const store = await fill(disk);
    const before = await everything(store);
    await store.close();
    const files = await filesOf(disk);
    const last = segmentNames(files).length;
    const name = (ending: string): string => `${String(last).padStart(8, '0')}${ending}`;
    return { files, before, log: name('.log'), index: name('.index') };
  };

  test('is opened by its last index file, and by no more of the log than its last frame', async () => {
    const { files, before, log, index } = await closed();
    const calls: string[] = [];
    const disk = inMemory(files);
    const again = await open(intercepted(disk, (call, path) => calls.push(`${call} ${path}`)));
    expect(calls).toEqual([
      'readdir /data',
      `readFile /data/${index}`,
      `open /data/${log}`,
      ...['read', 'read', 'read', 'close'].map((call) => `handle.${call} /data/${log}`),
    ]);
    expect(await everything(again)).toEqual(before);
    await append(again, 's1', 'one more');
    expect(segmentNames(await filesOf(disk)).length).toBe(segmentNames(files).length + 1);
    expect(datas((await again.readStream('s1')).events).at(-1)).toBe('one more');
    expect(datas((await (await open(disk)).readStream('s1')).events).at(-1)).toBe('one more');
  });

  test('is read where a crash left that file out, torn or zeroed', async () => {
    const { files, before, index } = await closed();
    const { [index]: sound = Buffer.alloc(0), ...rest } = files;
    const variants = [rest, { ...files, [index]: Buffer.alloc(sound.length) }];
    for (let at = 0; at < sound.length; at += 37) variants.push({ ...files, [index]: sound.subarray(0, at) });
    for (const variant of variants) expect(await everything(await open(inMemory(variant)))).toEqual(before);
  });

  test('is read where it went on after that file was written', async () => {
    const { files, index } = await closed();
    const { [index]: sound = Buffer.alloc(0), ...rest } = files;
    const disk = inMemory(rest);
    await append(await open(disk), 's1', 'one more');
    const again = await open(inMemory({ ...(await filesOf(disk)), [index]: sound }));
    expect(datas((await again.readStream('s1')).events).at(-1)).toBe('one more');
  });

  test.each([
    ['zeros', [Buffer.alloc(900)]],
    ['noise', [Buffer.alloc(44, 'x')]],
    ['zeros and then noise', [Buffer.alloc(900), Buffer.alloc(44, 'x')]],
  ])('is read where there are %s after its end, and goes on', async (_, after) => {
    const written = inMemory({});
    const store = await open(written);
    for (let i = 1; i <= 8; i++) await append(store, 's', i);
    await store.close();
    const { '00000001.log': log = Buffer.alloc(0), ...index } = await filesOf(written);
    expect(Object.keys(index)).toEqual(['00000001.index']);
    const disk = inMemory({ ...index, '00000001.log': Buffer.concat([log, ...after]) });
    expect((await examineLog(disk, '/data')).damages).toEqual([]);
    const again = await open(disk);
    expect(datas(await again.readAll())).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await append(again, 's', 9);
    expect(datas(await (await open(disk)).readAll())).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('is damaged where it ends before that file says: nothing of it was in doubt any more', async () => {
    const { files, log } = await closed();
    const sound = files[log] ?? Buffer.alloc(0);
    const frames = sound.length - SEAL_BYTES;
    for (const end of [frames - 30, frames - 200]) {
      const zeroed = Buffer.from(sound).fill(0, end);
      for (const cut of [zeroed, sound.subarray(0, end)]) {
        const disk = inMemory({ ...files, [log]: cut });
        await expect(open(disk)).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${log}` });
        const { damages } = await examineLog(disk, '/data');
        expect(damages).toEqual([expect.objectContaining({ file: `/data/${log}` })]);
        await repairLog(disk, '/data');
        expect((await examineLog(disk, '/data')).damages).toEqual([]);
        await expect(open(disk)).resolves.toBeDefined();
      }
    }
  });

  test('is damaged where its last segment is missing', async () => {
    const { files, log } = await closed();
    const { [log]: _, ...rest } = files;
    const disk = inMemory(rest);
    await expect(open(disk)).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${log}` });
    expect((await examineLog(disk, '/data')).damages).toMatchObject([{ file: `/data/${log}`, offset: 0 }]);
    await repairLog(disk, '/data');
    expect((await examineLog(disk, '/data')).damages).toEqual([]);
    await expect(open(disk)).resolves.toBeDefined();
  });

  test('and in which there was little to read keeps its tail', async () => {
    const disk = inMemory({});
    const store = await openEventStore(testEnvironment(disk), '/data');
    await append(store, 's', 1);
    await store.close();
    expect(Object.keys(await filesOf(disk))).toEqual(['00000001.log']);
  });
});

test('readStream reads a segment on disk frame by frame, and notices damage in a frame', async () => {
  const disk = inMemory({});
  await fill(disk);
  const files = await filesOf(disk);
  const calls: string[] = [];
  const fs = intercepted(inMemory(files), (call, path) => calls.push(`${call} ${path}`));
  const store = await openEventStore(testEnvironment(fs), '/data', { ...SMALL, cacheBytes: 0 });
  calls.length = 0;
  const { events } = await store.readStream('s1', { maxCount: 1 });
  expect(datas(events)).toEqual([1]);
  expect(calls).toEqual([
    'readFile /data/00000001.index',
    'open /data/00000001.log',
    // The last frame and the seal, up to the end of the file: then that index file is believed.
    ...['read', 'read', 'read', 'close'].map((call) => `handle.${call} /data/00000001.log`),
    'open /data/00000001.log',
    'handle.read /data/00000001.log',
    'handle.read /data/00000001.log',
    'handle.close /data/00000001.log',
  ]);
  const rotten = Buffer.from(files['00000001.log'] ?? '');
  rotten.writeUInt8(0x7f, rotten.indexOf('s1-1') + 2);
  const damaged = await open(inMemory({ ...files, '00000001.log': rotten }));
  await expect(damaged.readStream('s1')).rejects.toMatchObject({ code: 'CORRUPT_LOG' });
});

describe('openEventStore: compaction', () => {
  test('drops all but the last events of a system stream, and nothing else', async () => {
    const disk = inMemory({});
    const store = await fill(disk, 200);
    const events = await store.readAll();
    const domain = events.filter(({ metadata }) => !metadata.streamName.startsWith('$'));
    expect(datas(domain)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    const checkpoints = events.length - domain.length;
    const segments = segmentNames(await filesOf(disk)).length;
    expect(checkpoints).toBeLessThan(4 * segments + 20);
    expect(await everything(await open(disk))).toEqual(await everything(store));
    expect(datas(await (await open(disk)).readAll())).toEqual(datas(events));
  });

  test('keeps positions and versions, and the last checkpoint is always found', async () => {
    const disk = inMemory({});
    await fill(disk, 100);
    for (const files of [await filesOf(disk), withoutIndexes(await filesOf(disk))]) {
      const store = await open(inMemory(files));
      expect(store.head()).toBe(200n);
      expect(store.streamVersion('$checkpoint')).toBe(100n);
      const { events } = await store.readStream('$checkpoint', { direction: 'backwards', maxCount: 1 });
      expect(events[0]).toMatchObject({
        data: 100,
        metadata: { streamPosition: 100n, globalPosition: 200n },
      });
      for (const { data, metadata } of await store.readAll()) {
        const expected = metadata.streamName === '$checkpoint' ? 2 * Number(data) : 2 * Number(data) - 1;
        expect(metadata.globalPosition).toBe(BigInt(expected));
      }
      await append(store, '$checkpoint', 101);
      expect(store.streamVersion('$checkpoint')).toBe(101n);
    }
  });

  test('goes unnoticed by a reader that is under way, and by a subscription', async () => {
    const disk = inMemory({});
    const store = await open(disk);
    const events = store.subscribeToAll();
    const seen: Json[] = [];
    const consuming = (async () => {
      for await (const { data, metadata } of events) {
        if (metadata.streamName !== '$checkpoint') seen.push(data);
        if (data === 100) break;
      }
    })();
    for (let i = 1; i <= 100; i++) {
      await append(store, 's', i);
      await append(store, '$checkpoint', i);
    }
    await consuming;
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });

  test.each(['rename', 'handle.sync', 'open'])('and indexing may fail (%s) without harm', async (failing) => {
    const disk = inMemory({});
    const env = testEnvironment(
      intercepted(disk, (call, path) => {
        if (call === failing && (path.endsWith('.tmp') || path.endsWith('.index'))) throw systemError('EIO');
      }),
    );
    const store = await openEventStore(env, '/data', { ...SMALL, cacheBytes: 0 });
    for (let i = 1; i <= 60; i++) {
      await append(store, 's', i);
      await append(store, '$checkpoint', i);
    }
    expect(env.marks).toContain('store:sealing-failed');
    for (const at of [store, await open(disk)]) {
      expect(datas((await at.readStream('s')).events)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
      expect(at.head()).toBe(120n);
    }
  });
});

const withoutIndexes = (files: Record<string, Buffer>): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !name.endsWith('.index')));
