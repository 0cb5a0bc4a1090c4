import { describe, expect, test } from 'vitest';
import { inMemory, intercepted, systemError, testEnvironment } from '../../testing/event-stores.js';
import {
  BEGINNING,
  type DurableEventStore,
  globalPosition,
  openEventStore,
  type RecordedEvent,
} from '../index.js';
import { Subscription } from './subscription.js';

const openWith = async (count: number): Promise<DurableEventStore> => {
  const store = await openEventStore(testEnvironment(inMemory({})), '/data');
  for (let i = 1; i <= count; i++) await append(store, i);
  return store;
};

const append = (store: DurableEventStore, data: number): Promise<unknown> =>
  store.appendToStream('a', [{ type: 't', data }]);

const take = async (events: AsyncIterator<RecordedEvent>, count: number): Promise<unknown[]> => {
  const taken: unknown[] = [];
  while (taken.length < count) {
    const result = await events.next();
    if (result.done) break;
    taken.push(result.value.data);
  }
  return taken;
};

describe('subscribeToAll', () => {
  test('goes from history to live without a gap or a double', async () => {
    const store = await openWith(100);
    const events = store.subscribeToAll();
    const taking = take(events, 300);
    for (let i = 101; i <= 300; i++) await append(store, i);
    expect(await taking).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
  });

  test('starts right after the place it is given, past the end too', async () => {
    const store = await openWith(3);
    expect(await take(store.subscribeToAll({ after: globalPosition(2) }), 1)).toEqual([3]);
    expect(await take(store.subscribeToAll({ after: BEGINNING }), 1)).toEqual([1]);
    const late = take(store.subscribeToAll({ after: globalPosition(4) }), 1);
    await append(store, 4);
    await append(store, 5);
    expect(await late).toEqual([5]);
  });

  test('answers calls of next() in order, however many wait', async () => {
    const store = await openWith(0);
    const events = store.subscribeToAll();
    const waiting = [events.next(), events.next(), events.next()];
    await append(store, 1);
    await append(store, 2);
    await append(store, 3);
    const results = await Promise.all(waiting);
    expect(results.map(({ value }) => (value as RecordedEvent).data)).toEqual([1, 2, 3]);
  });

  test('goes at the pace of its consumer: nothing is read ahead without end', async () => {
    const store = await openWith(1);
    const events = store.subscribeToAll();
    expect(await take(events, 1)).toEqual([1]);
    for (let i = 2; i <= 500; i++) await append(store, i);
    expect(await take(events, 499)).toEqual(Array.from({ length: 499 }, (_, i) => i + 2));
  });

  test('lets others have a turn while it reads a long history that is in memory', async () => {
    const store = await openEventStore(testEnvironment(inMemory({})), '/data');
    const many = Array.from({ length: 1000 }, (_, data) => ({ type: 't', data }));
    for (let i = 0; i < 5; i++) await store.appendToStream('a', many);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const taken = await take(store.subscribeToAll(), 5000);
    clearInterval(timer);
    expect(taken).toHaveLength(5000);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  test.each(['signal', 'close', 'return'] as const)('ends by %s while it waits, for good', async (how) => {
    const store = await openWith(1);
    const controller = new AbortController();
    const events = store.subscribeToAll({ signal: controller.signal });
    await events.next();
    const waiting = events.next();
    if (how === 'signal') controller.abort();
    else if (how === 'close') await store.close();
    else await events.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    if (how !== 'close') await append(store, 2);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('ends by close where it is: it reads no further in files that may be another store’s by now', async () => {
    const store = await openWith(100);
    const events = store.subscribeToAll();
    await events.next();
    await store.close();
    const rest = await take(events, 100);
    expect(rest.length).toBeLessThan(99);
    expect(rest).toEqual(Array.from(rest, (_, i) => i + 2));
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('with a signal that was aborted before gives nothing', async () => {
    const store = await openWith(1);
    expect(await take(store.subscribeToAll({ signal: AbortSignal.abort() }), 1)).toEqual([]);
  });

  test('gives what is durable when the store fails, and then says that it failed', async () => {
    let failing = false;
    const fs = intercepted(inMemory({}), (call) => {
      if (failing && call === 'handle.datasync') throw systemError('EIO');
    });
    const store = await openEventStore(testEnvironment(fs), '/data');
    await append(store, 1);
    const events = store.subscribeToAll();
    failing = true;
    await expect(append(store, 2)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await take(events, 1)).toEqual([1]);
    await expect(events.next()).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  test('ends with the error of a read that fails: the store no longer wakes it', async () => {
    const damage = new Error('damaged');
    let watched = 0;
    const events = new Subscription(
      {
        readAfter: () => Promise.reject(damage),
        head: () => globalPosition(1),
        ended: () => undefined,
        watch: () => {
          watched++;
          return () => void watched--;
        },
        giveWay: async () => {},
      },
      BEGINNING,
      undefined,
    );
    expect(watched).toBe(1);
    await expect(events.next()).rejects.toBe(damage);
    expect(watched).toBe(0);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });
});
