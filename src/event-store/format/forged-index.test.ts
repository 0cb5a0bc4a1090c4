/** Index files that lie under a checksum that holds: each is found out, or said nothing wrong that mattered. */
import { Buffer } from 'node:buffer';
import { beforeAll, describe, expect, test } from 'vitest';
import { type EventStore, openEventStore } from '../index.js';
import { datas, filesOf, inMemory, testEnvironment } from '../test-support.js';
import { crc32 } from './crc32.js';

const OPTIONS = { segmentBytes: 1024, preallocateBytes: 0, cacheBytes: 0 };
const STREAMS = ['s0', 's1', 'late', 'once'];
type Files = Readonly<Record<string, Buffer>>;

const open = (files: Files): Promise<EventStore> =>
  openEventStore(testEnvironment(inMemory(files)), '/data', OPTIONS);

/** A log of three segments, closed in good order. */
const closedLog = async (word: string): Promise<Files> => {
  const fs = inMemory({});
  const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
  await store.appendToStream('once', [{ type: 't', data: word, messageId: 'once' }]);
  for (let i = 0; i < 36; i++)
    await store.appendToStream(i < 28 ? `s${i % 2}` : 'late', [
      { type: 't', data: `${word}${i}`, messageId: `m${i}` },
    ]);
  await store.close();
  return await filesOf(fs);
};

const seal = (bytes: Buffer): Buffer => {
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
};

/** Everything that a reader and a writer can see of a store: all events, each stream both ways, and that it goes on. */
const seen = async (files: Files): Promise<unknown> => {
  const fs = inMemory(files);
  const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
  const streams = [];
  for (const name of STREAMS) {
    const backwards = await store.readStream(name, { direction: 'backwards' });
    streams.push([
      datas((await store.readStream(name)).events),
      datas(backwards.events),
      store.streamVersion(name),
    ]);
  }
  const all = datas(await store.readAll());
  const appended = [];
  for (const name of STREAMS) appended.push(await store.appendToStream(name, [{ type: 't', data: 'more' }]));
  await store.close();
  // Whatever was appended, the log must still be one that a store reads to its end without any index file.
  const kept = Object.entries(await filesOf(fs)).filter(([name]) => name.endsWith('.log'));
  const again = await open(Object.fromEntries(kept));
  return [streams, all, appended, datas(await again.readAll())];
};

let log: Files;
let honest: unknown;
let indexes: string[];
beforeAll(async () => {
  log = await closedLog('a');
  honest = await seen(log);
  indexes = Object.keys(log).filter((name) => name.endsWith('.index'));
});

test('the log has full segments, each with its index file', () => {
  expect(indexes.length).toBeGreaterThan(2);
});

describe.each([
  ['zero', () => 0],
  ['one more', (word: number) => word + 1],
  ['one less', (word: number) => word - 1],
  ['a bit of another', (word: number) => word ^ 0x0100_0000],
  ['the most there can be', () => 0xffff_ffff],
])('a word made %s', (_, change) => {
  test('changes nothing that anyone sees, wherever it is', async () => {
    for (const name of [indexes.at(-1), indexes.at(1)]) {
      const sound = log[name ?? ''] ?? Buffer.alloc(0);
      for (let at = 12; at + 4 <= sound.length; at += 4) {
        const forged = Buffer.from(sound);
        forged.writeUInt32LE(change(forged.readUInt32LE(at)) >>> 0, at);
        if (forged.equals(sound)) continue;
        const found = await seen({ ...log, [name ?? '']: seal(forged) });
        expect(found, `word at ${at} of ${name}`).toEqual(honest);
      }
    }
  }, 60_000);
});

test('an index file of another log, of as many events of the same streams, is not believed', async () => {
  const other = await closedLog('b');
  const swapped = Object.fromEntries(indexes.map((name) => [name, other[name] ?? Buffer.alloc(0)]));
  expect(await seen({ ...log, ...swapped })).toEqual(honest);
});

test('an index file in the place of another is not believed', async () => {
  for (const name of indexes)
    for (const other of indexes)
      expect(await seen({ ...log, [name]: log[other] ?? Buffer.alloc(0) })).toEqual(honest);
});

test('a stream renamed in the last index file is not believed', async () => {
  const name = indexes.at(-1) ?? '';
  const forged = Buffer.from(log[name] ?? Buffer.alloc(0));
  const at = forged.lastIndexOf('once');
  forged.write('oncE', at);
  expect(await seen({ ...log, [name]: seal(forged) })).toEqual(honest);
});
