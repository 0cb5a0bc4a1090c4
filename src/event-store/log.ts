/**
 * The log on disk: segments that are full, and the tail that grows. Knows bytes and frames, not streams.
 *
 * Promises: what `append` resolved for survives a power cut; the frames of one append share one write and one
 * sync; nothing is written before the write before it was synced (segment.ts builds on this). After a failed
 * append the log is of no further use.
 */
import { Buffer } from 'node:buffer';
import type { FileSystem } from '../environment.js';
import { CorruptLogError } from './errors.js';
import { type FileHandle, readWhole, syncDirectory, writeRange } from './files.js';
import { type FrameHeader, type PlacedEvent, writeFrame } from './frame.js';
import { SEGMENT_HEADER_BYTES, scanSegment, segmentFileName, writeSegmentHeader } from './segment.js';

export interface LogOptions {
  /** A segment that would grow beyond this many bytes is sealed. A larger frame gets a segment of its own. */
  readonly segmentBytes: number;
  /**
   * At most this many bytes are allocated ahead of the end, so that most syncs need not commit a new file size.
   * A young segment takes no more ahead than it holds. 0: nothing is allocated ahead.
   */
  readonly preallocateBytes: number;
  /** Full segments are kept in memory up to this many bytes. The tail always is. */
  readonly cacheBytes: number;
}

/** The events of one append, and how large their frame is. */
export interface FrameContent {
  readonly events: readonly PlacedEvent[];
  readonly bytes: number;
}

/** The segment that grows. */
export interface Tail {
  readonly number: number;
  readonly base: number;
  readonly handle: FileHandle;
  /** The file's bytes; zeros from `end` on. May be longer than the file. */
  buffer: Buffer;
  /** Where the next frame goes. */
  end: number;
  /** The file's size. */
  allocated: number;
  /** The crc the next frame must name. */
  crc: number;
}

/** A segment that is full. */
export interface SealedSegment {
  readonly number: number;
  readonly base: number;
  /** The position after its last event. */
  readonly nextPosition: number;
}

const MIN_AHEAD_BYTES = 1024;
const SECTOR_BYTES = 512;

export class Log {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #options: LogOptions;
  readonly #sealed: SealedSegment[];
  #tail: Tail | undefined;
  #nextPosition: number;
  /** Buffers of sealed segments, oldest use first. */
  readonly #cache = new Map<number, Buffer>();
  #cachedBytes = 0;

  constructor(
    fs: FileSystem,
    directory: string,
    options: LogOptions,
    sealed: readonly SealedSegment[],
    tail: Tail | undefined,
    nextPosition: number,
  ) {
    this.#fs = fs;
    this.#directory = directory;
    this.#options = options;
    this.#sealed = [...sealed];
    this.#tail = tail;
    this.#nextPosition = nextPosition;
  }

  /** Whether a group of this many bytes still goes into the tail. */
  hasRoomFor(bytes: number): boolean {
    return this.#tail !== undefined && this.#tail.end + bytes <= this.#options.segmentBytes;
  }

  /** Writes the frames and resolves when they are durable. They go into one segment, whatever their size. */
  async append(frames: readonly FrameContent[]): Promise<readonly FrameHeader[]> {
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    if (!this.hasRoomFor(bytes)) return await this.#appendToNewSegment(frames, bytes);
    const tail = this.#tail;
    if (tail === undefined) throw new Error('a log without a tail has room: a fault in the store itself');
    const start = tail.end;
    const headers = this.#encode(tail, frames, start, start, bytes);
    const writeEnd = this.#allocate(tail);
    await writeRange(tail.handle, tail.buffer, start, writeEnd);
    await tail.handle.datasync();
    return headers;
  }

  async #appendToNewSegment(frames: readonly FrameContent[], bytes: number): Promise<readonly FrameHeader[]> {
    const full = this.#tail;
    if (full !== undefined) {
      await full.handle.close();
      this.#seal(full);
    }
    const number = this.#sealed.length + 1;
    const path = this.pathOf(number);
    // A file of that name is one whose first write was torn: recovery has left nothing but zeros in it.
    const handle = await this.#fs.open(path, 'w+');
    const base = this.#nextPosition;
    const tail: Tail = { number, base, handle, buffer: Buffer.alloc(0), end: 0, allocated: 0, crc: 0 };
    this.#tail = tail;
    this.#reserve(tail, SEGMENT_HEADER_BYTES + bytes);
    tail.crc = writeSegmentHeader(tail.buffer, number, base);
    const headers = this.#encode(tail, frames, SEGMENT_HEADER_BYTES, 0, bytes);
    const writeEnd = this.#allocate(tail);
    await writeRange(handle, tail.buffer, 0, writeEnd);
    await handle.sync();
    await syncDirectory(this.#fs, this.#directory);
    return headers;
  }

  /** Writes the frames into the tail's buffer. */
  #encode(
    tail: Tail,
    frames: readonly FrameContent[],
    start: number,
    groupStart: number,
    bytes: number,
  ): FrameHeader[] {
    this.#reserve(tail, start + bytes);
    let offset = start;
    const headers = frames.map((frame) => {
      const place = {
        segment: tail.number,
        offset,
        previous: tail.crc,
        groupStart,
        position: this.#nextPosition,
      };
      const header = writeFrame(tail.buffer, place, frame.events, frame.bytes);
      tail.crc = header.crc;
      offset += header.bytes;
      this.#nextPosition += header.count;
      return header;
    });
    tail.end = offset;
    return headers;
  }

  /** Decides how far the write that ends at the tail's end reaches, which is the file's size then. */
  #allocate(tail: Tail): number {
    if (tail.end <= tail.allocated) return tail.end;
    const { preallocateBytes, segmentBytes } = this.#options;
    const ahead = Math.min(preallocateBytes, Math.max(tail.end, MIN_AHEAD_BYTES));
    const wanted = Math.ceil((tail.end + ahead) / SECTOR_BYTES) * SECTOR_BYTES;
    const allocated = ahead === 0 ? tail.end : Math.max(tail.end, Math.min(wanted, segmentBytes));
    this.#reserve(tail, allocated);
    tail.allocated = allocated;
    return allocated;
  }

  #reserve(tail: Tail, bytes: number): void {
    if (bytes <= tail.buffer.length) return;
    const grown = Buffer.alloc(Math.max(bytes, Math.min(2 * bytes, this.#options.segmentBytes)));
    tail.buffer.copy(grown, 0, 0, tail.end);
    tail.buffer = grown;
  }

  #seal(full: Tail): void {
    this.#sealed.push({ number: full.number, base: full.base, nextPosition: this.#nextPosition });
    this.keep(full.number, full.buffer.subarray(0, full.end));
  }

  pathOf(segment: number): string {
    return `${this.#directory}/${segmentFileName(segment)}`;
  }

  /** The number of the segment that holds a position. O(log segments). */
  segmentOf(position: number): number {
    if (this.#tail !== undefined && position >= this.#tail.base) return this.#tail.number;
    let low = 0;
    let high = this.#sealed.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#sealed[middle]?.base ?? Number.POSITIVE_INFINITY) <= position) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The bytes of a segment, if they are in memory. */
  inMemory(segment: number): Buffer | undefined {
    return segment === this.#tail?.number ? this.#tail.buffer : this.#cache.get(segment);
  }

  /**
   * Reads a sealed segment into memory.
   * @throws CorruptLogError it is no longer what it was when the store was opened
   */
  async load(segment: number): Promise<Buffer> {
    const path = this.pathOf(segment);
    const handle = await this.#fs.open(path, 'r');
    try {
      const bytes = await readWhole(handle);
      const scan = scanSegment(bytes, segment, () => {});
      const known = this.#sealed[segment - 1];
      if (scan.base !== known?.base || scan.nextPosition !== known?.nextPosition) {
        throw new CorruptLogError(path, scan.end, 'it has changed since the store was opened');
      }
      const content = bytes.subarray(0, scan.end);
      this.keep(segment, content);
      return content;
    } finally {
      await handle.close();
    }
  }

  /** Keeps a sealed segment's bytes in memory, within the limit; the longest kept go first. */
  keep(segment: number, bytes: Buffer): void {
    if (bytes.length > this.#options.cacheBytes || this.#cache.has(segment)) return;
    this.#cache.set(segment, bytes);
    this.#cachedBytes += bytes.length;
    for (const [oldest, old] of this.#cache) {
      if (this.#cachedBytes <= this.#options.cacheBytes) break;
      this.#cache.delete(oldest);
      this.#cachedBytes -= old.length;
    }
  }

  async close(): Promise<void> {
    await this.#tail?.handle.close();
  }
}
