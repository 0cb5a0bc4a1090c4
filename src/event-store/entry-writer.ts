/**
 * Writes events as the entries of a frame, as soon as they are given and one after the other, in a buffer that is used
 * again and again: an append of many events then costs no object an event. Their versions are not known yet; they
 * are filled in when the frame is written.
 */
import { Buffer } from 'node:buffer';
import { ENTRY_HEADER_BYTES, put16s, put32 } from './frame.js';

/** What an entry says about its texts. Absent is 0 in an optional field, so an empty text is 1. */
export interface EntryFields {
  readonly messageIdHash: number;
  readonly streamNameBytes: number;
  readonly messageIdBytes: number;
  readonly typeBytes: number;
  readonly correlationIdField: number;
  readonly causationIdField: number;
}

const FIRST_BYTES = 32 * 1024;
/** A larger buffer is not kept for the next append. */
const KEPT_BYTES = 1024 * 1024;
/** Up to this many letters the room needed is not measured but taken to be the most it can be. */
const SHORT_TEXT = 2048;
const MAX_BYTES_A_LETTER = 3;

export class EntryWriter {
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #end = 0;

  /** Where the next entry will begin. */
  get end(): number {
    return this.#end;
  }

  /** Writes an entry's texts, in the order of the format and at one go; returns how many bytes they have. */
  writeText(text: string): number {
    const start = this.#end + ENTRY_HEADER_BYTES;
    const room = text.length <= SHORT_TEXT ? MAX_BYTES_A_LETTER * text.length : Buffer.byteLength(text);
    if (start + room > this.#buffer.length) this.#grow(start + room);
    return this.#buffer.write(text, start);
  }

  /** Writes the header before the texts that were written last, and so ends the entry. */
  finish(textBytes: number, fields: EntryFields): void {
    const at = this.#end;
    const bytes = ENTRY_HEADER_BYTES + textBytes;
    put32(this.#buffer, at, bytes);
    put32(this.#buffer, at + 4, fields.messageIdHash);
    put32(this.#buffer, at + 8, 0);
    put32(this.#buffer, at + 12, 0);
    put16s(this.#buffer, at + 16, fields.streamNameBytes, fields.messageIdBytes);
    put16s(this.#buffer, at + 20, fields.typeBytes, fields.correlationIdField);
    put16s(this.#buffer, at + 24, fields.causationIdField, 0);
    this.#end += bytes;
  }

  /** The entries from `start` on, to keep. */
  copyFrom(start: number): Buffer {
    return Buffer.from(this.#buffer.subarray(start, this.#end));
  }

  /** Forgets the entries from `start` on. */
  rewind(start: number): void {
    this.#end = start;
    if (start === 0 && this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.allocUnsafe(FIRST_BYTES);
  }

  #grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(Math.max(bytes, 2 * this.#buffer.length));
    this.#buffer.copy(grown, 0, 0, this.#end);
    this.#buffer = grown;
  }
}
