import { beforeEach, describe, expect, test } from 'vitest';
import { inMemory, testEnvironment } from '../../testing/event-stores.js';
import type { EventData, EventStore } from '../index.js';
import { openEventStore } from '../index.js';

const CONFLICT = { code: 'MESSAGE_ID_CONFLICT' };
const event = (
  messageId: string,
  data: EventData['data'] = messageId,
  more: Partial<EventData> = {},
): EventData => ({
  type: 't',
  data,
  messageId,
  ...more,
});
let store: EventStore;

beforeEach(async () => {
  store = await openEventStore(testEnvironment(inMemory({})), '/data');
});

const first = event('a', { x: 1, y: [true, null] }, { correlationId: 'c' });

test('appendToStream: a repeat of the same events gets the first result', async () => {
  const result = await store.appendToStream('s', [first, event('b')]);
  expect(await store.appendToStream('s', [first, event('b')])).toEqual({ ...result });
  const reordered = event('a', { y: [true, null], x: 1 }, { correlationId: 'c' });
  expect(await store.appendToStream('s', [reordered, event('b')])).toEqual(result);
  expect(store.streamVersion('s')).toBe(2n);
});

describe.each<[string, readonly EventData[]]>([
  ['other data', [event('a', { x: 2, y: [true, null] }, { correlationId: 'c' }), event('b')]],
  ['data of another kind', [event('a', 'x', { correlationId: 'c' }), event('b')]],
  ['another type', [{ ...first, type: 'other' }, event('b')]],
  ['another correlation', [event('a', first.data, { correlationId: 'd' }), event('b')]],
  ['no correlation', [event('a', first.data), event('b')]],
  ['a causation', [{ ...first, causationId: 'c' }, event('b')]],
  ['other data in a later event', [first, event('b', 'other')]],
  ['a new event after a known one', [first, event('c')]],
  ['a new event in front of a known one', [event('c'), first]],
  ['an event without an id', [first, { type: 't', data: 1 }]],
  ['another order', [event('b'), first]],
])('appendToStream: a repeat with %s is a conflict', (_, repeat) => {
  test('with what is stored', async () => {
    await store.appendToStream('s', [first, event('b')]);
    await expect(store.appendToStream('s', repeat)).rejects.toMatchObject({ ...CONFLICT, streamName: 's' });
    expect(store.streamVersion('s')).toBe(2n);
  });

  test('with what shares its write', async () => {
    const results = await Promise.allSettled([
      store.appendToStream('s', [first, event('b')]),
      store.appendToStream('s', repeat),
    ]);
    expect(results).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: CONFLICT }]);
    expect(store.streamVersion('s')).toBe(2n);
  });
});

test('appendToStream: a repeat in another stream is a conflict that names the first', async () => {
  await store.appendToStream('s', [event('a')]);
  await expect(store.appendToStream('t', [event('a')])).rejects.toMatchObject({
    ...CONFLICT,
    streamName: 's',
  });
});
