/** Reads recorded events out of the log's bytes, by position. One reader serves one read. */
import { Buffer } from 'node:buffer';
import { globalPosition, type Json, type RecordedEvent, streamVersion } from './event.js';
import { EntryCursor, frameAt } from './frame.js';
import type { Log } from './log.js';
import type { LogIndex } from './log-index.js';

export class EventReader {
  readonly #log: Log;
  readonly #index: LogIndex;
  readonly #cursor = new EntryCursor();
  #segment = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #frameOffset = 0;
  /** The position of the entry the cursor stands on; 0 when it stands on none. */
  #position = 0;

  constructor(log: Log, index: LogIndex) {
    this.#log = log;
    this.#index = index;
  }

  /** Reads the events at these positions, in this order. Waits only for segments that are not in memory. */
  async read(positions: Iterable<number>): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (const position of positions) {
      await this.#enterIfNew(this.#log.segmentOf(position));
      this.#seek(position);
      events.push(this.#decode());
    }
    return events;
  }

  /** The stream, version and message id of the event at `position`, without its data. */
  async readPlace(
    position: number,
  ): Promise<{ readonly messageId: string; readonly streamName: string; readonly version: number }> {
    await this.#enterIfNew(this.#log.segmentOf(position));
    this.#seek(position);
    const { messageId, streamName, version } = this.#cursor;
    return { messageId, streamName, version };
  }

  #enterIfNew(segment: number): Promise<void> | undefined {
    if (segment === this.#segment) return undefined;
    const buffer = this.#log.inMemory(segment);
    if (buffer === undefined) return this.#load(segment);
    this.#enter(segment, buffer);
    return undefined;
  }

  async #load(segment: number): Promise<void> {
    this.#enter(segment, await this.#log.load(segment));
  }

  #enter(segment: number, buffer: Buffer): void {
    this.#segment = segment;
    this.#buffer = buffer;
    this.#position = 0;
  }

  /** Moves the cursor to an event of the segment; on from where it stands, if that is before it in its frame. */
  #seek(position: number): void {
    const offset = this.#index.frameOffsetOf(position);
    if (this.#position === 0 || offset !== this.#frameOffset || position < this.#position) {
      const frame = frameAt(this.#buffer, offset);
      this.#cursor.start(this.#buffer, frame);
      this.#frameOffset = offset;
      this.#position = frame.position - 1;
    }
    while (this.#position < position && this.#cursor.next()) this.#position++;
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
