import { beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../event-store/index.js';
import { openEventStore } from '../event-store/index.js';
import { testEnvironment } from '../testing/test-environment.js';
import { readParked, startFeeder } from './index.js';

const env = testEnvironment();
const RETRY = { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 };
let store: EventStore;
let count = 0;

beforeEach(async () => {
  store = await openEventStore(env, `/data-${++count}`);
});

/** Feeds what is in the store to a handler that always fails so. */
const feedTo = async (fail: () => never, name = 'h'): Promise<void> => {
  const handlers = [{ name, durability: 'durable', handle: fail } as const];
  const feeder = await startFeeder(env, store, { name: 'f', retry: RETRY, handlers });
  await feeder.idle();
  await feeder.stop();
};

const throwing = (thrown: unknown) => (): never => {
  throw thrown;
};
const error = (fields: object): unknown =>
  Object.defineProperties(new Error('x'), Object.getOwnPropertyDescriptors(fields));
const hostile = { get(): never { throw new Error('hands off'); } }; // biome-ignore format: one line

describe('readParked: an event is parked, whatever its handler throws', () => {
  test.each<[string, unknown, { readonly name: string; readonly message: string }]>([
    ['an error', new TypeError('no'), { name: 'TypeError', message: 'no' }],
    ['nothing', undefined, { name: 'NotAnError', message: 'undefined' }],
    ['null', null, { name: 'NotAnError', message: 'null' }],
    ['a text', 'oh', { name: 'NotAnError', message: 'oh' }],
    ['a symbol', Symbol('s'), { name: 'NotAnError', message: 'Symbol(s)' }],
    [
      'an object without a prototype',
      Object.create(null),
      { name: 'NotAnError', message: '[object Object]' },
    ],
    [
      'an object that can not be a text',
      { toString: () => ({}) },
      { name: 'NotAnError', message: '[object Object]' },
    ],
    ['an error without a message', error({ message: undefined }), { name: 'Error', message: 'Error' }],
    ['an error without a name', error({ name: undefined }), { name: 'Error', message: 'x' }],
    [
      'an error whose message is an object',
      error({ message: { status: 404 } }),
      { name: 'Error', message: 'Error: [object Object]' },
    ],
    ['an error with a number for a code', error({ code: 7 }), { name: 'Error', message: 'x' }],
    [
      'an error with hostile getters',
      Object.defineProperties(new Error('x'), { name: hostile, message: hostile, code: hostile }),
      { name: 'Error', message: '[object Error]' },
    ],
    ['half a surrogate pair', '\ud800', { name: 'NotAnError', message: '\ud800' }],
  ])('%s', async (_, thrown, record) => {
    await store.appendToStream('s', [{ type: 't', data: 1, messageId: 'm' }]);
    await feedTo(throwing(thrown));
    expect(await readParked(store, 'h')).toMatchObject([{ messageId: 'm', position: 1n, error: record }]);
  });

  test('a proxy that refuses everything', async () => {
    await store.appendToStream('s', [{ type: 't', data: 1, messageId: 'm' }]);
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    await feedTo(throwing(proxy));
    expect(await readParked(store, 'h')).toHaveLength(1);
  });

  test('a very long text, of which the record keeps the start', async () => {
    await store.appendToStream('s', [{ type: 't', data: 1 }]);
    await feedTo(throwing(new Error('long '.repeat(100_000_000 / 5))));
    const [parked] = await readParked(store, 'h');
    expect(parked?.error.message.slice(0, 10)).toBe('long long ');
    expect(parked?.error.message.length).toBeLessThan(10_000);
  });
});

describe('readParked: an event is parked, whatever its id is', () => {
  const longest = 'x'.repeat(0xfffe);

  test('the longest there may be, and each of two that differ at their ends', async () => {
    const ids = [longest, `${longest.slice(1)}y`, `é${longest.slice(2)}`];
    for (const messageId of ids) await store.appendToStream('s', [{ type: 't', data: 1, messageId }]);
    await feedTo(throwing(new Error('no')));
    expect((await readParked(store, 'h')).map(({ messageId }) => messageId)).toEqual(ids);
  });

  test('one whose record has an id that somebody took', async () => {
    await store.appendToStream('s', [{ type: 't', data: 1, messageId: 'm' }]);
    await store.appendToStream('s', [{ type: 't', data: 1, messageId: 'parked/h/m' }]);
    await feedTo(throwing(new Error('no')));
    expect((await readParked(store, 'h')).map(({ position }) => position)).toEqual([1n, 2n]);
  });
});

test('readParked: an event that is parked again, with another error, is recorded once', async () => {
  await store.appendToStream('s', [{ type: 't', data: 1, messageId: 'm' }]);
  for (const message of ['no', 'never']) {
    const handlers = [{ name: 'h', durability: 'volatile', handle: throwing(new Error(message)) } as const];
    const feeder = await startFeeder(env, store, { name: message, retry: RETRY, handlers });
    await feeder.idle();
    await feeder.stop();
  }
  expect(await readParked(store, 'h')).toMatchObject([{ error: { message: 'no' } }]);
});
