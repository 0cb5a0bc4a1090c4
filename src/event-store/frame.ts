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
/** Names, ids and types are counted in 16 bits, of which an optional one needs a value for "absent". */
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

/** The place of a frame: where it goes, and what was before it. */
export interface FramePlace {
  readonly segment: number;
  readonly offset: number;
  readonly previous: number;
  readonly groupStart: number;
  readonly position: number;
}

/** Writes a frame into `buffer`, which holds zeros there, and returns its header. */
export const writeFrame = (
  buffer: Buffer,
  place: FramePlace,
  parts: readonly PlacedEvents[],
  bytes: number,
): FrameHeader => {
  let at = place.offset + FRAME_HEADER_BYTES;
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
  if (align(at - place.offset) !== bytes) {
    throw new Error(
      `a frame measured ${bytes} bytes but took ${at - place.offset}: a fault in the store itself`,
    );
  }
  return finishFrame(buffer, place, count, bytes);
};

/** Where an entry is, and the position of its event. */
export interface EntryPlace {
  readonly start: number;
  readonly end: number;
  readonly position: number;
}

/** Writes a frame made of entries that are already written elsewhere, and whose positions may have gaps. */
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
  return finishFrame(buffer, place, entries.length, align(at - place.offset));
};

const finishFrame = (buffer: Buffer, place: FramePlace, count: number, bytes: number): FrameHeader => {
  const { segment, offset, previous, groupStart, position } = place;
  put32(buffer, offset, MAGIC);
  put32(buffer, offset + 4, bytes);
  put32(buffer, offset + 12, previous);
  put32(buffer, offset + 16, groupStart);
  put32(buffer, offset + 20, count);
  put32(buffer, offset + 24, position % 0x1_0000_0000);
  put32(buffer, offset + 28, Math.floor(position / 0x1_0000_0000));
  const crc = crc32(buffer.subarray(offset + COVERED_OFFSET, offset + bytes), seedOf(segment, offset));
  put32(buffer, offset + CRC_OFFSET, crc);
  return { offset, bytes, crc, previous, groupStart, count, position };
};

/**
 * The frame at `offset`, if there is one whose own checksum holds. What came before it is not looked at.
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
  bytes: buffer.readUInt32LE(offset + 4),
  crc: buffer.readUInt32LE(offset + CRC_OFFSET),
  previous: buffer.readUInt32LE(offset + 12),
  groupStart: buffer.readUInt32LE(offset + 16),
  count: buffer.readUInt32LE(offset + 20),
  position: buffer.readUInt32LE(offset + 24) + buffer.readUInt32LE(offset + 28) * 0x1_0000_0000,
});

/** What an entry says in words, but for its data. */
export interface EntryWords {
  readonly streamName: string;
  readonly messageId: string;
  readonly type: string;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
}

/** text[start, end), as the string `known` if it is the same: neighbours often share their stream and type. */
const same = (known: string, text: string, start: number, end: number): string =>
  known.length === end - start && text.startsWith(known, start) ? known : text.slice(start, end);

/** Moves over the entries of one frame, in order, without allocating. */
export class EntryCursor {
  #buffer: Buffer = Buffer.alloc(0);
  #offset = 0;
  #next = 0;
  #end = 0;
  #left = 0;
  #lastStreamName = '';
  #lastType = '';

  /** Stands before the first entry of a frame whose checksum holds. */
  enter(buffer: Buffer, frame: FrameHeader): void {
    this.#buffer = buffer;
    this.#next = frame.offset + FRAME_HEADER_BYTES;
    this.#end = frame.offset + frame.bytes;
    this.#left = frame.count;
  }

  /**
   * Moves to the next entry; false after the last. Entries are checked to lie within their frame and their texts
   * within them, though the checksum held: a log is a file, and a file may be made by an enemy.
   * @throws RangeError an entry does not fit its frame
   */
  next(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    const offset = this.#next;
    if (offset + ENTRY_HEADER_BYTES > this.#end) throw new RangeError('an entry is outside its frame');
    this.#offset = offset;
    this.#next = offset + this.#buffer.readUInt32LE(offset);
    if (this.#dataStart() > this.#next || this.#next > this.#end) {
      throw new RangeError('an entry does not fit its frame');
    }
    return true;
  }

  get messageIdHash(): number {
    return this.#buffer.readUInt32LE(this.#offset + 4);
  }

  /** Where the entry starts, and where it ends. */
  get start(): number {
    return this.#offset;
  }

  get end(): number {
    return this.#next;
  }

  get skip(): number {
    return this.#buffer.readUInt32LE(this.#offset + 8);
  }

  get version(): number {
    return this.#buffer.readUInt32LE(this.#offset + 12);
  }

  get streamName(): string {
    const start = this.#offset + ENTRY_HEADER_BYTES;
    return this.#text(start, start + this.#nameBytes());
  }

  get messageId(): string {
    const start = this.#offset + ENTRY_HEADER_BYTES + this.#nameBytes();
    return this.#text(start, start + this.#idBytes());
  }

  /** All that an entry says in words, but for its data. */
  words(): EntryWords {
    const start = this.#offset + ENTRY_HEADER_BYTES;
    const end = this.#dataStart();
    const text = this.#text(start, end);
    // As many letters as bytes: each letter is one byte (valid or not), so what was counted in bytes are letters.
    return text.length === end - start ? this.#wordsOf(text) : this.#wordsOfBytes(start);
  }

  #wordsOf(text: string): EntryWords {
    const nameEnd = this.#nameBytes();
    const idEnd = nameEnd + this.#idBytes();
    const typeEnd = idEnd + this.#typeBytes();
    const correlationEnd = typeEnd + this.#correlationBytes();
    this.#lastStreamName = same(this.#lastStreamName, text, 0, nameEnd);
    this.#lastType = same(this.#lastType, text, idEnd, typeEnd);
    return {
      streamName: this.#lastStreamName,
      messageId: text.slice(nameEnd, idEnd),
      type: this.#lastType,
      correlationId: this.#correlation() === 0 ? undefined : text.slice(typeEnd, correlationEnd),
      causationId: this.#causation() === 0 ? undefined : text.slice(correlationEnd),
    };
  }

  #wordsOfBytes(start: number): EntryWords {
    const idStart = start + this.#nameBytes();
    const typeStart = idStart + this.#idBytes();
    const correlationStart = typeStart + this.#typeBytes();
    const causationStart = correlationStart + this.#correlationBytes();
    return {
      streamName: this.#text(start, idStart),
      messageId: this.#text(idStart, typeStart),
      type: this.#text(typeStart, correlationStart),
      correlationId: this.#correlation() === 0 ? undefined : this.#text(correlationStart, causationStart),
      causationId: this.#causation() === 0 ? undefined : this.#text(causationStart, this.#dataStart()),
    };
  }

  get json(): string {
    return this.#text(this.#dataStart(), this.#next);
  }

  #text(start: number, end: number): string {
    return this.#buffer.toString('utf8', start, end);
  }

  #nameBytes(): number {
    return this.#buffer.readUInt16LE(this.#offset + 16);
  }

  #idBytes(): number {
    return this.#buffer.readUInt16LE(this.#offset + 18);
  }

  #typeBytes(): number {
    return this.#buffer.readUInt16LE(this.#offset + 20);
  }

  #correlation(): number {
    return this.#buffer.readUInt16LE(this.#offset + 22);
  }

  #causation(): number {
    return this.#buffer.readUInt16LE(this.#offset + 24);
  }

  #correlationBytes(): number {
    return Math.max(0, this.#correlation() - 1);
  }

  #causationBytes(): number {
    return Math.max(0, this.#causation() - 1);
  }

  #dataStart(): number {
    const texts = this.#nameBytes() + this.#idBytes() + this.#typeBytes() + this.#correlationBytes();
    return this.#offset + ENTRY_HEADER_BYTES + texts + this.#causationBytes();
  }
}
