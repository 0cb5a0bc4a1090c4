/**
 * The frame: what one append is on disk. It is whole or it is not there, so an append is atomic.
 *
 *     frame  := magic u32 · bytes u32 · crc u32 · previous u32 · groupStart u32 · count u32 · position u64 · entry*
 *     entry  := bytes u32 · idHash u32 · skip u32 · version u32 · five lengths u16 · 0 u16
 *               · stream name · message id · type · correlation id · causation id · data (JSON), all UTF-8
 *
 * Numbers are little-endian; a frame starts on a multiple of 8 bytes and is padded with zeros to the next.
 * `crc` covers all that follows it and is seeded with the segment's number and the frame's offset: a copy of a
 * frame anywhere else is not a frame. `previous` is the crc of the frame before (of the segment's header for the
 * first), so that a frame is only valid after the very frame it was written after. `groupStart` is the offset at
 * which the write that carried this frame began: everything before it was synced before this frame was written.
 * The n-th event of a frame has global position `position + n + skip`; `skip` is 0 until a log is compacted.
 *
 * The magic number holds a byte that occurs in no UTF-8 text, so that event data can't be dressed up as a frame.
 */
import { Buffer } from 'node:buffer';
import { crc32 } from './crc32.js';

export const FRAME_HEADER_BYTES = 32;
export const ENTRY_HEADER_BYTES = 28;
export const FRAME_ALIGNMENT = 8;
/** A larger frame is refused: it would have to be held in memory whole, by every reader of it. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;
/** Lengths of names, ids and types have 16 bits. An optional one needs one value for "absent". */
export const MAX_TEXT_BYTES = 0xfffe;

const MAGIC = 0x43_50_ff_f5;
const CRC_OFFSET = 8;
const COVERED_OFFSET = 12;

/** Events of one append with their place in their stream: versions from `firstVersion`, without gaps. */
export interface PlacedEvents {
  readonly streamName: string;
  readonly firstVersion: number;
  /** The hash of each event's message id. */
  readonly idHashes: readonly number[];
  /** Their entries, all but the versions. */
  readonly entries: Buffer;
}

export interface FrameHeader {
  readonly offset: number;
  /** All of the frame, padding included. */
  readonly bytes: number;
  readonly crc: number;
  readonly previous: number;
  readonly groupStart: number;
  readonly count: number;
  /** The global position of the frame's first event. */
  readonly position: number;
}

export const align = (bytes: number): number => Math.ceil(bytes / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;

/** What the checksum of a frame at this place starts from. */
export const seedOf = (segment: number, offset: number): number =>
  (Math.imul(segment, 0x9e37_79b1) ^ Math.imul(offset, 0x85eb_ca6b)) >>> 0;

/** A 32-bit hash: FNV-1a over UTF-16 units, then mixed. Part of the format. */
export const hashText = (text: string): number => {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
};

/** `Buffer.readUInt16LE` without its checks: the caller has checked where the frame ends. */
export const get16 = (buffer: Uint8Array, offset: number): number =>
  (buffer[offset] ?? 0) | ((buffer[offset + 1] ?? 0) << 8);

export const get32 = (buffer: Uint8Array, offset: number): number =>
  (get16(buffer, offset) | (get16(buffer, offset + 2) << 16)) >>> 0;

/** What `Buffer.writeUInt32LE` does, without its checks: a header has many numbers, and each is known to fit. */
export const put32 = (buffer: Uint8Array, offset: number, value: number): void => {
  buffer[offset] = value;
  buffer[offset + 1] = value >>> 8;
  buffer[offset + 2] = value >>> 16;
  buffer[offset + 3] = value >>> 24;
};

/** Two 16-bit numbers. */
export const put16s = (buffer: Uint8Array, offset: number, first: number, second: number): void =>
  put32(buffer, offset, first | (second << 16));

/** Entries that lie one after the other, one by one. */
export const entriesOf = (entries: Buffer): Buffer[] => {
  const found: Buffer[] = [];
  for (let at = 0; at < entries.length; at += get32(entries, at))
    found.push(entries.subarray(at, at + get32(entries, at)));
  return found;
};

/** The place of a frame: where it goes, and what was before it. */
export interface FramePlace {
  readonly segment: number;
  readonly offset: number;
  readonly previous: number;
  readonly groupStart: number;
  readonly position: number;
}

/** Writes a frame into `buffer`, which begins at `bufferStart` in the segment, and returns its header. */
export const writeFrame = (
  buffer: Buffer,
  place: FramePlace,
  parts: readonly PlacedEvents[],
  bytes: number,
  bufferStart = 0,
): FrameHeader => {
  const start = place.offset - bufferStart;
  let at = start + FRAME_HEADER_BYTES;
  let count = 0;
  for (const { entries, idHashes, firstVersion } of parts) {
    entries.copy(buffer, at);
    const end = at + entries.length;
    for (let version = firstVersion; at < end; version++) {
      put32(buffer, at + 12, version);
      at += buffer.readUInt32LE(at);
    }
    count += idHashes.length;
  }
  if (align(at - start) !== bytes) {
    throw new Error(`a frame measured ${bytes} bytes but took ${at - start}: a fault in the store itself`);
  }
  buffer.fill(0, at, start + bytes);
  return finishFrame(buffer, place, count, bytes, start);
};

/** A frame without an event. Its payload has a meaning only to the code that wrote it. */
export const writeEmptyFrame = (place: FramePlace, payload: Buffer): Buffer => {
  const buffer = Buffer.alloc(align(FRAME_HEADER_BYTES + payload.length));
  payload.copy(buffer, FRAME_HEADER_BYTES);
  finishFrame(buffer, place, 0, buffer.length, 0);
  return buffer;
};

/** Where an entry is, and the position of its event. */
export interface EntryPlace {
  readonly start: number;
  readonly end: number;
  readonly position: number;
}

/**
 * Writes a frame made of entries that are already written elsewhere, and whose positions may have gaps, into `buffer`,
 * which holds zeros there.
 */
export const writeFrameOfEntries = (
  buffer: Buffer,
  place: FramePlace,
  source: Buffer,
  entries: readonly EntryPlace[],
): FrameHeader => {
  let at = place.offset + FRAME_HEADER_BYTES;
  entries.forEach(({ start, end, position }, index) => {
    source.copy(buffer, at, start, end);
    buffer.writeUInt32LE(position - place.position - index, at + 8);
    at += end - start;
  });
  return finishFrame(buffer, place, entries.length, align(at - place.offset), place.offset);
};

/** Writes the header of a frame that starts at `start` in the buffer. */
const finishFrame = (
  buffer: Buffer,
  place: FramePlace,
  count: number,
  bytes: number,
  start: number,
): FrameHeader => {
  const { segment, offset, previous, groupStart, position } = place;
  put32(buffer, start, MAGIC);
  put32(buffer, start + 4, bytes);
  put32(buffer, start + 12, previous);
  put32(buffer, start + 16, groupStart);
  put32(buffer, start + 20, count);
  put32(buffer, start + 24, position % 0x1_0000_0000);
  put32(buffer, start + 28, Math.floor(position / 0x1_0000_0000));
  const crc = crc32(buffer.subarray(start + COVERED_OFFSET, start + bytes), seedOf(segment, offset));
  put32(buffer, start + CRC_OFFSET, crc);
  return { offset, bytes, crc, previous, groupStart, count, position };
};

/**
 * The frame at `offset`, if there is one whose own checksum holds. The frame before it is not checked.
 * `bufferStart`: where in the segment the buffer begins.
 */
export const readFrame = (
  buffer: Buffer,
  offset: number,
  end: number,
  segment: number,
  bufferStart = 0,
): FrameHeader | undefined => {
  if (offset + FRAME_HEADER_BYTES > end || buffer.readUInt32LE(offset) !== MAGIC) return undefined;
  const bytes = buffer.readUInt32LE(offset + 4);
  if (bytes < FRAME_HEADER_BYTES || bytes % FRAME_ALIGNMENT !== 0 || offset + bytes > end) return undefined;
  const crc = buffer.readUInt32LE(offset + CRC_OFFSET);
  const covered = buffer.subarray(offset + COVERED_OFFSET, offset + bytes);
  const seed = seedOf(segment, bufferStart + offset);
  return crc32(covered, seed) === crc ? frameAt(buffer, offset) : undefined;
};

/** How long a frame says it is, true or not. */
export const frameBytesAt = (buffer: Buffer, offset: number): number => buffer.readUInt32LE(offset + 4);

/** The header of a frame that is known to be valid. */
export const frameAt = (buffer: Buffer, offset: number): FrameHeader => ({
  offset,
  bytes: get32(buffer, offset + 4),
  crc: get32(buffer, offset + CRC_OFFSET),
  previous: get32(buffer, offset + 12),
  groupStart: get32(buffer, offset + 16),
  count: get32(buffer, offset + 20),
  position: get32(buffer, offset + 24) + get32(buffer, offset + 28) * 0x1_0000_0000,
});
