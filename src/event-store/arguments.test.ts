import { beforeEach, describe, expect, test } from 'vitest';
import { datas, inMemory, testEnvironment } from '../testing/event-stores.js';
import type { EventData, EventStore } from './index.js';
import { openEventStore } from './index.js';

const INVALID = { code: 'INVALID_ARGUMENT' };
let store: EventStore;

beforeEach(async () => {
  store = await openEventStore(testEnvironment(inMemory({})), '/data');
  await store.appendToStream(
    's',
    [1, 2, 3].map((data) => ({ type: 't', data })),
  );
});

/** No positions, though a program without types may give them. */
const BAD_POSITIONS: readonly unknown[] = [
  0n,
  -1n,
  0,
  1,
  -1,
  1.5,
  Number.NaN,
  '1',
  'beginning',
  '',
  null,
  {},
  [],
  true,
  Symbol('s'),
  Object.create(null),
];

test.each(BAD_POSITIONS.map((position) => [position]))(
  'readStream and readAll refuse %o as a position to begin',
  async (bad) => {
    const position = bad as bigint;
    await expect(store.readStream('s', { from: position })).rejects.toMatchObject(INVALID);
    await expect(store.readStream('s', { from: position, direction: 'backwards' })).rejects.toMatchObject(
      INVALID,
    );
    await expect(store.readAll({ after: bad as never })).rejects.toMatchObject(INVALID);
    expect(() => store.subscribeToAll({ after: bad as never })).toThrow(expect.objectContaining(INVALID));
  },
);

test('readStream and readAll begin at the given position, also beyond the end', async () => {
  expect(datas((await store.readStream('s', { from: 2n })).events)).toEqual([2, 3]);
  expect(datas((await store.readStream('s', { from: 2n, direction: 'backwards' })).events)).toEqual([2, 1]);
  expect((await store.readStream('s', { from: 10n ** 30n })).events).toEqual([]);
  expect(datas(await store.readAll({ after: 2n as never }))).toEqual([3]);
  expect(await store.readAll({ after: (10n ** 30n) as never })).toEqual([]);
});

test('readStream refuses an unknown direction and an invalid stream name', async () => {
  await expect(store.readStream('s', { direction: 'sideways' as never })).rejects.toMatchObject(INVALID);
  await expect(store.readStream(7 as never)).rejects.toMatchObject(INVALID);
});

describe('appendToStream', () => {
  test.each([[null], [undefined], [7], ['event'], [[undefined]]])('refuse %o as an event', async (bad) => {
    await expect(store.appendToStream('s', [bad as never])).rejects.toMatchObject(INVALID);
    expect(store.streamVersion('s')).toBe(3n);
  });

  test('take the items of a list, not what its subclass makes of them', async () => {
    class Forging extends Array<EventData> {
      override map<Result>(): Result[] {
        return [];
      }
    }
    await store.appendToStream('s', Forging.of({ type: 't', data: 4 }));
    expect(datas((await store.readStream('s', { from: 4n })).events)).toEqual([4]);
  });
});
