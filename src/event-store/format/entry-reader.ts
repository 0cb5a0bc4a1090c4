/** Reads the entries of a frame, one after the other and without allocating. */
import { Buffer } from 'node:buffer';
import { SYSTEM_PREFIX } from '../event.js';
import { ENTRY_HEADER_BYTES, FRAME_HEADER_BYTES, type FrameHeader, get16, get32 } from './frame.js';

const SYSTEM_BYTE = SYSTEM_PREFIX.charCodeAt(0);

/**
 * The text that was decoded last, to be had again where the same bytes come again: neighbours often share their stream
 * and their type.
 */
class LastText {
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #bytes = 0;
  #text = '';

  /** buffer[start, end) as text. */
  decode(buffer: Buffer, start: number, end: number): string {
    if (!this.#is(buffer, start, end)) {
      this.#text = buffer.toString('utf8', start, end);
      this.#buffer = buffer;
      this.#start = start;
      this.#bytes = end - start;
    }
    return this.#text;
  }

  #is(buffer: Buffer, start: number, end: number): boolean {
    if (this.#bytes !== end - start) return false;
    for (let at = 0; at < this.#bytes; at++) {
      if (buffer[start + at] !== this.#buffer[this.#start + at]) return false;
    }
    return true;
  }
}

/** Moves over the entries of one frame, in order. */
export class EntryCursor {
  #buffer: Buffer = Buffer.alloc(0);
  #next = 0;
  #end = 0;
  #left = 0;
  /** Where the entry begins, and where each of its texts ends. The data ends with the entry. */
  #offset = 0;
  #nameEnd = 0;
  #idEnd = 0;
  #typeEnd = 0;
  #correlationEnd = 0;
  #causationEnd = 0;
  readonly #lastStreamName = new LastText();
  readonly #lastType = new LastText();

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
    const buffer = this.#buffer;
    const offset = this.#next;
    const start = offset + ENTRY_HEADER_BYTES;
    if (start > this.#end) throw new RangeError('an entry is outside its frame');
    this.#offset = offset;
    this.#next = offset + get32(buffer, offset);
    this.#nameEnd = start + get16(buffer, offset + 16);
    this.#idEnd = this.#nameEnd + get16(buffer, offset + 18);
    this.#typeEnd = this.#idEnd + get16(buffer, offset + 20);
    this.#correlationEnd = this.#typeEnd + optionalBytes(get16(buffer, offset + 22));
    this.#causationEnd = this.#correlationEnd + optionalBytes(get16(buffer, offset + 24));
    if (this.#causationEnd > this.#next || this.#next > this.#end) {
      throw new RangeError('an entry does not fit its frame');
    }
    return true;
  }

  get messageIdHash(): number {
    return get32(this.#buffer, this.#offset + 4);
  }

  /** Where the entry is, where it starts, and where it ends. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  get start(): number {
    return this.#offset;
  }

  get end(): number {
    return this.#next;
  }

  get skip(): number {
    return get32(this.#buffer, this.#offset + 8);
  }

  get version(): number {
    return get32(this.#buffer, this.#offset + 12);
  }

  get streamName(): string {
    return this.#lastStreamName.decode(this.#buffer, this.#offset + ENTRY_HEADER_BYTES, this.#nameEnd);
  }

  /** Whether the stream is the system's, as `isSystemStream` tells by its name. */
  get isSystem(): boolean {
    const name = this.#offset + ENTRY_HEADER_BYTES;
    return name < this.#nameEnd && this.#buffer[name] === SYSTEM_BYTE;
  }

  get messageId(): string {
    return this.#text(this.#nameEnd, this.#idEnd);
  }

  get type(): string {
    return this.#lastType.decode(this.#buffer, this.#idEnd, this.#typeEnd);
  }

  get correlationId(): string | undefined {
    if (get16(this.#buffer, this.#offset + 22) === 0) return undefined;
    return this.#text(this.#typeEnd, this.#correlationEnd);
  }

  get causationId(): string | undefined {
    if (get16(this.#buffer, this.#offset + 24) === 0) return undefined;
    return this.#text(this.#correlationEnd, this.#causationEnd);
  }

  /** The event's data. */
  get json(): string {
    return this.#text(this.#causationEnd, this.#next);
  }

  #text(start: number, end: number): string {
    return this.#buffer.toString('utf8', start, end);
  }
}

/** The length of a text that may be absent. */
const optionalBytes = (field: number): number => (field === 0 ? 0 : field - 1);
