import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inMemory, testEnvironment } from '../../testing/event-stores.js';
import { globalPosition, type Json, type RecordedEvent, streamVersion } from '../event.js';
import { openEventStore } from '../open-event-store.js';
import { DecodedEvents } from './decoded-event-cache.js';

const event = (position: number, data: Json = position): RecordedEvent => ({
  type: 'T',
  data,
  metadata: {
    messageId: `id-${position}`,
    streamName: 's',
    streamPosition: streamVersion(position),
    globalPosition: globalPosition(position),
  },
});

/** An entry of these bytes somewhere in a buffer. */
const entryOf = (text: string, before = 3) => {
  const buffer = Buffer.from(`${'x'.repeat(before)}${text}x`);
  return { buffer, start: before, end: before + Buffer.byteLength(text) };
};

test('DecodedEvents: an event is found by its position and every byte, wherever in a buffer they are', () => {
  const decoded = new DecodedEvents(8);
  const kept = event(5);
  decoded.keep(5, entryOf('an entry'), kept);
  expect(decoded.find(5, entryOf('an entry', 0))).toBe(kept);
  expect(decoded.find(13, entryOf('an entry'))).toBeUndefined();
  for (let at = 0; at < 8; at++) {
    const other = `${'an entry'.slice(0, at)}?${'an entry'.slice(at + 1)}`;
    expect(decoded.find(5, entryOf(other))).toBeUndefined();
  }
  for (const other of ['an entr', 'an entryx', '']) expect(decoded.find(5, entryOf(other))).toBeUndefined();
});

test('DecodedEvents drops old events for new ones, and never mixes them up', () => {
  const decoded = new DecodedEvents(4);
  const texts = new Map<number, string>();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(700), (position, length) => {
      const text = `${position}`.repeat(length);
      decoded.keep(position, entryOf(text), event(position, text));
      texts.set(position, text);
      for (const [other, known] of texts) {
        const found = decoded.find(other, entryOf(known));
        if (found !== undefined) expect(found.data).toBe(known);
      }
      expect(decoded.find(position, entryOf(text))?.data).toBe(text);
    }),
  );
});

test('DecodedEvents does not keep an event that is longer than its room', () => {
  const decoded = new DecodedEvents(1);
  decoded.keep(1, entryOf('a'.repeat(10_000)), event(1));
  expect(decoded.find(1, entryOf('a'.repeat(10_000)))).toBeUndefined();
});

test.each([0, -1, 1.5, Number.NaN])('DecodedEvents refuses %d as a number of events', (count) => {
  expect(() => new DecodedEvents(count)).toThrow(RangeError);
});

test('DecodedEvents: stores that share decoded events read what their own logs hold, and equal ones once', async () => {
  const decoded = new DecodedEvents();
  const open = (options = {}) => openEventStore(testEnvironment(inMemory({})), '/data', options);
  const [plain, first, second] = [await open(), await open({ decoded }), await open({ decoded })];
  for (let n = 0; n < 20; n++) {
    const like = { type: 'T', data: { n }, messageId: `id-${n}` };
    for (const store of [plain, first]) await store.appendToStream('s', [like]);
    await second.appendToStream('s', [n % 2 === 0 ? like : { ...like, data: { n: -n } }]);
  }
  const ofFirst = await first.readAll();
  expect(ofFirst).toEqual(await plain.readAll());
  const ofSecond = await second.readAll();
  expect(ofSecond.map(({ data }) => data)).toEqual(
    Array.from({ length: 20 }, (_, n) => ({ n: n % 2 === 0 ? n : -n })),
  );
  for (const [at, other] of ofSecond.entries()) expect(other === ofFirst[at]).toBe(at % 2 === 0);
  expect((await second.readStream('s', { maxCount: 1 })).events[0]).toBe(ofSecond[0]);
});

test('DecodedEvents: shared events are frozen at any depth', async () => {
  const decoded = new DecodedEvents();
  const store = await openEventStore(testEnvironment(inMemory({})), '/data', { decoded });
  await store.appendToStream('s', [{ type: 'T', data: { list: [{ n: 1 }] } }]);
  const [read] = await store.readAll();
  const data = read?.data as { readonly list: readonly object[] };
  for (const part of [read, read?.metadata, data, data.list, data.list[0]])
    expect(Object.isFrozen(part)).toBe(true);
});

test('readAll leaves out the events of system streams', async () => {
  const store = await openEventStore(testEnvironment(inMemory({})), '/data');
  for (const name of ['a', '$system', 'b$', '$', 'c'])
    await store.appendToStream(name, [{ type: 'T', data: name }]);
  const read = async (options = {}) =>
    (await store.readAll({ systemStreams: false, ...options })).map(({ data }) => data);
  expect(await read()).toEqual(['a', 'b$', 'c']);
  expect(await read({ maxCount: 2 })).toEqual(['a', 'b$']);
  expect(await read({ after: globalPosition(3) })).toEqual(['c']);
  expect((await store.readAll({ systemStreams: true })).length).toBe(5);
});
