/**
 * A log of two sealed segments, the first of them damaged, as bytes: written by a store it would cost a scenario
 * a power cut at each of the store's own steps, about which others ask.
 */
import { Buffer } from 'node:buffer';
import type { Random } from '../../src/environment.js';
import { prepareAppend } from '../../src/event-store/append/prepare-append.js';
import { EntryWriter } from '../../src/event-store/format/entry-writer.js';
import { writeFrame } from '../../src/event-store/format/frame.js';
import { digestOf, encodeIndexFile, indexFileName } from '../../src/event-store/format/index-file.js';
import {
  encodeSeal,
  SEGMENT_HEADER_BYTES,
  scanSegment,
  segmentFileName,
  writeSegmentHeader,
} from '../../src/event-store/format/segment.js';
import { indexFrames } from '../../src/event-store/format/segment-index.js';

export interface DamagedLog {
  /** By name. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** Message ids of the events in front of the damage. */
  readonly intact: readonly string[];
}

const STREAM = 's';
/** Letters of each event. The second reaches over two sectors, so that a cut in it can be torn. */
const FIRST_SEGMENT = [10, 600, 10] as const;
const SECOND_SEGMENT = [10] as const;

/** Every event is given its id. */
const UNASKED: Random = {
  uint32: () => 0,
  uuid: () => {
    throw new Error('every event has its id already');
  },
};

const idOf = (position: number): string => `m${position}`;

/** A segment of one event a frame, each frame a group of its own, and the offsets of the frames. */
const segmentOf = (number: number, base: number, letters: readonly number[]) => {
  const appends = letters.map((count, at) =>
    prepareAppend(
      [
        {
          streamName: STREAM,
          events: [{ type: 'Noted', data: 'x'.repeat(count), messageId: idOf(base + at) }],
        },
      ],
      { random: UNASKED, writer: new EntryWriter() },
    ),
  );
  const size = appends.reduce((sum, { bytes }) => sum + bytes, SEGMENT_HEADER_BYTES);
  const buffer = Buffer.alloc(size);
  const offsets: number[] = [];
  let previous = writeSegmentHeader(buffer, number, base);
  let offset = SEGMENT_HEADER_BYTES;
  for (const [at, { parts, bytes }] of appends.entries()) {
    const position = base + at;
    const placed = parts.map((part) => ({ ...part, firstVersion: position }));
    const place = { segment: number, offset, previous, groupStart: offset, position };
    previous = writeFrame(buffer, place, placed, bytes).crc;
    offsets.push(offset);
    offset += bytes;
  }
  return { buffer, offsets, lastCrc: previous };
};

const flip = (bytes: Buffer, offset: number): void => {
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
};

/**
 * `damaged`: the place of the damaged event in the first segment, from 0. Behind the last one the seal is damaged, too, as by a bad
 * sector that holds both: a seal that is whole would prove that there were events in front of it.
 */
export const damagedLog = (damaged: 1 | 2): DamagedLog => {
  const base = 1 + FIRST_SEGMENT.length;
  const first = segmentOf(1, 1, FIRST_SEGMENT);
  const second = segmentOf(2, base, SECOND_SEGMENT);
  const index = indexFrames(1, FIRST_SEGMENT.length, first.buffer, scanSegment(first.buffer, 1).frames);
  const indexFile = encodeIndexFile(index, {
    segment: 1,
    lastCrc: first.lastCrc,
    bases: [1],
    versions: new Map([[STREAM, FIRST_SEGMENT.length]]),
  });
  const seal = encodeSeal(1, first.buffer.length, first.lastCrc, base, digestOf(indexFile));
  const bytes = Buffer.concat([first.buffer, seal]);
  const flipped = (first.offsets[damaged] ?? 0) + 40; // past the frame's header: its checksum will not hold
  flip(bytes, flipped);
  if (damaged === FIRST_SEGMENT.length - 1) flip(bytes, bytes.length - 1);
  return {
    files: new Map([
      [segmentFileName(1), bytes],
      [indexFileName(1), indexFile],
      [segmentFileName(2), second.buffer],
    ]),
    intact: FIRST_SEGMENT.slice(0, damaged).map((_, at) => idOf(1 + at)),
  };
};
