/**
 * A cache of decoded events: a read gets an event from it if the same bytes are at the same position. For programs that read
 * the same events repeatedly, such as the stream of a busy account before each command; and for programs that open one log
 * many times, as several stores may share a cache.
 *
 * Only the time of a read differs. A cached event is equal to a decoded one, as every byte is compared, and is frozen, as
 * several readers share it.
 */
import { Buffer } from 'node:buffer';
import type { Json, RecordedEvent } from '../event.js';

/** Where an event's entry is. */
export interface EntryBytes {
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const DEFAULT_EVENTS = 4096;
/** What most entries take at most, header and all: some may take more when others take less. */
const BYTES_AN_EVENT = 256;

/**
 * A bounded memory of decoded events, so that later reads of them decode nothing. Several stores may share it.
 */
export class DecodedEvents {
  /** By place: the position modulo their number. */
  readonly #events: (RecordedEvent | undefined)[];
  readonly #positions: Float64Array;
  readonly #lengths: Float64Array;
  /** Where the entry's bytes are, counted from the first byte ever copied. */
  readonly #starts: Float64Array;
  /** The last bytes copied, as a ring. */
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #copied = 0;
  /** The buffer that was compared with last: consecutive entries are in one. */
  #compared: Uint8Array;
  #comparedView: DataView;

  /** @param count how many events are kept, at most */
  constructor(count = DEFAULT_EVENTS) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new RangeError(`${count} is no number of events to keep: give 1 or more`);
    this.#events = new Array<RecordedEvent | undefined>(count).fill(undefined);
    this.#positions = new Float64Array(count);
    this.#lengths = new Float64Array(count);
    this.#starts = new Float64Array(count);
    this.#bytes = Buffer.alloc(count * BYTES_AN_EVENT);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.#compared = this.#bytes;
    this.#comparedView = this.#view;
  }

  /** The event that these bytes are at this position, if it is kept. */
  find(position: number, { buffer, start, end }: EntryBytes): RecordedEvent | undefined {
    const place = position % this.#events.length;
    const length = end - start;
    if (this.#positions[place] !== position || this.#lengths[place] !== length) return undefined;
    const kept = this.#starts[place] ?? 0;
    const size = this.#bytes.length;
    // Written over since.
    if (this.#copied - kept > size) return undefined;
    const from = kept % size;
    return this.#isKept(from, buffer, start, length) ? this.#events[place] : undefined;
  }

  /** Most requested events are in the cache, and equal: so they are compared in words. */
  #isKept(from: number, buffer: Uint8Array, start: number, length: number): boolean {
    if (this.#compared !== buffer) {
      this.#compared = buffer;
      this.#comparedView = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    const view = this.#comparedView;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (this.#view.getInt32(from + at) !== view.getInt32(start + at)) return false;
    }
    for (; at < length; at++) {
      if (this.#bytes[from + at] !== buffer[start + at]) return false;
    }
    return true;
  }

  /** Keeps an event, which is frozen by that. A very long one is not kept. */
  keep(position: number, { buffer, start, end }: EntryBytes, event: RecordedEvent): void {
    const length = end - start;
    const size = this.#bytes.length;
    if (length > size) return;
    // No entry goes over the end of the ring.
    const left = size - (this.#copied % size);
    if (left < length) this.#copied += left;
    this.#bytes.set(buffer.subarray(start, end), this.#copied % size);
    const place = position % this.#events.length;
    this.#positions[place] = position;
    this.#lengths[place] = length;
    this.#starts[place] = this.#copied;
    this.#events[place] = frozen(event);
    this.#copied += length;
  }
}

const frozen = (event: RecordedEvent): RecordedEvent => {
  freezeJson(event.data);
  Object.freeze(event.metadata);
  return Object.freeze(event);
};

const freezeJson = (value: Json): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const part of Object.values<Json>(value)) freezeJson(part);
  Object.freeze(value);
};
