/** Checks what an append was given, before anything is written, and measures it. */
import { Buffer } from 'node:buffer';
import type { Random } from '../environment.js';
import { InvalidArgumentError } from './errors.js';
import type { EventData } from './event.js';
import {
  type ExpectedStreamVersion,
  NO_CONCURRENCY_CHECK,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
  type StreamAppend,
} from './event-store.js';
import {
  align,
  ENTRY_HEADER_BYTES,
  FRAME_HEADER_BYTES,
  hashText,
  MAX_FRAME_BYTES,
  MAX_TEXT_BYTES,
  type PreparedEvent,
} from './frame.js';
import { toJsonText } from './json.js';

export interface PreparedPart {
  readonly streamName: string;
  readonly streamNameBytes: number;
  readonly expected: ExpectedStreamVersion;
  readonly events: readonly PreparedEvent[];
}

export interface PreparedAppend {
  readonly parts: readonly PreparedPart[];
  /** Size of its frame. */
  readonly bytes: number;
  /** The caller named an id, so it may be a repetition. */
  readonly mayRepeat: boolean;
}

/**
 * Takes a copy of all that will be written: what the caller changes later has no effect.
 * @throws InvalidArgumentError naming what can't be stored
 */
export const prepareAppend = (appends: readonly StreamAppend[], random: Random): PreparedAppend => {
  if (appends.length === 0) throw new InvalidArgumentError('an append needs at least one stream');
  const streams = new Set<string>();
  const ids = new Set<string>();
  let bytes = FRAME_HEADER_BYTES;
  const parts = appends.map((append) => {
    const part = preparePart(append, random, ids);
    if (streams.has(part.streamName)) {
      throw new InvalidArgumentError(`stream ${quote(part.streamName)} is named twice in one append`);
    }
    streams.add(part.streamName);
    for (const event of part.events) bytes += event.entryBytes;
    return part;
  });
  if (align(bytes) > MAX_FRAME_BYTES) {
    throw new InvalidArgumentError(
      `an append of ${bytes} bytes is larger than the ${MAX_FRAME_BYTES} that one append may have; split it`,
    );
  }
  return { parts, bytes: align(bytes), mayRepeat: ids.size > 0 };
};

const preparePart = (append: StreamAppend, random: Random, ids: Set<string>): PreparedPart => {
  const { streamName, events } = append;
  const streamNameBytes = measure('stream name', checkText('stream name', streamName), false);
  if (!Array.isArray(events) || events.length === 0) {
    throw new InvalidArgumentError(`an append to stream ${quote(streamName)} needs at least one event`);
  }
  const prepared = events.map((event) => prepareEvent(streamName, event, random));
  for (const { messageId, idGiven } of prepared) {
    if (!idGiven) continue;
    if (ids.has(messageId)) {
      throw new InvalidArgumentError(`message id ${quote(messageId)} is used twice in one append`);
    }
    ids.add(messageId);
  }
  return {
    streamName,
    streamNameBytes,
    expected: checkExpected(append.expectedStreamVersion),
    events: prepared,
  };
};

const prepareEvent = (streamName: string, event: EventData, random: Random): PreparedEvent => {
  const { correlationId, causationId } = event;
  const type = checkText('event type', event.type);
  const messageId = event.messageId === undefined ? random.uuid() : checkText('message id', event.messageId);
  if (correlationId !== undefined) checkText('correlation id', correlationId);
  if (causationId !== undefined) checkText('causation id', causationId);
  const json = toJsonText(event.data);
  const text = `${streamName}${messageId}${type}${correlationId ?? ''}${causationId ?? ''}${json}`;
  const textBytes = Buffer.byteLength(text);
  // Nearly always: then every part of it, too, has as many bytes as letters.
  const isAscii = textBytes === text.length;
  return {
    messageId,
    messageIdHash: hashText(messageId),
    idGiven: event.messageId !== undefined,
    text,
    messageIdBytes: measure('message id', messageId, isAscii),
    typeBytes: measure('event type', type, isAscii),
    correlationIdField: optionalField('correlation id', correlationId, isAscii),
    causationIdField: optionalField('causation id', causationId, isAscii),
    entryBytes: ENTRY_HEADER_BYTES + textBytes,
  };
};

const optionalField = (what: string, text: string | undefined, isAscii: boolean): number =>
  text === undefined ? 0 : 1 + measure(what, text, isAscii);

const checkText = (what: string, text: unknown): string => {
  if (typeof text !== 'string')
    throw new InvalidArgumentError(`the ${what} is a ${typeof text}, not a string`);
  if (text === '') throw new InvalidArgumentError(`the ${what} is empty`);
  return text;
};

/** Half of a surrogate pair without the other: UTF-8 can't hold it, and two names would become one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The length of a name in bytes. `isAscii`: it is known to have one byte a letter. */
const measure = (what: string, text: string, isAscii: boolean): number => {
  if (!isAscii && LONE_SURROGATE.test(text)) {
    throw new InvalidArgumentError(
      `the ${what} ${quote(text)} holds half a surrogate pair, which is no text`,
    );
  }
  const bytes = isAscii ? text.length : Buffer.byteLength(text);
  if (bytes > MAX_TEXT_BYTES) {
    throw new InvalidArgumentError(`the ${what} has ${bytes} bytes; it may have ${MAX_TEXT_BYTES}`);
  }
  return bytes;
};

const checkExpected = (expected: ExpectedStreamVersion = NO_CONCURRENCY_CHECK): ExpectedStreamVersion => {
  if (expected === STREAM_EXISTS || expected === STREAM_DOES_NOT_EXIST) return expected;
  if (expected === NO_CONCURRENCY_CHECK || (typeof expected === 'bigint' && expected >= 0n)) return expected;
  throw new InvalidArgumentError(
    `expectedStreamVersion is ${String(expected)}; it may be a bigint from 0n, ${STREAM_EXISTS}, ${STREAM_DOES_NOT_EXIST} or ${NO_CONCURRENCY_CHECK}`,
  );
};

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}...` : text);
