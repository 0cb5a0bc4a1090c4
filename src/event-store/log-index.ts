/**
 * Where everything is: which frame holds a position, which positions make up a stream, which events may have a
 * message id. Holds durable events only. In memory, some 50 bytes an event; numbers, no BigInt.
 */
import { MessageIdTable } from './message-id-table.js';

interface StreamEntry {
  /** Version of the last event. */
  version: number;
  /** Global positions of its events; the last one is that of `version`. */
  readonly positions: number[];
}

export class LogIndex {
  readonly #streams = new Map<string, StreamEntry>();
  readonly #ids = new MessageIdTable();
  /** By position - 1: the offset of the event's frame in its segment. */
  #frameOffsets = new Uint32Array(64);
  #head = 0;

  /** Global position of the last event; 0 when there is none. */
  get head(): number {
    return this.#head;
  }

  /** The next event of the log. Positions and versions follow on, or the caller has a fault to report. */
  add(streamName: string, version: number, messageIdHash: number, frameOffset: number): void {
    const position = this.#head + 1;
    const stream = this.#streams.get(streamName);
    if (version !== (stream?.version ?? 0) + 1) {
      throw new RangeError(`event ${position} has version ${version}, which does not follow`);
    }
    if (stream === undefined) this.#streams.set(streamName, { version, positions: [position] });
    else {
      stream.version = version;
      stream.positions.push(position);
    }
    if (position > this.#frameOffsets.length) {
      const grown = new Uint32Array(2 * this.#frameOffsets.length);
      grown.set(this.#frameOffsets);
      this.#frameOffsets = grown;
    }
    this.#frameOffsets[position - 1] = frameOffset;
    this.#ids.add(messageIdHash, position);
    this.#head = position;
  }

  /** 0 when the stream does not exist. O(1). */
  versionOf(streamName: string): number {
    return this.#streams.get(streamName)?.version ?? 0;
  }

  /** Positions of a stream's events, oldest first; the first one is that of version `firstVersionOf`. O(1), live. */
  positionsOf(streamName: string): readonly number[] {
    return this.#streams.get(streamName)?.positions ?? [];
  }

  /** The offset, in its segment, of the frame that holds the event at `position`. O(1). */
  frameOffsetOf(position: number): number {
    return this.#frameOffsets[position - 1] ?? 0;
  }

  /** Events that may have the message id with this hash. O(1). */
  candidatesFor(messageIdHash: number): readonly number[] {
    return this.#ids.positionsOf(messageIdHash);
  }
}
