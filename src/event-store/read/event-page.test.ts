import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { EntryCursor } from '../format/entry-reader.js';
import { ENTRY_HEADER_BYTES, FRAME_HEADER_BYTES, put16s, put32 } from '../format/frame.js';
import { BadDataError, EventPage } from './event-page.js';

/** A page of the events of one frame with these texts as their data. Some are hostile: no store writes them. */
const pageOf = (texts: readonly string[]): EventPage => {
  const entries = texts.map((text) => {
    const entry = Buffer.alloc(ENTRY_HEADER_BYTES + 3 + Buffer.byteLength(text));
    put32(entry, 0, entry.length);
    put32(entry, 12, 1);
    put16s(entry, 16, 1, 1);
    put16s(entry, 20, 1, 0);
    entry.write(`sit${text}`, ENTRY_HEADER_BYTES);
    return entry;
  });
  const bytes = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), ...entries]);
  const cursor = new EntryCursor();
  const frame = { offset: 0, bytes: bytes.length, crc: 0, previous: 0, groupStart: 0, position: 1 };
  cursor.enter(bytes, { ...frame, count: texts.length });
  const page = new EventPage();
  for (let position = 1; cursor.next(); position++) page.add(cursor, position);
  return page;
};

const badPosition = (texts: readonly string[]): number => {
  try {
    pageOf(texts).finish();
  } catch (error) {
    if (error instanceof BadDataError) return error.position;
    throw error;
  }
  throw new Error('the page was taken for a good one');
};

test('EventPage: gives each event its own data, however many are parsed together', () => {
  const datas = Array.from({ length: 5000 }, (_, at) => ({
    at,
    list: [at, [at]],
    text: 'é'.repeat(at % 40),
  }));
  const events = pageOf(datas.map((data) => JSON.stringify(data))).finish();
  expect(events.map(({ data }) => data)).toEqual(datas);
});

test('EventPage: a key __proto__ is a key like any other', () => {
  const [event] = pageOf(['{"__proto__":{"a":1}}', '1']).finish();
  expect(JSON.stringify(event?.data)).toBe('{"__proto__":{"a":1}}');
});

test('EventPage: data may contain the separator that is used to parse it', () => {
  const datas = ['\x7f', { '\x7f': ['\x7f'] }, '\\u007f'];
  const texts = [...datas.map((data) => JSON.stringify(data)), '"\\u007F"'];
  const events = pageOf(texts).finish();
  expect(events.map(({ data }) => data)).toEqual([...datas, '\x7f']);
});

test('EventPage: an event is a plain object, with the ids that it has and no others', () => {
  const [event] = pageOf(['1']).finish();
  expect(event).toStrictEqual({
    type: 't',
    data: 1,
    metadata: { messageId: 'i', streamName: 's', streamPosition: 1n, globalPosition: 1n },
  });
});

test.each<[string, readonly string[], number]>([
  ['is cut off', ['1', '{"a":', '3'], 2],
  ['is two', ['1', '1,2', '3'], 2],
  ['is none', ['1', '2', ''], 3],
  ['closes the array', ['1],[2', '3'], 1],
  ['is an open text, which the next one closes', ['"a', 'b"'], 1],
  ['is two, while two others are one', ['1,2', '[3', '4]'], 1],
  ['is two, while two texts are one', ['1,2', '"a', 'b"'], 1],
  ['holds what stands between two', ['1,"\x7f",2', '[3', '4]'], 1],
  ['holds it as an escape', ['1,"\\u007f",2', '[3', '4]'], 1],
])('EventPage: the error for data that %s names the event', (_, texts, position) => {
  expect(badPosition(texts)).toBe(position);
});
