import { describe, expect, test } from 'vitest';
import {
  datas,
  event,
  inMemory,
  intercepted,
  openInMemory,
  testEnvironment,
} from '../../testing/event-stores.js';
import {
  BEGINNING,
  type DurableEventStore,
  type EventData,
  NO_CONCURRENCY_CHECK,
  openEventStore,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from '../index.js';

describe('appendToStream', () => {
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
