/** Damage in full segments, and lies under checksums that hold: reported with its offset by the call that meets it. */
import { Buffer } from 'node:buffer';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { filesOf, inMemory, testEnvironment } from '../../testing/event-stores.js';
import { crc32 } from '../format/crc32.js';
import { seedOf } from '../format/frame.js';
import { scanSegment } from '../format/segment.js';
import { examineLog, openEventStore, repairLog } from '../index.js';

const OPTIONS = { segmentBytes: 1536, preallocateBytes: 512, cacheBytes: 0, maxCount: () => 2 };

type Files = Record<string, Buffer>;

/** Four segments. All but the last are full and compacted. */
let sound: Files;
beforeAll(async () => {
  const fs = inMemory({});
  const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
  for (let i = 1; i <= 16; i++) {
    await store.appendToStream('s', [{ type: 't', data: i }]);
    await store.appendToStream('$checkpoint-main', [{ type: 'checkpoint', data: 'x'.repeat(100) }]);
  }
  // Not closed in good order, so that the last segment is a tail.
  sound = await filesOf(fs);
  await store.close();
});

/** The files, one of them changed. */
const withFile = (name: string, change: (bytes: Buffer) => Buffer): Files => ({
  ...sound,
  [name]: change(Buffer.from(sound[name] ?? Buffer.alloc(0))),
});

const framesOf = (name: string) =>
  scanSegment(sound[name] ?? Buffer.alloc(0), Number.parseInt(name, 10)).frames;

/** Writes a byte into the first frame of a segment, at `at` from its start, and makes its checksum hold. */
const lie = (name: string, at: number, value: number): Files =>
  withFile(name, (bytes) => {
    const { offset, bytes: length } = framesOf(name)[0] ?? { offset: 0, bytes: 0 };
    bytes[offset + at] = value;
    const seed = seedOf(Number.parseInt(name, 10), offset);
    bytes.writeUInt32LE(crc32(bytes.subarray(offset + 12, offset + length), seed), offset + 8);
    return bytes;
  });

const openOn = (files: Files) => openEventStore(testEnvironment(inMemory(files)), '/data', OPTIONS);

test('openEventStore: damage of a full segment fails the read that meets it, and no other', async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  onTestFinished(() => void process.off('unhandledRejection', listen));
  const damaged = withFile('00000001.log', (bytes) => bytes.fill(0, 300, 400));
  delete damaged['00000001.index'];
  const store = await openOn(damaged);
  await expect(store.readAll()).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: '/data/00000001.log' });
  // An id of the caller's own has to be looked for in every segment.
  const named = [{ type: 't', data: 0, messageId: 'mine' }];
  await expect(store.appendToStream('s', named)).rejects.toMatchObject({ code: 'CORRUPT_LOG' });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(unhandled).toEqual([]);
});

test('openEventStore: a full segment whose header claims more events than it has is not believed', async () => {
  const files = withFile('00000003.log', (bytes) => bytes.subarray(0, framesOf('00000003.log')[1]?.offset));
  for (const name of Object.keys(files)) if (name.endsWith('.index')) delete files[name];
  await expect(openOn(files)).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: '/data/00000003.log' });
  const { damages } = await examineLog(inMemory(files), '/data');
  expect(damages[0]).toMatchObject({ segment: 3 });
});

test.each([
  ['an entry that does not fit', 32, 0],
  ['no event at all', 20, 0],
])('openEventStore and examineLog report a frame with %s at its own offset', async (_, at, value) => {
  const files = lie('00000004.log', at, value);
  const place = { file: '/data/00000004.log', offset: framesOf('00000004.log')[0]?.offset };
  await expect(openOn(files)).rejects.toMatchObject({ code: 'CORRUPT_LOG', ...place });
  const fs = inMemory(files);
  expect((await examineLog(fs, '/data')).damages[0]).toMatchObject(place);
});

describe('openEventStore: a header that claims to begin far beyond the events of its segment', () => {
  /** Closed in good order: the last segment has its index file, too. */
  let closed: Files;
  const name = '00000001.log';
  beforeAll(async () => {
    const fs = inMemory({});
    const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
    // One frame: a second one would prove that the first was synced.
    await store.appendToStream('s', [{ type: 't', data: 1 }]);
    await store.close();
    const files = await filesOf(fs);
    const bytes = files[name] ?? Buffer.alloc(0);
    bytes.writeUInt32LE(7, 20);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
    closed = files;
  });

  test('is told by verify, and by whoever reads', async () => {
    expect((await examineLog(inMemory(closed), '/data')).damages).toMatchObject([{ segment: 1 }]);
    const store = await openOn(closed);
    await expect(store.readAll()).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${name}` });
  });

  test('does not make a damaged segment pass for one that nothing was ever written to', async () => {
    const bytes = Buffer.from(closed[name] ?? Buffer.alloc(0));
    bytes.fill(0xff, bytes.length - 8);
    await expect(openOn({ ...closed, [name]: bytes })).rejects.toMatchObject({ code: 'CORRUPT_LOG' });
  });
});

test('openEventStore refuses a log of a newer format and does not change it', async () => {
  const name = '00000001.log';
  const bytes = Buffer.alloc(512);
  (sound[name] ?? Buffer.alloc(0)).copy(bytes, 0, 0, 32);
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  bytes.fill('what the future holds', 32);
  const fs = inMemory({ [name]: bytes });
  const refused = openEventStore(testEnvironment(fs), '/data', OPTIONS);
  await expect(refused).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${name}`, offset: 8 });
  await expect(refused).rejects.toThrow('format 2');
  expect((await examineLog(fs, '/data')).damages).toMatchObject([{ segment: 1, offset: 8 }]);
  expect(await fs.readFile(`/data/${name}`)).toEqual(bytes);
});

describe('repairLog', () => {
  test('of a compacted segment leaves one that says how far it goes', async () => {
    const cutAt = framesOf('00000002.log')[2]?.offset ?? 0;
    const fs = inMemory(withFile('00000002.log', (bytes) => bytes.fill(0xff, cutAt, cutAt + 4)));
    const before = await examineLog(fs, '/data');
    expect(before.damages[0]).toMatchObject({ segment: 2, offset: cutAt });
    await repairLog(fs, '/data');
    expect((await examineLog(fs, '/data')).damages).toEqual([]);
    const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
    const left = await store.readAll();
    expect(left.length).toBe((before.segments[0]?.events ?? 0) + 2);
    await store.appendToStream('s', [{ type: 't', data: 'on' }]);
    expect((await store.readAll()).length).toBe(left.length + 1);
  });

  test('of a compacted segment whose last frames claim positions that it never had', async () => {
    const frames = framesOf('00000002.log');
    const forged = withFile('00000002.log', (bytes) => {
      let previous = frames.at(-3)?.crc ?? 0;
      for (const [index, { offset, bytes: length }] of frames.slice(-2).entries()) {
        bytes[offset + 29 + index] = 0x7f;
        bytes.writeUInt32LE(previous, offset + 12);
        previous = crc32(bytes.subarray(offset + 12, offset + length), seedOf(2, offset));
        bytes.writeUInt32LE(previous, offset + 8);
      }
      return bytes;
    });
    const fs = inMemory(forged);
    const before = await examineLog(fs, '/data');
    expect(before.damages[0]).toMatchObject({ segment: 2, offset: frames.at(-2)?.offset });
    await repairLog(fs, '/data');
    expect((await examineLog(fs, '/data')).damages).toEqual([]);
    const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
    const kept = frames.slice(0, -2).reduce((sum, { count }) => sum + count, 0);
    expect((await store.readAll()).length).toBe((before.segments[0]?.events ?? 0) + kept);
  });

  test.each([
    ['missing', (files: Files) => delete files['00000002.log']],
    ['damaged from its start', (files: Files) => files['00000002.log']?.fill(0xff, 32, 40)],
    ['there', () => {}],
  ])('of a segment cut short between two frames, the next one being %s', async (_, damage) => {
    const written = inMemory({});
    const options = { ...OPTIONS, maxCount: () => undefined };
    const store = await openEventStore(testEnvironment(written), '/data', options);
    for (let i = 1; i <= 64; i++) await store.appendToStream('s', [{ type: 't', data: i }]);
    await store.close();
    const files = await filesOf(written);
    const bytes = files['00000001.log'] ?? Buffer.alloc(0);
    files['00000001.log'] = bytes.subarray(0, scanSegment(bytes, 1).frames[3]?.offset);
    damage(files);
    const fs = inMemory(files);
    await repairLog(fs, '/data');
    expect((await examineLog(fs, '/data')).damages).toEqual([]);
    const repaired = await openEventStore(testEnvironment(fs), '/data', options);
    expect((await repaired.readAll()).map(({ data }) => data)).toEqual([1, 2, 3]);
    await repaired.appendToStream('s', [{ type: 't', data: 4 }]);
    expect((await repaired.readAll()).length).toBe(4);
  });

  test('of a log with a segment far beyond the others does not look for all in between', async () => {
    const fs = inMemory({ ...sound, '99999999.log': Buffer.from('what is this?') });
    const { damages } = await examineLog(fs, '/data');
    expect(damages.map(({ segment }) => segment)).toEqual([5]);
    await repairLog(fs, '/data');
    expect((await examineLog(fs, '/data')).damages).toEqual([]);
    expect(await fs.readdir('/data/given-up')).toEqual(['99999999.log']);
  });
});

test('openEventStore: an index file whose counts do not add up is left aside', async () => {
  const last = '00000003.index';
  const lying = withFile(last, (bytes) => {
    bytes.writeUInt32LE(0x8000_0000, 44);
    bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
    return bytes;
  });
  const store = await openOn(lying);
  expect(await store.readAll()).toEqual(await (await openOn(sound)).readAll());
});

test('openEventStore: an index file that names a frame behind the end of its segment is left aside', async () => {
  const name = '00000002';
  const wordsBefore = 14;
  const files = withFile(`${name}.index`, (bytes) => {
    const forged = Buffer.from(bytes);
    const events = forged.readUInt32LE(24);
    for (let event = 0; event < events; event++) forged.writeUInt32LE(0x7fff_ffff, 4 * (wordsBefore + event));
    forged.writeUInt32LE(crc32(forged.subarray(8)), 4);
    return forged;
  });
  expect(await (await openOn(files)).readAll()).toEqual(await (await openOn(sound)).readAll());
});

test('openEventStore: a header that claims more events than a segment has room for is refused before they cost memory', async () => {
  const name = '00000003.log';
  const files = withFile(name, (bytes) => {
    const forged = Buffer.from(bytes);
    forged.writeUInt32LE(0x7fff_ffff, 24);
    forged.writeUInt32LE(crc32(forged.subarray(0, 28)), 28);
    return forged;
  });
  for (const other of Object.keys(files)) if (other.endsWith('.index')) delete files[other];
  const refused = openOn(files);
  await expect(refused).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${name}`, offset: 24 });
  await expect(refused).rejects.toThrow('claims to have held 2147483647 events');
  expect((await examineLog(inMemory(files), '/data')).damages).toMatchObject([{ segment: 3, offset: 24 }]);
});
