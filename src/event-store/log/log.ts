/**
 * The log on disk: segments that are full, and the tail that grows. Knows bytes and frames, not streams.
 *
 * Promises: what `append` resolved for survives a power cut; the frames of one append share one write and one
 * sync; nothing is written before the write before it was synced (segment.ts builds on this). After a failed
 * append the log is of no further use.
 */
import { Buffer } from 'node:buffer';
import type { Environment, FileSystem, OpenFile } from '../../environment.js';
import { CorruptLogError } from '../errors.js';
import { type FrameHeader, type PlacedEvents, writeFrame } from '../format/frame.js';
import {
  endOfContent,
  hasStrayContent,
  SEGMENT_HEADER_BYTES,
  type SegmentScan,
  scanSegment,
  segmentFileName,
  writeSegmentHeader,
} from '../format/segment.js';
import { refusalOf } from './descriptor-exhaustion.js';
import { type FileHandle, openToWrite, readWhole, syncDirectory, writeRange } from './durable-files.js';

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

/** A sealed segment as it was read from disk. */
export interface LoadedSegment {
  readonly bytes: Buffer;
  readonly scan: SegmentScan;
}

/** The events of one append, and how large their frame is. */
export interface FrameContent {
  readonly parts: readonly PlacedEvents[];
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

/** What one write carries. */
interface Encoded {
  readonly headers: readonly FrameHeader[];
  readonly bytes: Buffer;
}

/** A segment that was just filled, with what is in it. */
export interface FullSegment {
  readonly number: number;
  readonly base: number;
  /** Its header and frames, without the room left. */
  readonly bytes: Buffer;
  /** The crc of its last frame. */
  readonly crc: number;
  /** The file's size. */
  readonly allocated: number;
  /** The caller seals it, and closes it. */
  readonly handle: FileHandle;
}

const sizeOf = (frames: readonly FrameContent[]): number => frames.reduce((sum, { bytes }) => sum + bytes, 0);

const MIN_AHEAD_BYTES = 1024;
const SECTOR_BYTES = 512;
const AMPLE_BYTES = 256 * 1024;
/** A larger buffer to write from is not kept for the next write. */
const KEPT_BYTES = 2 * 1024 * 1024;
/** The part of a segment that takes longer to read than it takes to seal it and begin another one. */
const WORTH_SEALING = 16;

export class Log {
  readonly #env: Environment;
  readonly #fs: FileSystem;
  /** What is written to the tail is durable at once. */
  readonly #writesThrough: boolean;
  readonly #directory: string;
  readonly #options: LogOptions;
  /** The first position of each sealed segment, by number - 1. */
  readonly #bases: number[];
  #tail: Tail | undefined;
  #nextPosition: number;
  /** What is written is put together here. */
  #workspace = Buffer.alloc(0);
  /** Stays in memory until `settle`. */
  #sealing: FullSegment | undefined;
  /** Buffers of sealed segments, oldest use first. */
  readonly #cache = new Map<number, Buffer>();
  #cachedBytes = 0;

  constructor(
    env: Environment,
    directory: string,
    options: LogOptions,
    bases: readonly number[],
    tail: Tail | undefined,
    nextPosition: number,
  ) {
    this.#env = env;
    this.#fs = env.fs;
    this.#writesThrough = env.writeThrough !== undefined;
    this.#directory = directory;
    this.#options = options;
    this.#bases = [...bases];
    this.#tail = tail;
    this.#nextPosition = nextPosition;
  }

  /** Whether a group of this many bytes still goes into the tail. */
  hasRoomFor(bytes: number): boolean {
    return this.#tail !== undefined && this.#tail.end + bytes <= this.#options.segmentBytes;
  }

  /**
   * Ends the tail, so that the next append begins a new segment; undefined when there is no tail. The returned
   * segment stays in memory until `settle` gets it back.
   */
  seal(): FullSegment | undefined {
    const full = this.#tail;
    if (full === undefined) return undefined;
    const { number, base, crc, handle, allocated } = full;
    this.#sealing = { number, base, crc, handle, allocated, bytes: full.buffer.subarray(0, full.end) };
    this.#bases.push(full.base);
    this.#tail = undefined;
    return this.#sealing;
  }

  /** The segment that was sealed is on disk in its final form: this one, or an uncertain one. */
  endSealing(segment: number, bytes: Buffer | undefined): void {
    this.#sealing = undefined;
    if (bytes !== undefined) this.keep(segment, bytes);
  }

  /** Whether there is so much in the tail that an index file is worth being written, when the store is closed. */
  get isWorthSealing(): boolean {
    return (this.#tail?.end ?? 0) >= this.#options.segmentBytes / WORTH_SEALING;
  }

  /** The file that is written to, if there is one. */
  get tailFile(): OpenFile | undefined {
    return this.#tail && { path: this.pathOf(this.#tail.number), handle: this.#tail.handle };
  }

  /** First positions of the sealed segments. */
  get bases(): readonly number[] {
    return this.#bases;
  }

  /**
   * Writes the frames by one write and resolves when they are durable. They go into one segment: the tail, or when
   * there is none a new one, whatever their size. Calls `meanwhile` when the disk is at work.
   * @throws StoreFullError there is no room; the log is as it was
   * @throws StoreUnavailableError there is no descriptor; the log is as it was. After any other error it is of no further use
   */
  async append(
    frames: readonly FrameContent[],
    meanwhile: () => void = () => {},
  ): Promise<readonly FrameHeader[]> {
    const tail = this.#tail;
    if (tail === undefined) return await this.#appendToNewSegment(frames);
    const { end, crc, allocated } = tail;
    const { headers, bytes } = this.#encode(tail, frames, end);
    const writeEnd = end + bytes.length;
    try {
      const preparing = async (): Promise<void> => {
        this.#keepInTail(tail, bytes, end);
        meanwhile();
      };
      await Promise.all([writeRange(tail.handle, bytes, end, writeEnd, end), preparing()]);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      // What was written of the group must not be found later, nor follow a repetition of its first frame.
      bytes.fill(0);
      tail.buffer.fill(0, end, tail.end);
      Object.assign(tail, { end, crc, allocated });
      this.#nextPosition = headers[0]?.position ?? this.#nextPosition;
      if (writeEnd > allocated) await tail.handle.truncate(allocated);
      await writeRange(tail.handle, bytes, end, Math.min(writeEnd, allocated), end);
      await tail.handle.sync();
      throw refusal;
    }
    if (!this.#writesThrough) await tail.handle.datasync();
    return headers;
  }

  async #appendToNewSegment(frames: readonly FrameContent[]): Promise<readonly FrameHeader[]> {
    const number = this.#bases.length + 1;
    const base = this.#nextPosition;
    // A file of that name is one whose first write was torn or refused: there are nothing but zeros in it.
    const handle = await openToWrite(this.#env, this.pathOf(number), 'create').catch((error: unknown) => {
      throw refusalOf(error) ?? error;
    });
    const buffer = Buffer.alloc(SEGMENT_HEADER_BYTES);
    const crc = writeSegmentHeader(buffer, number, base);
    const tail: Tail = { number, base, handle, buffer, end: SEGMENT_HEADER_BYTES, allocated: 0, crc };
    this.#tail = tail;
    // The header is part of the first group: nothing of the segment had been synced before it.
    const { headers, bytes } = this.#encode(tail, frames, 0);
    buffer.copy(bytes);
    try {
      await writeRange(handle, bytes, 0, bytes.length);
      this.#keepInTail(tail, bytes, 0);
      if (!this.#writesThrough) await handle.datasync();
      await syncDirectory(this.#fs, this.#directory);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      this.#nextPosition = base;
      await handle.truncate(0);
      await handle.sync();
      await handle.close();
      this.#tail = undefined;
      throw refusal;
    }
    return headers;
  }

  /** Puts together what is written from `start` on: the frames, which go to the tail's end, and the room after them. */
  #encode(tail: Tail, frames: readonly FrameContent[], start: number): Encoded {
    const end = tail.end + sizeOf(frames);
    const bytes = this.#spaceFor(this.#allocate(tail, end) - start);
    bytes.fill(0, end - start);
    const headers = frames.map((frame) => {
      const place = {
        segment: tail.number,
        offset: tail.end,
        previous: tail.crc,
        groupStart: start,
        position: this.#nextPosition,
      };
      const header = writeFrame(bytes, place, frame.parts, frame.bytes, start);
      tail.crc = header.crc;
      tail.end += header.bytes;
      this.#nextPosition += header.count;
      return header;
    });
    return { headers, bytes };
  }

  /**
   * Memory to write from, the same again and again. The tail's own would be touched there for the first time, room
   * allocated ahead even before it is needed, and the system takes its time to give memory: on a virtual machine up to
   * 20 µs for each 4 KiB.
   */
  #spaceFor(bytes: number): Buffer {
    if (bytes > KEPT_BYTES) return Buffer.allocUnsafe(bytes);
    if (bytes > this.#workspace.length) {
      this.#workspace = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#workspace.length));
    }
    return this.#workspace.subarray(0, bytes);
  }

  /** Copies what is written from `start` on to where readers find it. */
  #keepInTail(tail: Tail, bytes: Buffer, start: number): void {
    this.#reserve(tail, tail.end);
    bytes.copy(tail.buffer, start, 0, tail.end - start);
  }

  /** Decides how far a write of content up to `end` reaches, which is the file's size then if it is more than now. */
  #allocate(tail: Tail, end: number): number {
    if (end <= tail.allocated) return end;
    const { preallocateBytes, segmentBytes } = this.#options;
    const ahead = Math.min(preallocateBytes, Math.max(end, MIN_AHEAD_BYTES));
    const wanted = Math.ceil((end + ahead) / SECTOR_BYTES) * SECTOR_BYTES;
    tail.allocated = ahead === 0 ? end : Math.max(end, Math.min(wanted, segmentBytes));
    return tail.allocated;
  }

  #reserve(tail: Tail, bytes: number): void {
    if (bytes <= tail.buffer.length) return;
    // The system gives room that is not touched for nothing, so a segment that has come some way gets all of it.
    const { segmentBytes } = this.#options;
    const ample = bytes < AMPLE_BYTES ? Math.min(2 * bytes, segmentBytes) : segmentBytes;
    const grown = Buffer.alloc(Math.max(bytes, ample));
    tail.buffer.copy(grown);
    tail.buffer = grown;
  }

  pathOf(segment: number): string {
    return `${this.#directory}/${segmentFileName(segment)}`;
  }

  /** The number of the segment that holds a position. O(log segments). */
  segmentOf(position: number): number {
    if (this.#tail !== undefined && position >= this.#tail.base) return this.#tail.number;
    let low = 0;
    let high = this.#bases.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#bases[middle] ?? Number.POSITIVE_INFINITY) <= position) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The position after the last one of a sealed segment. */
  endOf(segment: number): number {
    return this.#bases[segment] ?? this.#tail?.base ?? this.#nextPosition;
  }

  /** The bytes of a segment, if they are in memory. */
  inMemory(segment: number): Buffer | undefined {
    if (segment === this.#tail?.number) return this.#tail.buffer;
    return segment === this.#sealing?.number ? this.#sealing.bytes : this.#cache.get(segment);
  }

  /**
   * Reads a sealed segment into memory.
   * @throws CorruptLogError it is not what the segments after it say
   */
  async load(segment: number): Promise<LoadedSegment> {
    const path = this.pathOf(segment);
    const handle = await this.open(segment);
    try {
      const bytes = await readWhole(handle);
      const scan = scanSegment(bytes, segment);
      const nextPosition = this.endOf(segment);
      if (scan.base !== this.#bases[segment - 1]) {
        throw new CorruptLogError(path, 0, 'its header is not the one that belongs there');
      }
      if (scan.nextPosition !== nextPosition || hasStrayContent(scan, endOfContent(bytes, scan.validEnd))) {
        throw new CorruptLogError(
          path,
          scan.end,
          `no valid frame is there, though events up to ${nextPosition - 1} were`,
        );
      }
      const content = bytes.subarray(0, scan.end);
      this.keep(segment, content);
      return { bytes: content, scan };
    } finally {
      await handle.close();
    }
  }

  /** A sealed segment's file, to read from. */
  async open(segment: number): Promise<FileHandle> {
    return await this.#fs.open(this.pathOf(segment), 'r');
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
