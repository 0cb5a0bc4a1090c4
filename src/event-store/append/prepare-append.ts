/** Checks what an append was given, before anything is written, and encodes it. */
import { Buffer } from 'node:buffer';
import type { Random } from '../../environment.js';
import { InvalidArgumentError } from '../errors.js';
import type { AnyEvent, EventData } from '../event.js';
import {
  type ExpectedStreamVersion,
  NO_CONCURRENCY_CHECK,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
  type StreamAppend,
} from '../event-store.js';
import type { EntryTexts, EntryWriter } from '../format/entry-writer.js';
import {
  align,
  FRAME_HEADER_BYTES,
  hashText,
  MAX_FRAME_BYTES,
  MAX_TEXT_BYTES,
  type PlacedEvents,
} from '../format/frame.js';
import { toJsonText } from './event-json.js';

/** Events of one stream, without a place yet. */
export interface PreparedPart extends Omit<PlacedEvents, 'firstVersion'> {
  readonly expected: ExpectedStreamVersion;
  readonly messageIds: readonly string[];
}

export interface PreparedAppend {
  readonly parts: readonly PreparedPart[];
  /** Size of its frame. */
  readonly bytes: number;
  /** The message ids that the caller named: these events may be repetitions. */
  readonly givenIds: ReadonlySet<string>;
}

/** What is needed to prepare an append. */
export interface Preparing {
  readonly random: Random;
  readonly writer: EntryWriter;
}

/**
 * Takes a copy of all that will be written: what the caller changes later has no effect.
 * @throws InvalidArgumentError naming what can't be stored
 */
export const prepareAppend = (
  appends: readonly StreamAppend<AnyEvent>[],
  preparing: Preparing,
): PreparedAppend => {
  const given = listOf(appends);
  if (given.length === 0) throw new InvalidArgumentError('an append needs at least one stream');
  const streams = new Set<string>();
  const preparation = new Preparation(preparing);
  const parts = given.map((append) => {
    const part = preparation.prepare(append);
    if (streams.has(part.streamName)) {
      throw new InvalidArgumentError(`stream ${quote(part.streamName)} is named twice in one append`);
    }
    streams.add(part.streamName);
    return part;
  });
  const bytes = parts.reduce((sum, { entries }) => sum + entries.length, FRAME_HEADER_BYTES);
  if (align(bytes) > MAX_FRAME_BYTES) throw tooLarge(bytes);
  return { parts, bytes: align(bytes), givenIds: preparation.givenIds };
};

/** A list of its own: a subclass of Array may have a `map` that gives something else. Empty for what is no array. */
const listOf = <Item>(items: readonly Item[]): readonly Item[] => {
  const list: Item[] = [];
  if (!Array.isArray(items)) return list;
  const { length } = items;
  for (let index = 0; index < length; index++) list.push(items[index] as Item); // a hole fails as any item that is none
  return list;
};

const tooLarge = (bytes: number): InvalidArgumentError =>
  new InvalidArgumentError(
    `an append of ${bytes} bytes is larger than the ${MAX_FRAME_BYTES} that one append may have; split it`,
  );

/** The preparation of one append, part by part. */
class Preparation {
  readonly givenIds = new Set<string>();
  readonly #random: Random;
  readonly #writer: EntryWriter;

  constructor({ random, writer }: Preparing) {
    this.#random = random;
    this.#writer = writer;
  }

  prepare({ streamName, events, expectedStreamVersion }: StreamAppend<AnyEvent>): PreparedPart {
    checkText('stream name', streamName);
    const given = listOf(events);
    if (given.length === 0) {
      throw new InvalidArgumentError(`an append to stream ${quote(streamName)} needs at least one event`);
    }
    const expected = checkExpected(expectedStreamVersion);
    const texts = given.map((event) => this.#textsOf(event));
    // Data may have getters, and a getter may append: only from here on is the writer ours alone.
    const letters = texts.reduce((sum, { json }) => sum + json.length, 0);
    if (letters > MAX_FRAME_BYTES) throw tooLarge(letters);
    return {
      streamName,
      expected,
      messageIds: texts.map(({ messageId }) => messageId),
      idHashes: texts.map(({ messageIdHash }) => messageIdHash),
      entries: this.#writer.write(streamName, texts, measure),
    };
  }

  #textsOf(event: EventData<AnyEvent>): EntryTexts {
    if (typeof event !== 'object' || event === null)
      throw new InvalidArgumentError(
        `an event is ${event === null ? 'null' : `a ${typeof event}`}, not an object`,
      );
    const messageId = this.#idOf(event);
    const { correlationId, causationId } = event;
    const type = checkText('event type', event.type);
    if (correlationId !== undefined) checkText('correlation id', correlationId);
    if (causationId !== undefined) checkText('causation id', causationId);
    return {
      messageId,
      messageIdHash: hashText(messageId),
      type,
      correlationId,
      causationId,
      json: toJsonText(event.data),
    };
  }

  #idOf({ messageId }: EventData<AnyEvent>): string {
    if (messageId === undefined) return this.#random.uuid();
    checkText('message id', messageId);
    if (this.givenIds.has(messageId)) {
      throw new InvalidArgumentError(`message id ${quote(messageId)} is used twice in one append`);
    }
    this.givenIds.add(messageId);
    return messageId;
  }
}

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
