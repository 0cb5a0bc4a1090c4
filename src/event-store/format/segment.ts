/**
 * The segment: one file of the log. A header, then frames without gaps, then zeros (room allocated ahead). A full segment
 * ends with a seal, and has no room.
 *
 *     header := 'PWRCUT' · 0xff · '\n' · format u32 · number u32 · base u64 · compacted u32 · crc u32
 *     seal   := a frame without an event, that holds the SHA-256 of the segment's index file
 *
 * The store believes only the index file that the seal names. The seal is a frame, so it is chained to the events before it.
 * `base` is the global position of the segment's first event, so that a segment left out is noticed. `compacted` is
 * 0, or in a segment from which events were dropped the number of positions it covers: its frames may skip some.
 * This file knows how bytes are judged; it does no input or output.
 *
 * The state after a power cut. A group of frames is written by one write, and nothing is written before that
 * write was synced. So only the last group of the file can be torn: any of its sectors may be new, old
 * or zero, and the room allocated by the same write may hold anything. At the first offset without a valid
 * frame (chained to the one before) there are two cases:
 *   - a valid frame further on whose group began *after* that offset proves that the offset had been synced. No
 *     power cut takes back synced bytes: the file is damaged.
 *   - anything else is the unacknowledged group, torn: its frames before the offset are whole and are kept (an
 *     append in flight may have happened), the rest goes. A later frame of the group may be whole, but its
 *     predecessor is missing, so it goes too: had it been kept, order would be lost.
 * The dropped bytes must be zeroed, and the zeros synced, before any read or append. Otherwise a repetition of the
 * lost append, the same bytes at the same offset, would bring back the frames that once followed it, although
 * reads have meanwhile shown that they do not exist.
 * Damage to the very last group looks like a torn one; nothing in the file can tell them apart.
 */
import { Buffer } from 'node:buffer';
import { crc32 } from './crc32.js';
import {
  ENTRY_HEADER_BYTES,
  FRAME_ALIGNMENT,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  readFrame,
  writeEmptyFrame,
} from './frame.js';

export const SEGMENT_HEADER_BYTES = 32;
/** No option makes a larger one. */
export const MAX_SEGMENT_BYTES = 1024 * 1024 * 1024;
/** More than fit in before some were dropped: to believe a header that claims so would cost memory for each. */
const MAX_COVERED = Math.floor(MAX_SEGMENT_BYTES / ENTRY_HEADER_BYTES);
const FORMAT = 1;
const FORMAT_OFFSET = 8;
const MAGIC = Buffer.from([0x50, 0x57, 0x52, 0x43, 0x55, 0x54, 0xff, 0x0a]);
const COVERED_OFFSET = 24;
const CRC_OFFSET = 28;

/** '00000001.log' for 1. Sorts by number up to 99,999,999 segments, and parses beyond. */
export const segmentFileName = (number: number): string => `${String(number).padStart(8, '0')}.log`;

/** The number in a segment's file name, or undefined for the name of any other file. */
export const parseSegmentFileName = (name: string): number | undefined => {
  const digits = /^([0-9]{8,15})\.log$/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  return segmentFileName(number) === name ? number : undefined;
};

/** Writes the header at the start of `buffer`; returns its crc, with which the first frame is chained. */
export const writeSegmentHeader = (buffer: Buffer, number: number, base: number, compacted = 0): number => {
  MAGIC.copy(buffer);
  buffer.writeUInt32LE(FORMAT, FORMAT_OFFSET);
  buffer.writeUInt32LE(number, 12);
  buffer.writeUInt32LE(base % 0x1_0000_0000, 16);
  buffer.writeUInt32LE(Math.floor(base / 0x1_0000_0000), 20);
  buffer.writeUInt32LE(compacted, COVERED_OFFSET);
  const crc = crc32(buffer.subarray(0, CRC_OFFSET));
  buffer.writeUInt32LE(crc, CRC_OFFSET);
  return crc;
};

const DIGEST_BYTES = 32;
export const SEAL_BYTES = FRAME_HEADER_BYTES + DIGEST_BYTES;

/** What a full segment ends with. */
export interface Seal {
  /** The SHA-256 of its index file. */
  readonly indexDigest: Buffer;
  /** Where it ends. */
  readonly end: number;
}

/** The bytes that go to `offset`, the end of a full segment's frames. `previous`: the crc of the last one. */
export const encodeSeal = (
  segment: number,
  offset: number,
  previous: number,
  nextPosition: number,
  indexDigest: Buffer,
): Buffer =>
  writeEmptyFrame({ segment, offset, previous, groupStart: offset, position: nextPosition }, indexDigest);

/**
 * The seal at `offset`, if one is there that follows a frame with crc `previous`. `bufferStart`: where in the segment the
 * buffer begins.
 */
export const readSeal = (
  buffer: Buffer,
  offset: number,
  segment: number,
  previous: number,
  nextPosition: number,
  bufferStart = 0,
): Seal | undefined => {
  const frame = readFrame(buffer, offset, buffer.length, segment, bufferStart);
  if (frame?.count !== 0 || frame.bytes !== SEAL_BYTES) return undefined;
  if (frame.previous !== previous || frame.position !== nextPosition) return undefined;
  const end = offset + SEAL_BYTES;
  return { indexDigest: buffer.subarray(offset + FRAME_HEADER_BYTES, end), end };
};

/** What a segment's bytes say. */
export interface SegmentScan {
  /** The position its header starts with; undefined when the header is not valid. */
  readonly base: number | undefined;
  /** Events were dropped from it: it is sealed, and its frames may skip positions. */
  readonly compacted: boolean;
  readonly frames: readonly FrameHeader[];
  /** Where the last valid frame with events ends. 0 when the header is not valid. */
  readonly end: number;
  /** Absent: the segment was not full when it was written, or is of version 0.1. */
  readonly seal: Seal | undefined;
  /** Where the seal ends, or without one the last frame. */
  readonly validEnd: number;
  /** The crc that the next frame must name. */
  readonly crc: number;
  /** The position after the last event: what the next frame, or the next segment, starts with. */
  readonly nextPosition: number;
}

const NO_SEGMENT: SegmentScan = {
  base: undefined,
  compacted: false,
  frames: [],
  end: 0,
  seal: undefined,
  validEnd: 0,
  crc: 0,
  nextPosition: 0,
};

/** Walks over the chained frames of a segment, from its start to the first place without one. O(bytes). */
export const scanSegment = (buffer: Buffer, number: number): SegmentScan => {
  const base = readHeader(buffer, number);
  if (base === undefined) return NO_SEGMENT;
  const covered = buffer.readUInt32LE(COVERED_OFFSET);
  const compacted = covered > 0;
  const frames: FrameHeader[] = [];
  let crc = buffer.readUInt32LE(CRC_OFFSET);
  let end = SEGMENT_HEADER_BYTES;
  let nextPosition = base;
  for (;;) {
    const frame = readFrame(buffer, end, buffer.length, number);
    if (frame === undefined || frame.previous !== crc || frame.position < nextPosition) break;
    if (frame.count === 0 && frame.bytes === SEAL_BYTES) break;
    if (frame.position > nextPosition && !compacted) break;
    // The header of a compacted segment says how far it goes.
    if (compacted && frame.position + frame.count > base + covered) break;
    frames.push(frame);
    crc = frame.crc;
    end += frame.bytes;
    nextPosition = frame.position + frame.count;
  }
  if (compacted) nextPosition = base + covered;
  const seal = frames.length === 0 ? undefined : readSeal(buffer, end, number, crc, nextPosition);
  return { base, compacted, frames, end, seal, validEnd: seal?.end ?? end, crc, nextPosition };
};

/**
 * Whether a segment that was complete holds what it can't: content, up to `contentEnd`, that is no frame. It may hold a part
 * of a seal: when sealing fails the log goes on. That hides no damaged event, since the next segment says where it begins.
 */
export const hasStrayContent = ({ end, seal }: SegmentScan, contentEnd: number): boolean =>
  contentEnd > (seal?.end ?? end + SEAL_BYTES);

const readHeader = (buffer: Buffer, number: number): number | undefined => {
  if (!hasHeader(buffer) || strangeness(buffer) !== undefined) return undefined;
  if (buffer.readUInt32LE(12) !== number) return undefined;
  return buffer.readUInt32LE(16) + buffer.readUInt32LE(20) * 0x1_0000_0000;
};

/** Magic, format and checksum of the header stay where they are in every format to come. */
const hasHeader = (buffer: Buffer): boolean =>
  buffer.length >= SEGMENT_HEADER_BYTES &&
  MAGIC.compare(buffer, 0, MAGIC.length) === 0 &&
  crc32(buffer.subarray(0, CRC_OFFSET)) === buffer.readUInt32LE(CRC_OFFSET);

/** Why a segment is none of this store's, though its header is whole, and which place in it says so. */
export interface Foreign {
  readonly offset: number;
  readonly why: string;
}

/**
 * Whether a segment must be left alone, whose header is valid but none that this store writes; undefined: it is ours, or
 * has no header. A newer store's frames may be none to us: an older one must not take its segment for a blank and wipe it out.
 */
export const foreignHeader = (buffer: Buffer): Foreign | undefined =>
  hasHeader(buffer) ? strangeness(buffer) : undefined;

const strangeness = (buffer: Buffer): Foreign | undefined => {
  const format = buffer.readUInt32LE(FORMAT_OFFSET);
  if (format !== FORMAT) {
    const why = `it is of format ${format}, and this version knows format ${FORMAT} only`;
    return { offset: FORMAT_OFFSET, why };
  }
  const covered = buffer.readUInt32LE(COVERED_OFFSET);
  if (covered <= MAX_COVERED) return undefined;
  const why = `it claims to have held ${covered} events, and no segment has room for more than ${MAX_COVERED}`;
  return { offset: COVERED_OFFSET, why };
};

/**
 * Looks between `end`, the first place without a valid frame, and `contentEnd`, after which there are only zeros, for
 * a frame that proves that place to have been synced: one whose group began after it. Returns it, or undefined
 * when all that follows may be the torn last group. O(bytes).
 */
export const findProofOfDamage = (
  buffer: Buffer,
  end: number,
  contentEnd: number,
  number: number,
): FrameHeader | undefined => {
  const first = Math.ceil((end + 1) / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;
  for (let offset = first; offset < contentEnd; offset += FRAME_ALIGNMENT) {
    const frame = readFrame(buffer, offset, buffer.length, number);
    if (frame !== undefined && frame.groupStart > end) return frame;
  }
  return undefined;
};

const ZEROS = Buffer.alloc(64 * 1024);

/** The offset after the last byte at or after `start` that is not zero; `start` when there is none. */
export const endOfContent = (buffer: Buffer, start: number): number => {
  let end = buffer.length;
  while (end > start) {
    const from = Math.max(start, end - ZEROS.length);
    if (buffer.compare(ZEROS, 0, end - from, from, end) !== 0) break;
    end = from;
  }
  while (end > start && buffer[end - 1] === 0) end--;
  return end;
};
