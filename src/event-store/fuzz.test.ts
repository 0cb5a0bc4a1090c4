/** Mutated logs: each one opens, or fails with a typed error; none hangs, or silently gives less than its sound start. */
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.js';
import { FRAME_HEADER_BYTES, seedOf } from './frame.js';
import { openEventStore, type RecordedEvent } from './index.js';
import { scanSegment, segmentFileName } from './segment.js';
import { filesOf, inMemory, testEnvironment } from './test-support.js';

const OPTIONS = { segmentBytes: 1600, preallocateBytes: 512 };
const EVENTS = 20;

/** Sound files: full segments with their index files, and a tail. */
const sound = await (async () => {
  const fs = inMemory({});
  const store = await openEventStore(testEnvironment(fs), '/data', OPTIONS);
  for (let i = 0; i < EVENTS; i++) {
    await store.appendToStreams([
      { streamName: `s${i % 3}`, events: [{ type: 't', data: { i }, correlationId: 'c' }] },
      { streamName: 'all', events: [{ type: 't', data: 'é'.repeat(i) }] },
    ]);
  }
  const events = await store.readAll();
  await store.close();
  return { files: await filesOf(fs), events };
})();
const NAMES = Object.keys(sound.files);

type Mutation = (bytes: Buffer) => Buffer;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(
    ([at, value]): Mutation =>
      (bytes) => {
        bytes[at % bytes.length] = value;
        return bytes;
      },
  ),
  fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7fff_ffff, 0xffff_ffff)).map(
    ([at, value]): Mutation =>
      (bytes) => {
        bytes.writeUInt32LE(value, at % (bytes.length - 3));
        return bytes;
      },
  ),
  fc.nat().map(
    (at): Mutation =>
      (bytes) =>
        bytes.subarray(0, at % bytes.length),
  ),
  fc.tuple(fc.nat(), fc.nat(), fc.nat(700)).map(
    ([from, to, length]): Mutation =>
      (bytes) => {
        bytes.copy(bytes, to % bytes.length, from % bytes.length, (from % bytes.length) + length);
        return bytes;
      },
  ),
  fc.tuple(fc.nat(), fc.nat(700)).map(
    ([at, length]): Mutation =>
      (bytes) => {
        const start = at % bytes.length;
        return bytes.fill(0, start, Math.min(bytes.length, start + length));
      },
  ),
);

const firstDifference = (a: Buffer, b: Buffer): number => {
  const end = Math.max(a.length, b.length);
  for (let at = 0; at < end; at++) if (a[at] !== b[at]) return at;
  return end;
};

const openAndRead = async (files: Record<string, Buffer>): Promise<readonly RecordedEvent[] | undefined> => {
  try {
    const store = await openEventStore(testEnvironment(inMemory(files)), '/data', OPTIONS);
    const events = await store.readAll();
    for (const name of ['s0', 's1', 's2', 'all']) await store.readStream(name);
    return events;
  } catch (error) {
    expect(error).toMatchObject({ code: 'CORRUPT_LOG' });
    return undefined;
  }
};

test('a mutated file is a typed error, or gives all that lies before its first changed byte', async () => {
  let opened = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...NAMES),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      async (name, mutations) => {
        const before = sound.files[name] ?? Buffer.alloc(0);
        const after = mutations.reduce<Buffer>(
          (bytes, mutate) => (bytes.length < 4 ? bytes : mutate(bytes)),
          Buffer.from(before),
        );
        const events = await openAndRead({ ...sound.files, [name]: after });
        if (events === undefined) refused++;
        else opened++;
        if (events === undefined) return;
        const intact = name.endsWith('.index') ? sound.events.length : intactEvents(name, before, after);
        expect(events.length).toBeGreaterThanOrEqual(intact);
        expect(events).toEqual(sound.events.slice(0, events.length));
      },
    ),
    { seed: 6, numRuns: 800 },
  );
  expect(opened).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(100);
});

/** Events in the frames in front of the first changed byte. */
const intactEvents = (name: string, before: Buffer, after: Buffer): number => {
  const changed = firstDifference(before, after);
  const frames = scanSegment(before, Number.parseInt(name, 10)).frames;
  const first = frames[0]?.position ?? 1;
  return frames
    .filter(({ offset, bytes }) => offset + bytes <= changed)
    .reduce((events, { count }) => events + count, first - 1);
};

test('a frame that lies about its entries, though its checksum holds, is a typed error, or read as it says', async () => {
  const segment = NAMES.filter((file) => file.endsWith('.log')).length;
  const name = segmentFileName(segment);
  const tail = sound.files[name] ?? Buffer.alloc(0);
  const { frames } = scanSegment(tail, segment);
  const last = frames.at(-1);
  if (last === undefined) throw new Error('the tail was to have frames');
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(0, 1, 2, 255), fc.nat(3), async (at, value, width) => {
      const bytes = Buffer.from(tail);
      const offset = last.offset + FRAME_HEADER_BYTES + (at % 60);
      bytes.fill(value, offset, offset + width + 1);
      const covered = bytes.subarray(last.offset + 12, last.offset + last.bytes);
      bytes.writeUInt32LE(crc32(covered, seedOf(segment, last.offset)), last.offset + 8);
      if ((await openAndRead({ ...sound.files, [name]: bytes })) === undefined) refused++;
    }),
    { seed: 7, numRuns: 300 },
  );
  expect(refused).toBeGreaterThan(50);
});
