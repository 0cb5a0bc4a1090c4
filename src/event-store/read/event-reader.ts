/**
 * Reads recorded events out of the log's bytes, by position. One reader serves one read. Of a segment that is not in
 * memory it reads either all, or frame by frame what is wanted.
 */
import { Buffer } from 'node:buffer';
import { CorruptLogError } from '../errors.js';
import type { RecordedEvent } from '../event.js';
import type { ReadAllOptions } from '../event-store.js';
import { EntryCursor } from '../format/entry-reader.js';
import { FRAME_HEADER_BYTES, frameAt, frameBytesAt, MAX_FRAME_BYTES, readFrame } from '../format/frame.js';
import { BadFrameError, indexFrames, type SegmentIndex } from '../format/segment-index.js';
import { type FileHandle, readRange } from '../log/durable-files.js';
import type { Log } from '../log/log.js';
import type { LogIndex } from '../log/log-index.js';
import type { DecodedEvents } from './decoded-event-cache.js';
import { BadDataError, EventPage } from './event-page.js';

/** 'all': the events lie close together, read whole segments. 'some': they are scattered, read single frames. */
export type ReadPattern = 'all' | 'some';

/** An event as it is stored, and its place in its stream. */
export interface Place {
  readonly messageId: string;
  readonly streamName: string;
  readonly version: number;
  readonly entry: Buffer;
}

/** Enough for most frames at one go. */
const FRAME_GUESS_BYTES = 4096;

export class EventReader {
  readonly #log: Log;
  readonly #index: LogIndex;
  readonly #pattern: ReadPattern;
  readonly #decoded: DecodedEvents | undefined;
  readonly #cursor = new EntryCursor();
  #segment = 0;
  /** The positions of the segment, but for those of its end that are not in its index yet. */
  #base = 0;
  #end = 0;
  #segmentIndex: SegmentIndex | undefined;
  /** The segment's file, while it is read frame by frame. */
  #file: FileHandle | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where in the segment the buffer begins. */
  #bufferStart = 0;
  #frameOffset = 0;
  /** The position of the entry the cursor stands on; 0 when it stands on none. */
  #position = 0;
  /** The position the next entry of the frame would have, had none been dropped before it. */
  #nextInFrame = 0;

  constructor(log: Log, index: LogIndex, pattern: ReadPattern, decoded?: DecodedEvents) {
    this.#decoded = decoded;
    this.#log = log;
    this.#index = index;
    this.#pattern = pattern;
  }

  /**
   * Reads the events at these positions, in this order, until it has `maxCount`; leaves out what compaction has
   * dropped. Waits only for what is not in memory.
   */
  async read(
    positions: Iterable<number>,
    maxCount: number,
    { systemStreams = true }: Pick<ReadAllOptions, 'systemStreams'> = {},
  ): Promise<RecordedEvent[]> {
    const page = new EventPage(this.#decoded);
    try {
      for (const position of positions) {
        if (page.count >= maxCount) break;
        if (!this.#has(position)) await this.#fetch(position);
        const found = this.#tryToSeek(position) ?? (await this.#seekInWhole(position));
        if (!found || (!systemStreams && this.#cursor.isSystem)) continue;
        page.add(this.#cursor, position);
      }
      return page.finish();
    } catch (error) {
      throw this.#asDamage(error);
    } finally {
      await this.#file?.close();
    }
  }

  /** The event at `position`, and where it is in its stream; undefined when compaction has dropped it. */
  async readPlace(position: number): Promise<Place | undefined> {
    try {
      if (!this.#has(position)) await this.#fetch(position);
      if (!(this.#tryToSeek(position) ?? (await this.#seekInWhole(position)))) return undefined;
      const { messageId, streamName, version, start, end } = this.#cursor;
      return { messageId, streamName, version, entry: this.#buffer.subarray(start, end) };
    } catch (error) {
      throw this.#asDamage(error);
    } finally {
      await this.#file?.close();
      this.#file = undefined;
      this.#segment = 0;
      this.#end = 0;
    }
  }

  /** An entry that does not fit its frame, or data that is no JSON: written by no store, whatever the checksum says. */
  #asDamage(error: unknown): unknown {
    if (error instanceof BadDataError) {
      const segment = this.#log.segmentOf(error.position);
      const offset = this.#index.inMemory(segment)?.frameOffsetOf(error.position) ?? 0;
      return new CorruptLogError(this.#log.pathOf(segment), offset, error.message);
    }
    if (!(error instanceof RangeError)) return error;
    const offset = error instanceof BadFrameError ? error.offset : this.#frameOffset;
    return new CorruptLogError(this.#log.pathOf(this.#segment), offset, error.message);
  }

  /** Whether the buffer holds the event, or can be made to without waiting. */
  #has(position: number): boolean {
    const isHere = position >= this.#base && position < this.#end;
    const segment = isHere ? this.#segment : this.#log.segmentOf(position);
    if (segment === this.#segment) {
      return this.#file === undefined || this.#segmentIndex?.frameOffsetOf(position) === this.#bufferStart;
    }
    if (this.#file !== undefined) return false;
    const index = this.#index.inMemory(segment);
    const buffer = this.#log.inMemory(segment);
    if (index === undefined || buffer === undefined) return false;
    this.#take(segment, index, buffer, 0);
    return true;
  }

  async #fetch(position: number): Promise<void> {
    const segment = this.#log.segmentOf(position);
    if (segment !== this.#segment) {
      await this.#file?.close();
      this.#file = undefined;
      const index = await this.#index.ofSegment(segment);
      const buffer = this.#log.inMemory(segment);
      if (buffer !== undefined) return this.#take(segment, index, buffer, 0);
      if (this.#pattern === 'all') return await this.#loadWhole(segment, index);
      this.#file = await this.#log.open(segment);
      this.#take(segment, index, Buffer.alloc(0), 0);
    }
    await this.#fetchFrame(position);
  }

  async #loadWhole(segment: number, index: SegmentIndex): Promise<void> {
    this.#segment = segment; // for the error, should it be damaged
    const { bytes, scan } = await this.#log.load(segment);
    if (index.lastCrc === undefined) return this.#take(segment, index, bytes, 0);
    // Now that all of the segment is here, nothing of it need be believed that a file says.
    const rebuilt = indexFrames(index.base, index.count, bytes, scan.frames);
    this.#index.replace(segment, rebuilt);
    this.#take(segment, rebuilt, bytes, 0);
  }

  async #fetchFrame(position: number): Promise<void> {
    const index = this.#segmentIndex;
    const offset = index?.frameOffsetOf(position) ?? 0;
    const file = this.#file;
    if (index === undefined || file === undefined || offset === 0) return;
    let bytes = await readRange(file, offset, FRAME_GUESS_BYTES);
    const wanted = bytes.length < FRAME_HEADER_BYTES ? 0 : frameBytesAt(bytes, 0);
    if (wanted > bytes.length && wanted <= MAX_FRAME_BYTES) bytes = await readRange(file, offset, wanted);
    if (readFrame(bytes, 0, bytes.length, this.#segment, offset) !== undefined) {
      return this.#take(this.#segment, index, bytes, offset);
    }
    // Damaged, or not where the index has it: only the whole segment can tell.
    await this.#file?.close();
    this.#file = undefined;
    await this.#loadWhole(this.#segment, index);
  }

  #take(segment: number, index: SegmentIndex, buffer: Buffer, bufferStart: number): void {
    this.#segment = segment;
    this.#base = index.base;
    this.#end = index.base + index.count;
    this.#segmentIndex = index;
    this.#buffer = buffer;
    this.#bufferStart = bufferStart;
    this.#frameOffset = bufferStart;
    this.#position = 0;
  }

  /** Undefined: the event is not where an index file has it. */
  #tryToSeek(position: number): boolean | undefined {
    if (this.#segmentIndex?.lastCrc === undefined) return this.#seek(position);
    try {
      return this.#seek(position);
    } catch (error) {
      if (error instanceof RangeError || error instanceof CorruptLogError) return undefined;
      throw error;
    }
  }

  /** Looks for it in all of the segment, by an index made of that. */
  async #seekInWhole(position: number): Promise<boolean> {
    const index = this.#segmentIndex;
    if (index === undefined) return false;
    await this.#file?.close();
    this.#file = undefined;
    await this.#loadWhole(this.#segment, index);
    return this.#seek(position);
  }

  /** Moves the cursor to an event of the segment; on from where it stands, if that is before it in its frame. */
  #seek(position: number): boolean {
    const offset = this.#segmentIndex?.frameOffsetOf(position) ?? 0;
    if (offset === 0) return false;
    if (this.#position === 0 || offset !== this.#frameOffset || position < this.#position) {
      const start = offset - this.#bufferStart;
      // An index file may be made by an enemy, too.
      if (start + FRAME_HEADER_BYTES > this.#buffer.length)
        throw new RangeError(`event ${position} is to be in a frame at ${offset}, which is behind the end`);
      const frame = frameAt(this.#buffer, start);
      this.#cursor.enter(this.#buffer, frame);
      this.#frameOffset = offset;
      this.#position = 0;
      this.#nextInFrame = frame.position;
    }
    while (this.#position < position && this.#cursor.next()) {
      this.#position = this.#nextInFrame + this.#cursor.skip;
      this.#nextInFrame++;
    }
    if (this.#position === position) return true;
    throw new CorruptLogError(
      this.#log.pathOf(this.#segment),
      offset,
      `event ${position} is not in this frame`,
    );
  }
}
