/**
 * The index file of a sealed segment, '00000001.index' beside '00000001.log': what lets a store open without
 * reading its whole log. It holds the segment's own index, and the version of every stream and the base of every
 * segment up to there, so that the last index file says all that must be known to go on.
 *
 * It is only ever a copy of what the log says: torn, damaged, missing or at odds with itself (index-consistency.ts), it is
 * left aside and the log is read.
 *
 *     file := 'PCIX' · crc u32 · twelve counts u32 · frame offsets · id table · slices · bases · versions · names
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { crc32 } from './crc32.js';
import { hashText } from './frame.js';
import { type IndexLayout, isConsistent } from './index-consistency.js';
import { MessageIdTable } from './message-id-table.js';
import type { GrowingSegmentIndex, SegmentIndex, StreamSlice } from './segment-index.js';

const MAGIC = 0x5849_4350;
const FORMAT = 1;
const HEADER_WORDS = 14;
const WORD_BYTES = 4;
const LOW_32 = 0x1_0000_0000;

/** What an index file says of the segment it describes, and of the log up to its end. */
export interface IndexSummary {
  readonly segment: number;
  /** The crc of the segment's last frame: an index of other content is not an index of this segment. */
  readonly lastCrc: number;
  /** The first position of each segment up to this one. */
  readonly bases: readonly number[];
  /** The version of each stream at the segment's end. */
  readonly versions: ReadonlyMap<string, number>;
}

/** '00000001.index' for 1. */
export const indexFileName = (segment: number): string => `${String(segment).padStart(8, '0')}.index`;

/** The number in an index file's name, or undefined for the name of any other file. */
export const parseIndexFileName = (name: string): number | undefined => {
  const digits = /^([0-9]{8,15})\.index$/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  return indexFileName(number) === name ? number : undefined;
};

/** The highest number of an index file among these names; 0: there is none. */
export const lastIndexNumber = (names: readonly string[]): number =>
  names.reduce((last, name) => Math.max(last, parseIndexFileName(name) ?? 0), 0);

export const encodeIndexFile = (index: GrowingSegmentIndex, summary: IndexSummary): Buffer => {
  const { segment, lastCrc, bases, versions } = summary;
  const slices = [...index.slices]
    .map(([name, slice]) => ({ name: Buffer.from(name), hash: hashText(name), ...slice }))
    .sort((a, b) => a.hash - b.hash || Buffer.compare(a.name, b.name));
  const streams = [...versions].map(([name, version]) => ({ name: Buffer.from(name), version }));
  const slots = index.ids.slots;
  const events = slices.reduce((sum, { relative }) => sum + relative.length, 0);
  const nameBytes = [...slices, ...streams].reduce((sum, { name }) => sum + name.length, 0);
  const words =
    HEADER_WORDS +
    index.count +
    slots.length +
    4 * slices.length +
    events +
    2 * bases.length +
    2 * streams.length;
  const file = Buffer.alloc(words * WORD_BYTES + nameBytes);
  const out = new Uint32Array(file.buffer, file.byteOffset, words);
  let at = 0;
  const put = (word: number): void => {
    out[at++] = word;
  };
  for (const word of [MAGIC, 0, FORMAT, segment, index.base % LOW_32, Math.floor(index.base / LOW_32)])
    put(word);
  for (const word of [index.count, slots.length, slices.length, events]) put(word);
  for (const word of [bases.length, streams.length, lastCrc, nameBytes]) put(word);
  out.set(index.frameOffsets, at);
  at += index.count;
  out.set(slots, at);
  at += slots.length;
  let start = 0;
  let nameEnd = 0;
  for (const { hash, firstVersion, relative, name } of slices) {
    nameEnd += name.length;
    for (const word of [hash, firstVersion, start, nameEnd]) put(word);
    start += relative.length;
  }
  for (const { relative } of slices) {
    out.set(relative, at);
    at += relative.length;
  }
  for (const base of bases) {
    put(base % LOW_32);
    put(Math.floor(base / LOW_32));
  }
  for (const { version, name } of streams) {
    nameEnd += name.length;
    put(version);
    put(nameEnd);
  }
  let byte = words * WORD_BYTES;
  for (const { name } of [...slices, ...streams]) byte += name.copy(file, byte);
  out[1] = crc32(file.subarray(2 * WORD_BYTES));
  return file;
};

/** What a segment's seal holds of its index file. */
export const digestOf = (file: Buffer): Buffer => createHash('sha256').update(file).digest();

/** The length of an index file without its names, by the counts in its header. */
const wordsNamedBy = (bytes: Buffer): number => {
  const count = (index: number): number => bytes.readUInt32LE(index * WORD_BYTES);
  return HEADER_WORDS + count(6) + count(7) + 4 * count(8) + count(9) + 2 * count(10) + 2 * count(11);
};

/** An index file whose checksum holds: the segment's index, and the summary on request. */
export class StoredSegmentIndex implements SegmentIndex {
  readonly segment: number;
  readonly base: number;
  readonly count: number;
  readonly lastCrc: number;
  /** What the seal of its segment is to hold. */
  readonly digest: Buffer;
  readonly #words: Uint32Array;
  readonly #names: Buffer;
  readonly #ids: MessageIdTable;
  readonly #slicesAt: number;
  readonly #sliceCount: number;
  readonly #relative: Uint32Array;
  readonly #basesAt: number;
  /** How many segments `bases` names. */
  readonly baseCount: number;
  readonly #streamCount: number;

  private constructor(words: Uint32Array, names: Buffer, digest: Buffer) {
    this.digest = digest;
    const word = (index: number): number => words[index] ?? 0;
    this.#words = words;
    this.#names = names;
    this.segment = word(3);
    this.base = word(4) + word(5) * LOW_32;
    this.count = word(6);
    this.#sliceCount = word(8);
    this.baseCount = word(10);
    this.#streamCount = word(11);
    this.lastCrc = word(12);
    const idsAt = HEADER_WORDS + this.count;
    this.#slicesAt = idsAt + word(7);
    const relativeAt = this.#slicesAt + 4 * this.#sliceCount;
    this.#basesAt = relativeAt + word(9);
    this.#ids = new MessageIdTable(words.subarray(idsAt, this.#slicesAt));
    this.#relative = words.subarray(relativeAt, this.#basesAt);
  }

  /** Undefined when the bytes are not those of a whole index file that agrees with itself. O(bytes). */
  static read(bytes: Buffer): StoredSegmentIndex | undefined {
    if (bytes.length < HEADER_WORDS * WORD_BYTES) return undefined;
    if (bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt32LE(2 * WORD_BYTES) !== FORMAT) return undefined;
    if (crc32(bytes.subarray(2 * WORD_BYTES)) !== bytes.readUInt32LE(WORD_BYTES)) return undefined;
    // Words can only be viewed where the memory is aligned to them.
    const aligned = bytes.byteOffset % WORD_BYTES === 0 ? bytes : Buffer.from(new Uint8Array(bytes).buffer);
    const words = (aligned.length - aligned.readUInt32LE(13 * WORD_BYTES)) / WORD_BYTES;
    if (words !== wordsNamedBy(aligned)) return undefined;
    const stored = new StoredSegmentIndex(
      new Uint32Array(aligned.buffer, aligned.byteOffset, words),
      aligned.subarray(words * WORD_BYTES),
      digestOf(aligned),
    );
    return isConsistent(stored.#layout()) ? stored : undefined;
  }

  #layout(): IndexLayout {
    const { segment, base, count } = this;
    const idsAt = HEADER_WORDS + count;
    const streamsAt = this.#basesAt + 2 * this.baseCount;
    return {
      segment,
      base,
      count,
      frameOffsets: this.#words.subarray(HEADER_WORDS, idsAt),
      idSlots: this.#words.subarray(idsAt, this.#slicesAt),
      slices: this.#words.subarray(this.#slicesAt, this.#slicesAt + 4 * this.#sliceCount),
      relative: this.#relative,
      bases: this.bases(),
      streams: this.#words.subarray(streamsAt, streamsAt + 2 * this.#streamCount),
      names: this.#names,
    };
  }

  frameOffsetOf(position: number): number {
    const relative = position - this.base;
    return relative < this.count ? (this.#words[HEADER_WORDS + relative] ?? 0) : 0;
  }

  /** Where the segment's last frame begins: not always that of its last event, which may have been dropped. */
  lastFrameOffset(): number {
    for (let relative = this.count - 1; relative >= 0; relative--) {
      const offset = this.#words[HEADER_WORDS + relative] ?? 0;
      if (offset > 0) return offset;
    }
    return 0;
  }

  candidatesFor(messageIdHash: number): readonly number[] {
    const places = this.#ids.placesOf(messageIdHash);
    return places.length === 0 ? places : places.map((place) => this.base + place - 1);
  }

  /** O(log streams of the segment). */
  sliceOf(streamName: string): StreamSlice | undefined {
    const hash = hashText(streamName);
    let low = 0;
    let high = this.#sliceCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sliceWord(middle, 0) < hash) low = middle + 1;
      else high = middle;
    }
    for (let slice = low; slice < this.#sliceCount && this.#sliceWord(slice, 0) === hash; slice++) {
      const nameStart = slice === 0 ? 0 : this.#sliceWord(slice - 1, 3);
      if (this.#names.toString('utf8', nameStart, this.#sliceWord(slice, 3)) !== streamName) continue;
      const start = this.#sliceWord(slice, 2);
      const end = slice + 1 < this.#sliceCount ? this.#sliceWord(slice + 1, 2) : this.#relative.length;
      return {
        firstVersion: this.#sliceWord(slice, 1),
        count: end - start,
        relative: this.#relative,
        start,
      };
    }
    return undefined;
  }

  #sliceWord(slice: number, field: number): number {
    return this.#words[this.#slicesAt + 4 * slice + field] ?? 0;
  }

  /** O(segments). */
  bases(): number[] {
    return Array.from({ length: this.baseCount }, (_, index) => {
      const at = this.#basesAt + 2 * index;
      return (this.#words[at] ?? 0) + (this.#words[at + 1] ?? 0) * LOW_32;
    });
  }

  /** O(streams). */
  versions(): Map<string, number> {
    const versions = new Map<string, number>();
    const at = this.#basesAt + 2 * this.baseCount;
    const start = this.#sliceCount === 0 ? 0 : this.#sliceWord(this.#sliceCount - 1, 3);
    // Decoded at one go, the names take a third of the time. That is no use unless each letter is one byte.
    const text = this.#names.toString('utf8', start);
    const isAscii = text.length === this.#names.length - start;
    let nameStart = start;
    for (let stream = 0; stream < this.#streamCount; stream++) {
      const nameEnd = this.#words[at + 2 * stream + 1] ?? 0;
      const name = isAscii
        ? text.slice(nameStart - start, nameEnd - start)
        : this.#names.toString('utf8', nameStart, nameEnd);
      versions.set(name, this.#words[at + 2 * stream] ?? 0);
      nameStart = nameEnd;
    }
    return versions;
  }
}
