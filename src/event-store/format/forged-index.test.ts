/** Index files that lie under a valid checksum: the store believes none of them, and `verify` calls each unusable. */
import { Buffer } from 'node:buffer';
import { beforeAll, describe, expect, test } from 'vitest';
import { datas, filesOf, inMemory, testEnvironment } from '../../testing/event-stores.js';
import { type EventStore, examineLog, openEventStore } from '../index.js';
import { crc32 } from './crc32.js';
import { digestOf } from './index-file.js';
import { encodeSeal, SEAL_BYTES, scanSegment } from './segment.js';

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
  // A message id that is in the log already is found there, whatever the table of ids says.
  for (const { type, data, metadata } of await store.readAll()) {
    const { streamName, messageId } = metadata;
    appended.push(await store.appendToStream(streamName, [{ type, data, messageId }]));
  }
  for (const name of STREAMS) appended.push(await store.appendToStream(name, [{ type: 't', data: 'more' }]));
  await store.close();
  // Whatever was appended, the log must still be one that a store reads to its end without any index file.
  const kept = Object.entries(await filesOf(fs)).filter(([name]) => name.endsWith('.log'));
  const again = await open(Object.fromEntries(kept));
  return [streams, all, appended, datas(await again.readAll())];
};

const indexVerdicts = async (files: Files): Promise<readonly string[]> =>
  (await examineLog(inMemory(files), '/data')).segments.map(({ indexFile }) => indexFile);

let log: Files;
let honest: unknown;
let indexes: string[];
beforeAll(async () => {
  log = await closedLog('a');
  honest = await seen(log);
  indexes = Object.keys(log).filter((name) => name.endsWith('.index'));
});

test('openEventStore: the log of these tests has full segments, each with its index file', () => {
  expect(indexes.length).toBeGreaterThan(2);
});

const CHANGES: readonly (readonly [string, (word: number) => number])[] = [
  ['zero', () => 0],
  ['one more', (word) => word + 1],
  ['one less', (word) => word - 1],
  ['a bit of another', (word) => word ^ 0x0100_0000],
  ['the most there can be', () => 0xffff_ffff],
];

/** Each change takes its share of the words. `npm run fuzz` forges every word in many more ways. */
describe.each(CHANGES.map(([name, change], index) => [name, change, index] as const))(
  'openEventStore: a word of an index file made %s',
  (_, change, index) => {
    test('changes nothing that anyone sees, wherever it is', async () => {
      for (const name of [indexes.at(-1), indexes.at(1)]) {
        const sound = log[name ?? ''] ?? Buffer.alloc(0);
        for (let at = 12 + 4 * index; at + 4 <= sound.length; at += 4 * CHANGES.length) {
          const forged = Buffer.from(sound);
          forged.writeUInt32LE(change(forged.readUInt32LE(at)) >>> 0, at);
          if (forged.equals(sound)) continue;
          const found = await seen({ ...log, [name ?? '']: seal(forged) });
          expect(found, `word at ${at} of ${name}`).toEqual(honest);
          const verdicts = await indexVerdicts({ ...log, [name ?? '']: forged });
          expect(verdicts.filter((verdict) => verdict === 'unusable')).toHaveLength(1);
        }
      }
    }, 60_000);
  },
);

test('openEventStore: an index file of another log, of as many events of the same streams, is not believed', async () => {
  const other = await closedLog('b');
  const swapped = Object.fromEntries(indexes.map((name) => [name, other[name] ?? Buffer.alloc(0)]));
  expect(await seen({ ...log, ...swapped })).toEqual(honest);
  expect(await indexVerdicts({ ...log, ...swapped })).toEqual(indexes.map(() => 'unusable'));
});

/** Every index file, with this done to it, so that each still agrees with itself and with the others. */
const forgeAll = (forge: (bytes: Buffer) => void): Files =>
  Object.fromEntries(
    indexes.map((name) => {
      const forged = Buffer.from(log[name] ?? Buffer.alloc(0));
      forge(forged);
      return [name, seal(forged)];
    }),
  );

test('openEventStore: a message id that no index file knows any more is still found', async () => {
  const forged = forgeAll((bytes) => {
    const word = (at: number): number => bytes.readUInt32LE(4 * at);
    const ids = 14 + word(6);
    // In each slot that is taken another hash, that leads to the same slot.
    for (let slot = ids; slot < ids + word(7); slot += 2)
      if (word(slot + 1) > 0) bytes.writeUInt32LE((word(slot) ^ 0x8000_0000) >>> 0, 4 * slot);
  });
  expect(await seen({ ...log, ...forged })).toEqual(honest);
});

test('openEventStore: a stream whose version all index files have one lower, and another one higher, has its own', async () => {
  const forged = forgeAll((bytes) => {
    const word = (at: number): number => bytes.readUInt32LE(4 * at);
    const streams = 14 + word(6) + word(7) + 4 * word(8) + word(9) + 2 * word(10);
    if (word(11) < 2) return;
    bytes.writeUInt32LE(word(streams) + 1, 4 * streams);
    bytes.writeUInt32LE(word(streams + 2) - 1, 4 * (streams + 2));
  });
  expect(await seen({ ...log, ...forged })).toEqual(honest);
});

test('examineLog finds an index file that is forged together with the seal of its segment', async () => {
  const name = indexes.at(-1) ?? '';
  const segment = Number.parseInt(name, 10);
  const file = name.replace('.index', '.log');
  const forged = Buffer.from(log[name] ?? Buffer.alloc(0));
  let slot = 4 * (14 + forged.readUInt32LE(24));
  while (forged.readUInt32LE(slot + 4) === 0) slot += 8;
  forged.writeUInt32LE((forged.readUInt32LE(slot) ^ 0x8000_0000) >>> 0, slot);
  const bytes = Buffer.from(log[file] ?? Buffer.alloc(0));
  const { end, crc, nextPosition } = scanSegment(bytes, segment);
  expect(bytes.length).toBe(end + SEAL_BYTES);
  encodeSeal(segment, end, crc, nextPosition, digestOf(seal(forged))).copy(bytes, end);
  const { damages } = await examineLog(inMemory({ ...log, [name]: forged, [file]: bytes }), '/data');
  expect(damages.map(({ what }) => what)).toEqual([
    'the index file that its seal names says something else than the log',
  ]);
});

test('examineLog: the index files of an untouched log are whole', async () => {
  expect(await indexVerdicts(log)).toEqual(indexes.map(() => 'whole'));
});

test('openEventStore: an index file under the name of another is not used', async () => {
  for (const name of indexes)
    for (const other of indexes)
      expect(await seen({ ...log, [name]: log[other] ?? Buffer.alloc(0) })).toEqual(honest);
});

test('openEventStore: a stream renamed in the last index file is not believed', async () => {
  const name = indexes.at(-1) ?? '';
  const forged = Buffer.from(log[name] ?? Buffer.alloc(0));
  const at = forged.lastIndexOf('once');
  forged.write('oncE', at);
  expect(await seen({ ...log, [name]: seal(forged) })).toEqual(honest);
});

test('openEventStore: an index file that claims more than its closed segment holds is still no damage when the segment has grown', async () => {
  const small = { segmentBytes: 16 * 1024, preallocateBytes: 0 };
  const written = inMemory({});
  const store = await openEventStore(testEnvironment(written), '/data', small);
  for (let i = 1; i <= 30; i++) await store.appendToStream('s', [{ type: 't', data: i }]);
  await store.close();
  const shorter = inMemory({});
  const other = await openEventStore(testEnvironment(shorter), '/data', small);
  for (let i = 1; i <= 20; i++) await other.appendToStream('s', [{ type: 't', data: i }]);
  await other.close();
  const index = (await filesOf(written))['00000001.index'] ?? Buffer.alloc(0);
  const disk = inMemory({ ...(await filesOf(shorter)), '00000001.index': index });
  for (const expected of [20, 21, 22]) {
    const again = await openEventStore(testEnvironment(disk), '/data', small);
    expect(await again.readAll()).toHaveLength(expected);
    await again.appendToStream('s', [{ type: 't', data: 'more' }]);
    // As after a kill: nothing is sealed.
  }
  expect((await examineLog(disk, '/data')).damages).toEqual([]);
});
