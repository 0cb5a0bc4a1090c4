/** Recorded events out of entries: one, or many whose data is parsed together. */
import type { EntryCursor, EntryWords } from './entry-cursor.js';
import {
  globalPosition,
  type Json,
  type RecordedEvent,
  type RecordedEventMetadata,
  streamVersion,
} from './event.js';

/** An event's data is no JSON: written by no store, whatever the checksum of its frame says. */
export class BadDataError extends SyntaxError {
  override readonly name = 'BadDataError';
  constructor(
    /** The event's. */
    readonly position: number,
    message: string,
  ) {
    super(message);
  }
}

/** Enough texts to make the most of one call of JSON.parse. */
const LETTERS_AT_ONCE = 16 * 1024;

/** An event whose data may still be due. */
interface Unfinished extends RecordedEvent {
  data: Json;
}

/**
 * Collects events, and parses the data of many by one call of JSON.parse, as one array: that takes half of the time of
 * a call for each.
 */
export class EventPage {
  readonly #events: Unfinished[] = [];
  /** The data of the last events, not parsed yet. */
  #texts: string[] = [];
  #letters = 0;

  get count(): number {
    return this.#events.length;
  }

  /** Adds the event of an entry. Throws BadDataError for it, or for one before it. */
  add(entry: EntryCursor, position: number): void {
    const words = entry.words();
    const text = entry.json;
    this.#events.push({ type: words.type, data: null, metadata: metadataOf(words, entry, position) });
    this.#texts.push(text);
    this.#letters += text.length;
    if (this.#letters >= LETTERS_AT_ONCE) this.#parse();
  }

  /** All of them. Throws BadDataError. */
  finish(): RecordedEvent[] {
    this.#parse();
    return this.#events;
  }

  #parse(): void {
    const first = this.#events.length - this.#texts.length;
    const datas =
      parseTogether(this.#texts) ?? this.#texts.map((text, at) => this.#parseAlone(text, first + at));
    this.#texts = [];
    this.#letters = 0;
    let at = first;
    for (const data of datas) {
      const event = this.#events[at++];
      if (event !== undefined) event.data = data;
    }
  }

  #parseAlone(text: string, at: number): Json {
    try {
      return JSON.parse(text) as Json; // What JSON.parse returns is JSON.
    } catch (error) {
      const position = this.#events[at]?.metadata.globalPosition ?? 0;
      throw new BadDataError(Number(position), error instanceof Error ? error.message : String(error));
    }
  }
}

/** undefined: one of them is no JSON. */
const parseTogether = (texts: readonly string[]): readonly Json[] | undefined => {
  try {
    const datas = JSON.parse(`[${texts.join()}]`) as readonly Json[]; // the array that we have written
    // "1,2" is no JSON, but would be two elements.
    return datas.length === texts.length ? datas : undefined;
  } catch {
    return undefined;
  }
};

/** The event of an entry. */
export const recordedEvent = (entry: EntryCursor, position: number): RecordedEvent => {
  const words = entry.words();
  // What JSON.parse returns is JSON.
  return {
    type: words.type,
    data: JSON.parse(entry.json) as Json,
    metadata: metadataOf(words, entry, position),
  };
};

const metadataOf = (
  { messageId, streamName, correlationId, causationId }: EntryWords,
  { version }: EntryCursor,
  position: number,
): RecordedEventMetadata => {
  const placed: RecordedEventMetadata = {
    messageId,
    streamName,
    streamPosition: streamVersion(version),
    globalPosition: globalPosition(position),
  };
  if (correlationId === undefined && causationId === undefined) return placed;
  return {
    ...placed,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(causationId === undefined ? {} : { causationId }),
  };
};
