/** Reads recorded events out of the log's bytes, by position. One reader serves one read. */
import { Buffer } from 'node:buffer';
import { CorruptLogError } from './errors.js';
import { globalPosition, type Json, type RecordedEvent, streamVersion } from './event.js';
import { EntryCursor, frameAt } from './frame.js';
import type { Log } from './log.js';
import type { LogIndex } from './log-index.js';
import { indexFrames, type SegmentIndex } from './segment-index.js';

export class EventReader {
  readonly #log: Log;
  readonly #index: LogIndex;
  readonly #cursor = new EntryCursor();
  #segment = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #segmentIndex: SegmentIndex | undefined;
  #frameOffset = 0;
  /** The position of the entry the cursor stands on; 0 when it stands on none. */
  #position = 0;
  /** The position the next entry of the frame would have, had none been dropped before it. */
  #nextInFrame = 0;

  constructor(log: Log, index: LogIndex) {
    this.#log = log;
    this.#index = index;
  }

  /**
   * Reads the events at these positions, in this order, until it has `maxCount`; leaves out what compaction has
   * dropped. Waits only for segments that are not in memory.
   */
  async read(positions: Iterable<number>, maxCount: number): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (const position of positions) {
      if (events.length >= maxCount) break;
      const segment = this.#log.segmentOf(position);
      if (segment !== this.#segment && !this.#enter(segment)) await this.#load(segment);
      if (this.#seek(position)) events.push(this.#decode());
    }
    return events;
  }

  /** The stream, version and message id of the event at `position`; undefined when compaction has dropped it. */
  async readPlace(
    position: number,
  ): Promise<
    { readonly messageId: string; readonly streamName: string; readonly version: number } | undefined
  > {
    const segment = this.#log.segmentOf(position);
    if (segment !== this.#segment && !this.#enter(segment)) await this.#load(segment);
    if (!this.#seek(position)) return undefined;
    const { messageId, streamName, version } = this.#cursor;
    return { messageId, streamName, version };
  }

  /** Turns to a segment that is in memory with its index; false when it is not. */
  #enter(segment: number): boolean {
    const index = this.#index.ofSegment(segment);
    const buffer = this.#log.inMemory(segment);
    if (index instanceof Promise || buffer === undefined) return false;
    this.#take(segment, buffer, index);
    return true;
  }

  async #load(segment: number): Promise<void> {
    let index = await this.#index.ofSegment(segment);
    let bytes = this.#log.inMemory(segment);
    if (bytes === undefined) {
      const loaded = await this.#log.load(segment);
      bytes = loaded.bytes;
      // The log is right, not the index file, should a crash have left one that is older than its segment.
      if (index.lastCrc !== undefined && index.lastCrc !== loaded.scan.crc) {
        index = indexFrames(index.base, index.count, bytes, loaded.scan.frames);
        this.#index.replace(segment, index);
      }
    }
    this.#take(segment, bytes, index);
  }

  #take(segment: number, buffer: Buffer, index: SegmentIndex): void {
    this.#segment = segment;
    this.#buffer = buffer;
    this.#segmentIndex = index;
    this.#position = 0;
  }

  /** Moves the cursor to an event of the segment; on from where it stands, if that is before it in its frame. */
  #seek(position: number): boolean {
    const offset = this.#segmentIndex?.frameOffsetOf(position) ?? 0;
    if (offset === 0) return false;
    if (this.#position === 0 || offset !== this.#frameOffset || position < this.#position) {
      const frame = frameAt(this.#buffer, offset);
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

  #decode(): RecordedEvent {
    const { type, json, messageId, streamName, version, correlationId, causationId } = this.#cursor;
    return {
      type,
      data: JSON.parse(json) as Json, // What JSON.parse returns is JSON.
      metadata: {
        messageId,
        streamName,
        streamPosition: streamVersion(version),
        globalPosition: globalPosition(this.#position),
        ...(correlationId === undefined ? undefined : { correlationId }),
        ...(causationId === undefined ? undefined : { causationId }),
      },
    };
  }
}
