/** What the log looks like after a power cut, tried on real bytes: every cut, every lost sector, every rotten byte. */
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { realEnvironment } from '../../real-environment.js';
import { datas, filesOf, inMemory, temporaryDirectory, testEnvironment } from '../../testing/event-stores.js';
import { align } from '../format/frame.js';
import { endOfContent, SEAL_BYTES } from '../format/segment.js';
import { type DurableEventStore, type EventData, openEventStore, type StoreOptions } from '../index.js';

const SECTOR = 512;
const SMALL: StoreOptions = { segmentBytes: 4096, preallocateBytes: 1024 };
const FIRST = '00000001.log';

const event = (data: string): EventData => ({ type: 'tested', data, messageId: `id of ${data.slice(-10)}` });

/** The bytes of a log after appends one by one (acknowledged), and then some at once (one write, in flight). */
const write = async (
  acknowledged: readonly string[],
  inFlight: readonly string[],
): Promise<{ durable: Record<string, Buffer>; current: Record<string, Buffer> }> => {
  const fs = inMemory({});
  const store = await openEventStore(testEnvironment(fs), '/data', SMALL);
  for (const data of acknowledged) await store.appendToStream('a', [event(data)]);
  const durable = await filesOf(fs);
  await Promise.all(inFlight.map((data) => store.appendToStream('a', [event(data)])));
  // Before it is closed: the power fails while it is at work.
  const current = await filesOf(fs);
  await store.close();
  return { durable, current };
};

const open = async (files: Record<string, Uint8Array>): Promise<DurableEventStore> =>
  await openEventStore(testEnvironment(inMemory(files)), '/data', SMALL);

/**
 * Opens an image and checks all that recovery promises: what was acknowledged is there, of what was in flight a
 * prefix; it stays so over restarts, though the client repeats its appends and thereby writes the same bytes again.
 */
const checkImage = async (
  image: Uint8Array,
  acknowledged: readonly string[],
  inFlight: readonly string[],
): Promise<number> => {
  const fs = inMemory({ [FIRST]: image });
  const store = await openEventStore(testEnvironment(fs), '/data', SMALL);
  const found = datas(await store.readAll());
  const survived = found.length - acknowledged.length;
  expect(survived).toBeGreaterThanOrEqual(0);
  expect(found).toEqual([...acknowledged, ...inFlight].slice(0, found.length));
  const next = inFlight[survived];
  if (next !== undefined) {
    await store.appendToStream('a', [event(next)]);
    // No close: the next life begins on what is on disk.
    const again = await openEventStore(testEnvironment(fs), '/data', SMALL);
    expect(again.recovery.tornTail).toBeUndefined();
    expect(datas(await again.readAll())).toEqual([...found, next]);
  }
  return survived;
};

const ACKNOWLEDGED = ['one', 'two', 'three'];

describe('openEventStore: a torn tail', () => {
  test('cut at any byte leaves what was acknowledged and a prefix of the rest', async () => {
    const inFlight = ['four', 'five', 'six'];
    const { durable, current } = await write(ACKNOWLEDGED, inFlight);
    const before = durable[FIRST] ?? Buffer.alloc(0);
    const after = current[FIRST] ?? Buffer.alloc(0);
    const survived = new Set<number>();
    for (let cut = endOfFrames(before); cut <= endOfFrames(after); cut++) {
      survived.add(await checkImage(after.subarray(0, cut), ACKNOWLEDGED, inFlight));
    }
    expect([...survived]).toEqual([0, 1, 2, 3]);
  });

  test('may have lost, kept, zeroed or mangled any of its sectors, and any of its size', async () => {
    const inFlight = ['x'.repeat(700), 'y'.repeat(500), 'z'.repeat(300)];
    const { durable, current } = await write(ACKNOWLEDGED, inFlight);
    const before = durable[FIRST] ?? Buffer.alloc(0);
    const after = current[FIRST] ?? Buffer.alloc(0);
    let images = 0;
    const survived = new Set<number>();
    for (const size of sizesBetween(before.length, after.length)) {
      for (const image of sectorImages(before, after.subarray(0, size))) {
        survived.add(await checkImage(image, ACKNOWLEDGED, inFlight));
        images++;
      }
    }
    expect(images).toBeGreaterThan(100);
    expect(survived.size).toBe(4);
  });

  test('is reported, marked, and gone at the next start', async () => {
    const { current } = await write(ACKNOWLEDGED, ['four']);
    const torn = Buffer.from(current[FIRST] ?? '');
    const end = endOfContent(torn, 0);
    torn.fill(0, end - 10, end);
    const fs = inMemory({ [FIRST]: torn });
    const env = testEnvironment(fs);
    const store = await openEventStore(env, '/data', SMALL);
    expect(store.recovery).toMatchObject({ events: 3, tornTail: { file: `/data/${FIRST}` } });
    expect(env.marks).toEqual(['store:torn-tail-cut']);
    const again = await openEventStore(env, '/data', SMALL);
    expect(again.recovery).toEqual({ events: 3, segments: 1 });
  });

  test('in the first write ever leaves an empty store that works', async () => {
    const { current } = await write(['one'], []);
    const whole = current[FIRST] ?? Buffer.alloc(0);
    const content = endOfContent(whole, 0);
    for (let cut = 0; cut < content; cut++) {
      for (const image of [whole.subarray(0, cut), zeroFrom(whole, cut)]) {
        const fs = inMemory({ [FIRST]: image });
        const store = await openEventStore(testEnvironment(fs), '/data', SMALL);
        expect(await store.readAll()).toEqual([]);
        await store.appendToStream('a', [event('one')]);
        const again = await openEventStore(testEnvironment(fs), '/data', SMALL);
        expect(datas(await again.readAll())).toEqual(['one']);
      }
    }
  });

  test('in the first write of a new segment leaves the segments before it', async () => {
    const long = 'l'.repeat(1500);
    const { current } = await write([`${long}1`, `${long}2`, `${long}3`], []);
    const [sealed, last] = Object.values(current);
    if (sealed === undefined || last === undefined) throw new Error('two segments were wanted');
    for (let cut = 0; cut < endOfContent(last, 0); cut += 37) {
      for (const image of [last.subarray(0, cut), zeroFrom(last, cut)]) {
        const fs = inMemory({ ...current, '00000002.log': image });
        const store = await openEventStore(testEnvironment(fs), '/data', SMALL);
        expect(datas(await store.readAll())).toEqual([`${long}1`, `${long}2`]);
        await store.appendToStream('a', [event('small')]);
        await store.appendToStream('a', [event(`${long}3`)]);
        const again = await openEventStore(testEnvironment(fs), '/data', SMALL);
        expect(datas(await again.readAll())).toEqual([`${long}1`, `${long}2`, 'small', `${long}3`]);
      }
    }
  });

  test('cut by a store on the real disk is cut durably there, too', async () => {
    const { fs } = realEnvironment();
    const directory = temporaryDirectory();
    const { current } = await write(ACKNOWLEDGED, ['four']);
    const torn = Buffer.from(current[FIRST] ?? '');
    torn.fill(0xa5, endOfContent(torn, 0) - 3);
    await fs.writeFile(`${directory}/${FIRST}`, torn);
    const store = await openEventStore(testEnvironment(), directory, SMALL);
    expect(datas(await store.readAll())).toEqual(ACKNOWLEDGED);
    await store.close();
    const bytes = await fs.readFile(`${directory}/${FIRST}`);
    // Closing has put a seal in the place of what was torn.
    expect(endOfFrames(bytes)).toBe((store.recovery.tornTail?.offset ?? 0) + SEAL_BYTES);
  });
});

describe('openEventStore: damage that no power cut explains', () => {
  test('any byte changed before the last write is an error that names file and place, and changes nothing', async () => {
    const { durable } = await write(ACKNOWLEDGED, []);
    const sound = durable[FIRST] ?? Buffer.alloc(0);
    const lastFrame = sound.lastIndexOf(Buffer.from('id of three')) - 64;
    for (let offset = 0; offset < lastFrame; offset++) {
      const rotten = Buffer.from(sound);
      rotten[offset] = (rotten[offset] ?? 0) ^ 0x40;
      const fs = inMemory({ [FIRST]: rotten });
      const opening = openEventStore(testEnvironment(fs), '/data', SMALL);
      await expect(opening).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${FIRST}` });
      const after = await fs.readFile(`/data/${FIRST}`);
      expect(after.equals(rotten)).toBe(true);
    }
  });

  test('in a sealed segment is an error wherever it is', async () => {
    const { current } = await write(['a'.repeat(3500), 'b'.repeat(3500)], []);
    const { '00000001.index': _, ...unindexed } = current;
    const sealed = current[FIRST] ?? Buffer.alloc(0);
    expect(Object.keys(unindexed)).toEqual([FIRST, '00000002.log']);
    for (let offset = 0; offset < sealed.length - SEAL_BYTES; offset += 41) {
      const rotten = Buffer.from(sealed);
      rotten[offset] = (rotten[offset] ?? 0) ^ 1;
      const damaged = { code: 'CORRUPT_LOG', file: `/data/${FIRST}` };
      await expect(open({ ...unindexed, [FIRST]: rotten })).rejects.toMatchObject(damaged);
      // With its index file no more of the segment than its last frame is read before someone wants its events.
      const reading = open({ ...current, [FIRST]: rotten }).then((store) => store.readAll());
      await expect(reading).rejects.toMatchObject(damaged);
    }
  });

  test('in the seal of a segment is no error: only the index file is not believed', async () => {
    const { current } = await write(['a'.repeat(3500), 'b'.repeat(3500)], []);
    const sealed = current[FIRST] ?? Buffer.alloc(0);
    for (let offset = sealed.length - SEAL_BYTES; offset < sealed.length; offset++) {
      const rotten = Buffer.from(sealed);
      rotten[offset] = (rotten[offset] ?? 0) ^ 1;
      const store = await open({ ...current, [FIRST]: rotten });
      expect(datas(await store.readAll())).toEqual(['a'.repeat(3500), 'b'.repeat(3500)]);
    }
    const after = Buffer.concat([sealed, Buffer.from('x')]);
    await expect(open({ ...current, [FIRST]: after })).rejects.toMatchObject({ code: 'CORRUPT_LOG' });
  });

  test('a missing segment is an error', async () => {
    const { current } = await write(['a'.repeat(3500), 'b'.repeat(3500), 'c'.repeat(3500)], []);
    for (const missing of ['00000001.log', '00000002.log']) {
      const { [missing]: _, ...rest } = current;
      await expect(open(rest)).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${missing}` });
    }
  });

  test('a segment in the place of another is an error', async () => {
    const { current } = await write(['a'.repeat(3500), 'b'.repeat(3500), 'c'.repeat(3500)], []);
    const second = current['00000002.log'] ?? Buffer.alloc(0);
    const store = await open({ ...current, [FIRST]: second });
    await expect(store.readAll()).rejects.toMatchObject({ code: 'CORRUPT_LOG', file: `/data/${FIRST}` });
  });
});

test('openEventStore: other files in the directory are left alone', async () => {
  const { current } = await write(ACKNOWLEDGED, []);
  const store = await open({
    ...current,
    'notes.txt': Buffer.from('mine'),
    '1.log': Buffer.from('too short'),
  });
  expect(store.recovery.events).toBe(3);
});

/** Where the last frame ends, its padding included. */
const endOfFrames = (bytes: Buffer): number => align(endOfContent(bytes, 0));

const zeroFrom = (bytes: Buffer, start: number): Buffer => Buffer.from(bytes).fill(0, start);

const sizesBetween = (from: number, to: number): number[] => {
  const sizes = [to];
  for (let size = from; size < to; size += SECTOR) sizes.unshift(size);
  return sizes;
};

/** Every combination of the changed sectors being old, new or zero, where those differ; and one of them mangled. */
function* sectorImages(before: Buffer, after: Buffer): Iterable<Buffer> {
  const old = Buffer.alloc(after.length);
  before.copy(old);
  const changed: { readonly start: number; readonly versions: readonly Buffer[] }[] = [];
  for (let start = 0; start < after.length; start += SECTOR) {
    const versions = [old.subarray(start, start + SECTOR), after.subarray(start, start + SECTOR)];
    if (versions[0]?.equals(versions[1] ?? versions[0])) continue;
    // Only room that the write itself added may come back as anything.
    if (start >= before.length) versions.push(Buffer.alloc(versions[0]?.length ?? 0, 0x5a));
    changed.push({ start, versions });
  }
  const combinations = changed.reduce((product, { versions }) => product * versions.length, 1);
  for (let combination = 0; combination < combinations; combination++) {
    const image = Buffer.from(old);
    let rest = combination;
    for (const { start, versions } of changed) {
      versions[rest % versions.length]?.copy(image, start);
      rest = Math.floor(rest / versions.length);
    }
    yield image;
  }
}
