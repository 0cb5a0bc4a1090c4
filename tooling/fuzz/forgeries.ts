/**
 * Lies under checksums that hold, which no disk makes, but an enemy or a fault in another program can. In a segment they are a
 * part of the log, and may be believed. In an index file or the state file of a read model they never are.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { crc32 } from '../../src/event-store/format/crc32.js';
import { type FrameHeader, seedOf } from '../../src/event-store/format/frame.js';
import { digestOf } from '../../src/event-store/format/index-file.js';
import { encodeSeal, SEAL_BYTES, scanSegment } from '../../src/event-store/format/segment.js';
import { type Mutation, NUMBERS } from './draft.js';
import type { Draw } from './draw.js';

const SEGMENT_CRC_AT = 28;
const INDEX = /\.index$/;
const STATE = /\.[01]$/;
const STATE_SEAL_AT = 18;
const STATE_VALUE_AT = 50;

/** A frame with other content and a valid checksum; those after it are chained again, or are not. */
export const forgeFrame: Mutation = (draft, draw) => {
  const segment = draft.segment(draw);
  const frame = segment && draw.pick(segment.frames);
  if (segment === undefined || frame === undefined) return undefined;
  const bytes = draft.own(segment.name);
  const at = frame.offset + 12 + draw.below(frame.bytes - 12);
  const value = draw.pick([0, 1, 2, 0x7f, 0x80, 0xff, draw.below(256)]);
  const width = 1 + draw.below(4);
  bytes.fill(value, at, Math.min(at + width, frame.offset + frame.bytes));
  const rest = segment.frames.slice(segment.frames.indexOf(frame));
  const sealed = draw.below(2) === 0 ? rest : [frame];
  seal(bytes, segment.number, sealed);
  draft.forged = true;
  return `${segment.name}: ${width} bytes of ${value} at ${at}, with checksums over ${sealed.length} frames from ${frame.offset} on`;
};

const seal = (bytes: Buffer, segment: number, frames: readonly FrameHeader[]): void => {
  let previous: number | undefined;
  for (const { offset, bytes: length } of frames) {
    if (previous !== undefined) bytes.writeUInt32LE(previous, offset + 12);
    previous = crc32(bytes.subarray(offset + 12, offset + length), seedOf(segment, offset));
    bytes.writeUInt32LE(previous, offset + 8);
  }
};

export const forgeHeader: Mutation = (draft, draw) => {
  const segment = draft.segment(draw);
  if (segment === undefined) return undefined;
  const bytes = draft.own(segment.name);
  const at = draw.pick([8, 12, 16, 20, 24] as const);
  const value = draw.pick([...NUMBERS, 2, 3, draw.below(64)]) ?? 0;
  bytes.writeUInt32LE(value, at);
  const crc = crc32(bytes.subarray(0, SEGMENT_CRC_AT));
  bytes.writeUInt32LE(crc, SEGMENT_CRC_AT);
  const first = segment.frames[0];
  if (first !== undefined && draw.below(2) === 0) {
    bytes.writeUInt32LE(crc, first.offset + 12);
    seal(bytes, segment.number, segment.frames);
  }
  draft.forged = true;
  return `${segment.name}: number ${value} at ${at} of its header, with a checksum`;
};

const sealIndex = (bytes: Buffer): void => void bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);

/** Where a number of an index file is: anywhere, or in its table of message ids. */
const indexWord = (bytes: Buffer, draw: Draw): number => {
  const anywhere = 8 + 4 * draw.below(Math.floor((bytes.length - 8) / 4));
  const ids = 4 * (14 + bytes.readUInt32LE(24));
  const words = bytes.readUInt32LE(28);
  const inIds = ids + 4 * draw.below(words);
  return draw.below(2) === 0 || inIds + 4 > bytes.length ? anywhere : inIds;
};

export const forgeIndex: Mutation = (draft, draw) => {
  const name = draft.named(INDEX, draw);
  const bytes = name === undefined ? undefined : draft.own(name);
  if (name === undefined || bytes === undefined || bytes.length < 64) return undefined;
  const at = indexWord(bytes, draw);
  const before = bytes.readUInt32LE(at);
  const value = draw.pick([...NUMBERS, 2, 3, 40, draw.below(4096), before + 1, before ^ 0x8000_0000]) ?? 0;
  bytes.writeUInt32LE(value >>> 0, at);
  sealIndex(bytes);
  return `${name}: number ${value >>> 0} at ${at}, with a checksum`;
};

/** The log's own seal is forged along with the index file it names: then it may be believed, and nothing worse. */
export const forgeIndexAndSeal: Mutation = (draft, draw) => {
  const did = forgeIndex(draft, draw);
  const name = did?.split(':')[0] ?? '';
  const index = draft.files.get(name);
  const segment = name.replace(INDEX, '.log');
  if (did === undefined || index === undefined || !draft.files.has(segment)) return did;
  const bytes = draft.own(segment);
  const number = Number.parseInt(name, 10);
  const { end, crc, nextPosition, frames } = scanSegment(bytes, number);
  if (frames.length === 0 || end + SEAL_BYTES > bytes.length) return did;
  encodeSeal(number, end, crc, nextPosition, digestOf(index)).copy(bytes, end);
  draft.forged = true;
  return `${did}, and in the seal of its segment`;
};

/** The index file of another segment or another store, with its number made to fit. */
export const swapIndex: Mutation = (draft, draw) => {
  const to = draft.named(INDEX, draw);
  const from = draft.named(INDEX, draw);
  if (to === undefined || from === undefined) return undefined;
  const isOther = draw.below(2) === 0;
  const bytes = isOther ? draft.ofAnother(to, draw) : draft.files.get(from);
  if (bytes === undefined || (!isOther && to === from) || bytes.length < 64) return undefined;
  const swapped = Buffer.from(bytes);
  swapped.writeUInt32LE(Number.parseInt(to, 10), 12);
  sealIndex(swapped);
  draft.files.set(to, swapped);
  return `${to}: what ${isOther ? 'that of another store' : from} says, with its own number and a checksum`;
};

/** A value of JSON changed in its text, so that it mostly still is JSON. */
const changeText = (bytes: Buffer, from: number, draw: Draw): void => {
  const digits: number[] = [];
  for (let at = from; at < bytes.length; at++)
    if (/[0-9]/.test(String.fromCharCode(bytes[at] ?? 0))) digits.push(at);
  const at = draw.below(4) === 0 ? from + draw.below(bytes.length - from) : draw.pick(digits);
  if (at !== undefined) bytes[at] = draw.below(4) === 0 ? draw.below(256) : 0x30 + draw.below(10);
};

/** Another state, position or last event, with a checksum; and with a seal, as well as it can be made without the log. */
export const forgeState: Mutation = (draft, draw) => {
  const name = draft.named(STATE, draw);
  if (name === undefined) return undefined;
  const bytes = draft.own(name);
  if (bytes.length <= STATE_VALUE_AT) return undefined;
  if (draw.below(8) === 0) bytes.writeUIntBE(draw.below(2 ** 47), 12, 6);
  else changeText(bytes, STATE_VALUE_AT, draw);
  const isSealed = draw.below(2) === 0;
  const value = bytes.subarray(STATE_VALUE_AT);
  if (isSealed)
    createHash('sha256').update(`${value.length}/`).update(value).digest().copy(bytes, STATE_SEAL_AT);
  bytes.writeUInt32BE(crc32(bytes.subarray(8)), 4);
  return `${name}: another value, with a checksum${isSealed ? ' and a seal' : ''}`;
};

/** The state file of another model or another store. */
export const swapState: Mutation = (draft, draw) => {
  const to = draft.named(STATE, draw);
  const from = draft.named(STATE, draw);
  if (to === undefined || from === undefined) return undefined;
  const isOther = draw.below(2) === 0;
  const bytes = isOther ? draft.ofAnother(to, draw) : draft.files.get(from);
  if (bytes === undefined || (!isOther && to === from)) return undefined;
  draft.files.set(to, bytes);
  return `${to}: ${isOther ? 'that of another store' : from}`;
};
