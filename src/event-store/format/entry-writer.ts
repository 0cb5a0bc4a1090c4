/**
 * Writes the events of one stream as entries of a frame, one after the other. All their texts are written at one go,
 * with zeros between them where the headers go: to join texts costs next to nothing, and to write one a quarter of
 * what it takes to turn its data into JSON. Their versions are not known yet; they are filled in when the frame is
 * written.
 */
import { Buffer } from 'node:buffer';
import { ENTRY_HEADER_BYTES, put16s, put32 } from './frame.js';

/** The texts of an event as they are stored. */
export interface EntryTexts {
  readonly messageId: string;
  readonly messageIdHash: number;
  readonly type: string;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly json: string;
}

const FIRST_BYTES = 16 * 1024;
/** A larger buffer is not kept for what comes next. */
const KEPT_BYTES = 1024 * 1024;
/** Up to this many letters the room needed is not measured but taken to be the most it can be. */
const SHORT_TEXT = 64 * 1024;
const MAX_BYTES_A_LETTER = 3;
const ROOM_FOR_HEADER = '\0'.repeat(ENTRY_HEADER_BYTES);

const textOf = (streamName: string, entry: EntryTexts): string =>
  `${streamName}${entry.messageId}${entry.type}${entry.correlationId ?? ''}${entry.causationId ?? ''}${entry.json}`;

/** How many bytes a name has. Throws when it can't be stored. `isAscii`: it is known to have one byte a letter. */
export type Measure = (what: string, name: string, isAscii: boolean) => number;

export class EntryWriter {
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #end = 0;

  /** The entries' bytes, which stay what they are until they are forgotten. */
  write(streamName: string, entries: readonly EntryTexts[], measure: Measure): Buffer {
    let text = '';
    for (const entry of entries) text += ROOM_FOR_HEADER + textOf(streamName, entry);
    this.#makeRoomFor(text);
    const start = this.#end;
    const bytes = this.#buffer.write(text, start);
    // Nearly always: then every part of it, too, has as many bytes as letters.
    const isAscii = bytes === text.length;
    const streamNameBytes = measure('stream name', streamName, isAscii);
    let at = start;
    for (const entry of entries) at = putHeader(this.#buffer, at, streamNameBytes, entry, isAscii, measure);
    if (at !== start + bytes) throw new Error('entries were measured wrong: a fault in the store itself');
    this.#end = at;
    return this.#buffer.subarray(start, at);
  }

  /** The written bytes are no longer needed. */
  forget(): void {
    this.#end = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.allocUnsafe(FIRST_BYTES);
  }

  /** Leaves what was written in the buffer where it is, and begins another one when it is full. */
  #makeRoomFor(text: string): void {
    const room = text.length <= SHORT_TEXT ? MAX_BYTES_A_LETTER * text.length : Buffer.byteLength(text);
    if (this.#end + room <= this.#buffer.length) return;
    this.#buffer = Buffer.allocUnsafe(Math.max(room, Math.min(2 * this.#buffer.length, KEPT_BYTES)));
    this.#end = 0;
  }
}

/** Writes an entry's header at `start`, before its texts; returns where it ends. */
const putHeader = (
  buffer: Buffer,
  start: number,
  streamNameBytes: number,
  entry: EntryTexts,
  isAscii: boolean,
  measure: Measure,
): number => {
  const { messageIdHash, messageId, type, correlationId, causationId, json } = entry;
  const messageIdBytes = measure('message id', messageId, isAscii);
  const typeBytes = measure('event type', type, isAscii);
  const correlationIdBytes =
    correlationId === undefined ? 0 : measure('correlation id', correlationId, isAscii);
  const causationIdBytes = causationId === undefined ? 0 : measure('causation id', causationId, isAscii);
  const bytes =
    ENTRY_HEADER_BYTES +
    streamNameBytes +
    messageIdBytes +
    typeBytes +
    correlationIdBytes +
    causationIdBytes +
    (isAscii ? json.length : Buffer.byteLength(json));
  put32(buffer, start, bytes);
  put32(buffer, start + 4, messageIdHash);
  put16s(buffer, start + 16, streamNameBytes, messageIdBytes);
  // Absent is 0 in an optional field, so an empty text would be 1.
  put16s(buffer, start + 20, typeBytes, correlationId === undefined ? 0 : 1 + correlationIdBytes);
  put16s(buffer, start + 24, causationId === undefined ? 0 : 1 + causationIdBytes, 0);
  return start + bytes;
};
