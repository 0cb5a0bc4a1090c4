import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BEGINNING,
  type DurableEventStore,
  type EventData,
  globalPosition,
  type Json,
  NO_CONCURRENCY_CHECK,
  openEventStore,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from './index.js';
import { datas, inMemory, intercepted, temporaryDirectory, testEnvironment } from './test-support.js';

const event = (data: Json, messageId?: string): EventData => ({
  type: 'tested',
  data,
  ...(messageId === undefined ? undefined : { messageId }),
});

const SMALL = { segmentBytes: 2048, preallocateBytes: 1024 };

/** An empty store in memory, and a way to restart it. */
const openInMemory = async (): Promise<{
  store: DurableEventStore;
  reopen(): Promise<DurableEventStore>;
}> => {
  const env = testEnvironment(inMemory({}));
  let store = await openEventStore(env, '/data', SMALL);
  const reopen = async (): Promise<DurableEventStore> => {
    await store.close();
    store = await openEventStore(env, '/data', SMALL);
    return store;
  };
  return { store, reopen };
};

describe('appending', () => {
  test('tells the next version, the global position, and whether the stream is new', async () => {
    const { store } = await openInMemory();
    expect(await store.appendToStream('a', [event(1), event(2)])).toEqual({
      nextExpectedStreamVersion: 2n,
      lastEventGlobalPosition: 2n,
      createdNewStream: true,
    });
    expect(await store.appendToStream('b', [event(3)])).toMatchObject({ lastEventGlobalPosition: 3n });
    expect(await store.appendToStream('a', [event(4)], { expectedStreamVersion: 2n })).toEqual({
      nextExpectedStreamVersion: 3n,
      lastEventGlobalPosition: 4n,
      createdNewStream: false,
    });
  });

  test.each([
    ['a version the stream is not at', 'a', 7n],
    ['version 0 of a stream that exists', 'a', 0n],
    ['absence of a stream that exists', 'a', STREAM_DOES_NOT_EXIST],
    ['existence of a stream that does not exist', 'b', STREAM_EXISTS],
  ] as const)('is refused when it expects %s, and leaves no trace', async (_, streamName, expected) => {
    const { store, reopen } = await openInMemory();
    await store.appendToStream('a', [event(1)]);
    const append = store.appendToStream(streamName, [event(2)], { expectedStreamVersion: expected });
    await expect(append).rejects.toMatchObject({ code: 'EXPECTED_VERSION_CONFLICT', streamName, expected });
    expect(datas(await (await reopen()).readAll())).toEqual([1]);
  });

  test.each([
    ['a', 1n],
    ['b', 0n],
    ['a', STREAM_EXISTS],
    ['b', STREAM_DOES_NOT_EXIST],
    ['a', NO_CONCURRENCY_CHECK],
  ] as const)('to %s is accepted when it rightly expects %s', async (streamName, expectedStreamVersion) => {
    const { store } = await openInMemory();
    await store.appendToStream('a', [event(1)]);
    await store.appendToStream(streamName, [event(2)], { expectedStreamVersion });
    expect(store.head()).toBe(2n);
  });

  test('lets exactly one of many concurrent appends with the same expected version through', async () => {
    const { store } = await openInMemory();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        store.appendToStream('a', [event(i)], { expectedStreamVersion: STREAM_DOES_NOT_EXIST }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(store.head()).toBe(1n);
  });

  test('to several streams is one: a conflict in one part refuses them all', async () => {
    const { store } = await openInMemory();
    await store.appendToStream('a', [event(1)]);
    const refused = store.appendToStreams([
      { streamName: 'b', events: [event(2)] },
      { streamName: 'a', events: [event(3)], expectedStreamVersion: 0n },
    ]);
    await expect(refused).rejects.toMatchObject({ code: 'EXPECTED_VERSION_CONFLICT', streamName: 'a' });
    const accepted = await store.appendToStreams([
      { streamName: 'b', events: [event(4), event(5)] },
      { streamName: 'a', events: [event(6)], expectedStreamVersion: 1n },
    ]);
    expect(accepted).toEqual([
      { nextExpectedStreamVersion: 2n, lastEventGlobalPosition: 3n, createdNewStream: true },
      { nextExpectedStreamVersion: 2n, lastEventGlobalPosition: 4n, createdNewStream: false },
    ]);
    expect(datas(await store.readAll())).toEqual([1, 4, 5, 6]);
  });

  test('alone costs one write and one sync, and nothing else', async () => {
    const calls: string[] = [];
    const fs = intercepted(inMemory({}), (call) => calls.push(call));
    const store = await openEventStore(testEnvironment(fs), '/data');
    await store.appendToStream('a', [event(1)]);
    calls.length = 0;
    await store.appendToStream('a', [event(2), event(3)]);
    expect(calls).toEqual(['handle.write', 'handle.datasync']);
  });

  test('concurrently shares writes and keeps the order of arrival', async () => {
    let syncs = 0;
    const fs = intercepted(inMemory({}), (call) => {
      if (call === 'handle.datasync') syncs++;
    });
    const store = await openEventStore(testEnvironment(fs), '/data');
    await store.appendToStream('a', [event('first')]);
    syncs = 0;
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, i) => store.appendToStream(`s${i % 5}`, [event(i)])),
    );
    expect(syncs).toBeLessThanOrEqual(2);
    expect(results.map(({ lastEventGlobalPosition }) => lastEventGlobalPosition)).toEqual(
      Array.from({ length: 64 }, (_, i) => BigInt(i + 2)),
    );
  });

  test('larger than a segment gets a segment of its own', async () => {
    const { store, reopen } = await openInMemory();
    await store.appendToStream('a', [event(1)]);
    await store.appendToStream('a', [event('x'.repeat(10_000))]);
    await store.appendToStream('a', [event(3)]);
    const again = await reopen();
    expect(again.recovery).toEqual({ events: 3, segments: 3 });
    expect(datas(await again.readAll())).toEqual([1, 'x'.repeat(10_000), 3]);
  });

  test('takes a copy: what the caller changes later is not stored', async () => {
    const { store } = await openInMemory();
    const data = { amount: 1 };
    const append = store.appendToStream('a', [event(data)]);
    data.amount = 2;
    await append;
    expect(datas(await store.readAll())).toEqual([{ amount: 1 }]);
  });

  test('is itself alone, though its data has a getter that appends to the same store', async () => {
    const { store, reopen } = await openInMemory();
    let inner: Promise<unknown> | undefined;
    const sly = {
      get note() {
        inner ??= store.appendToStream('inner', [event('within')]);
        return 'x'.repeat(100);
      },
    };
    await store.appendToStream('outer', [event('before'), event(sly), event('after')]);
    await inner;
    const read = async (from: DurableEventStore) => (await from.readAll()).map(({ data }) => data);
    const expected = ['within', 'before', { note: 'x'.repeat(100) }, 'after'];
    expect(await read(store)).toEqual(expected);
    expect(await read(await reopen())).toEqual(expected);
  });

  test('that waits keeps its content, whatever is appended while others are written', async () => {
    const texts: string[] = [];
    const waiting: Promise<unknown>[] = [];
    const append = (text: string): void => {
      texts.push(text);
      waiting.push(store.appendToStream('s', [event(text)]));
    };
    let writes = 0;
    const fs = intercepted(inMemory({}), (call, path) => {
      if (call !== 'handle.write' || !path.endsWith('.log') || writes === 10) return;
      const write = writes++;
      append(`as write ${write} began`);
      queueMicrotask(() => append(`during write ${write}`));
    });
    const store = await openEventStore(testEnvironment(fs), '/data');
    append('first');
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next;
    expect(texts.length).toBe(21);
    expect(datas(await store.readAll())).toEqual(texts);
  });

  test('of any size and alphabet comes back whole, large after small and small after large', async () => {
    const { store } = await openInMemory();
    const sizes = [1, 3000, 40_000, 2, 700_000, 5, 100_000];
    const texts = sizes.flatMap((size) => ['a', 'é', '漢', '🙂'].map((letter) => letter.repeat(size)));
    for (const text of texts) await store.appendToStream('s', [event(text), event('next')]);
    const read = (await store.readAll()).map(({ data }) => data);
    expect(read).toEqual(texts.flatMap((text) => [text, 'next']));
  });

  test.each<[string, unknown, readonly unknown[]]>([
    ['no events', 'a', []],
    ['an empty stream name', '', [event(1)]],
    ['a stream name with half a surrogate pair', 'a\ud800', [event(1)]],
    ['a stream name beyond 65534 bytes', 'a'.repeat(65_535), [event(1)]],
    ['an empty type', 'a', [{ type: '', data: 1 }]],
    ['a type that is no string', 'a', [{ type: 7, data: 1 }]],
    ['an empty message id', 'a', [event(1, '')]],
    ['the same message id twice', 'a', [event(1, 'm'), event(2, 'm')]],
    ['undefined for data', 'a', [{ type: 't', data: undefined }]],
  ])('refuses %s', async (_, streamName, events) => {
    const { store } = await openInMemory();
    // The types forbid some of these; programs without types don't.
    const append = store.appendToStream(streamName as string, events as readonly EventData[]);
    await expect(append).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(store.head()).toBe(BEGINNING);
  });
});

describe('an append repeated with the same message ids', () => {
  test('gives the first result and appends nothing, whatever it expects, after a restart too', async () => {
    const { store, reopen } = await openInMemory();
    const events = [event(1, 'm1'), event(2, 'm2')];
    const first = await store.appendToStream('a', events, { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
    await store.appendToStream('a', [event(3)]);
    expect(await store.appendToStream('a', events, { expectedStreamVersion: 0n })).toEqual(first);
    const again = await reopen();
    expect(await again.appendToStream('a', events, { expectedStreamVersion: 99n })).toEqual(first);
    expect(datas(await again.readAll())).toEqual([1, 2, 3]);
  });

  test('is told from a new one while the first is still in flight', async () => {
    const { store } = await openInMemory();
    const [first, second] = await Promise.all([
      store.appendToStream('a', [event(1, 'm')], { expectedStreamVersion: 0n }),
      store.appendToStream('a', [event(1, 'm')], { expectedStreamVersion: 0n }),
    ]);
    expect(second).toEqual(first);
    expect(store.head()).toBe(1n);
  });

  test('to several streams gives each part its first result', async () => {
    const { store } = await openInMemory();
    const appends = [
      { streamName: 'a', events: [event(1, 'm1')] },
      { streamName: 'b', events: [event(2, 'm2')] },
    ];
    expect(await store.appendToStreams(appends)).toEqual(await store.appendToStreams(appends));
    expect(store.head()).toBe(2n);
  });

  test.each([
    ['only some of them are known', 'a', [event(1, 'm1'), event(9, 'new')]],
    ['one of the events has no id', 'a', [event(1, 'm1'), event(9)]],
    ['they are in another stream', 'b', [event(1, 'm1')]],
    ['they come in another order', 'a', [event(2, 'm2'), event(1, 'm1')]],
  ])('is refused when %s', async (_, streamName, events) => {
    const { store } = await openInMemory();
    await store.appendToStream('a', [event(1, 'm1'), event(2, 'm2')]);
    await expect(store.appendToStream(streamName, events)).rejects.toMatchObject({
      code: 'MESSAGE_ID_CONFLICT',
    });
    expect(store.head()).toBe(2n);
  });
});

describe('reading', () => {
  test('a stream goes both ways, from any version, in any portion', async () => {
    const { store, reopen } = await openInMemory();
    for (let i = 1; i <= 30; i++) await store.appendToStream(i % 3 === 0 ? 'b' : 'a', [event(i), event(-i)]);
    for (const restarted of [false, true]) {
      const at = restarted ? await reopen() : store;
      const forwards = (await at.readStream('b')).events;
      expect(forwards.map(({ metadata }) => metadata.streamPosition)).toEqual(
        Array.from({ length: 20 }, (_, i) => BigInt(i + 1)),
      );
      expect(datas(forwards).slice(0, 4)).toEqual([3, -3, 6, -6]);
      const backwards = (await at.readStream('b', { direction: 'backwards' })).events;
      expect(backwards).toEqual([...forwards].reverse());
      const page = await at.readStream('b', { from: 3n, maxCount: 2 });
      expect(page).toEqual({ events: forwards.slice(2, 4), currentStreamVersion: 20n, streamExists: true });
      const back = await at.readStream('b', { from: 3n, maxCount: 2, direction: 'backwards' });
      expect(datas(back.events)).toEqual([6, -3]);
    }
  });

  test('a stream that does not exist gives nothing', async () => {
    const { store } = await openInMemory();
    expect(await store.readStream('none')).toEqual({
      events: [],
      currentStreamVersion: 0n,
      streamExists: false,
    });
    expect(store.streamVersion('none')).toBe(0n);
  });

  test('all gives every event once, in global order, from any place on', async () => {
    const { store, reopen } = await openInMemory();
    for (let i = 0; i < 50; i++) await store.appendToStream(`s${i % 4}`, [event(i)]);
    const again = await reopen();
    expect(again.recovery.segments).toBeGreaterThan(1);
    expect(datas(await again.readAll())).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(datas(await again.readAll({ after: globalPosition(10), maxCount: 3 }))).toEqual([10, 11, 12]);
    expect(await again.readAll({ after: globalPosition(50) })).toEqual([]);
    expect(await again.readAll({ after: globalPosition(1000) })).toEqual([]);
    expect(await again.readAll({ maxCount: 0 })).toEqual([]);
  });

  test('works from disk when nothing may be kept in memory', async () => {
    const env = testEnvironment(inMemory({}));
    const store = await openEventStore(env, '/data', { ...SMALL, cacheBytes: 0 });
    for (let i = 0; i < 50; i++) await store.appendToStream(`s${i % 4}`, [event(i)]);
    expect(datas(await store.readAll())).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(datas((await store.readStream('s1')).events).slice(0, 2)).toEqual([1, 5]);
  });

  test('gives back exactly what was appended, with its metadata', async () => {
    const { store } = await openInMemory();
    await store.appendToStream('a', [
      { type: 't', data: { x: [1, null, 'é'] }, messageId: 'm', correlationId: 'c', causationId: 'cause' },
      { type: 't', data: null, causationId: 'only' },
    ]);
    expect(await store.readAll()).toEqual([
      {
        type: 't',
        data: { x: [1, null, 'é'] },
        metadata: {
          messageId: 'm',
          streamName: 'a',
          streamPosition: 1n,
          globalPosition: 1n,
          correlationId: 'c',
          causationId: 'cause',
        },
      },
      {
        type: 't',
        data: null,
        metadata: {
          messageId: 'drawn-1',
          streamName: 'a',
          streamPosition: 2n,
          globalPosition: 2n,
          causationId: 'only',
        },
      },
    ]);
  });

  test('any JSON under any name comes back as it was, before and after a restart', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    // JSON text has no negative zero as JavaScript writes it.
    const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ streamName: name, type: name, data: json })), async (events) => {
        const { store, reopen } = await openInMemory();
        for (const { streamName, type, data } of events)
          await store.appendToStream(streamName, [{ type, data }]);
        const before = await store.readAll();
        expect(
          before.map(({ type, data, metadata: { streamName } }) => ({ streamName, type, data })),
        ).toEqual(events);
        const again = await reopen();
        expect(await again.readAll()).toEqual(before);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  test('refuses a portion that is no count', async () => {
    const { store } = await openInMemory();
    await expect(store.readAll({ maxCount: -1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(store.readStream('a', { maxCount: 0.5 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('listening', () => {
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

describe('closing', () => {
  test('waits for appends under way; later calls are refused', async () => {
    const { store } = await openInMemory();
    const append = store.appendToStream('a', [event(1)]);
    await store.close();
    await expect(append).resolves.toMatchObject({ lastEventGlobalPosition: 1n });
    await expect(store.appendToStream('a', [event(2)])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.readAll()).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await expect(store.close()).resolves.toBeUndefined();
  });
});

test('equal histories give equal bytes', async () => {
  const write = async (): Promise<Buffer> => {
    const fs = inMemory({});
    const store = await openEventStore(testEnvironment(fs), '/data');
    for (let i = 0; i < 5; i++) await store.appendToStream('a', [event(i)]);
    await store.close();
    return await fs.readFile('/data/00000001.log');
  };
  expect((await write()).equals(await write())).toBe(true);
});

test('a store on the real disk is made with its directories, and found again', async () => {
  const directory = `${temporaryDirectory()}/deep/er`;
  const store = await openEventStore(testEnvironment(), directory);
  await store.appendToStream('a', [event(1)]);
  await store.close();
  const again = await openEventStore(testEnvironment(), directory);
  expect(datas(await again.readAll())).toEqual([1]);
  await again.close();
});

test.each([{ segmentBytes: 1 }, { preallocateBytes: -1 }, { cacheBytes: 0.5 }])(
  'refuses the option %o',
  async (options) => {
    await expect(openEventStore(testEnvironment(), '/nowhere', options)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  },
);
