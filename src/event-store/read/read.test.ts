import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datas, event, inMemory, openInMemory, SMALL, testEnvironment } from '../../testing/event-stores.js';
import { globalPosition, type Json, openEventStore } from '../index.js';

describe('readStream and readAll', () => {
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
