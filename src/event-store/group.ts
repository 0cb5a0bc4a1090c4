/**
 * Decides the appends that will share one write, in order of arrival, each on the streams as the ones before it
 * leave them. Decisions are told only when the write is durable, refusals too: a conflict with an event that a
 * power cut could still take back would be a conflict with nothing.
 */
import { ExpectedVersionConflictError, MessageIdConflictError } from './errors.js';
import { globalPosition, streamVersion } from './event.js';
import {
  type AppendResult,
  type ExpectedStreamVersion,
  NO_CONCURRENCY_CHECK,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from './event-store.js';
import type { PreparedEvent } from './frame.js';
import type { FrameContent } from './log.js';
import type { LogIndex } from './log-index.js';
import type { PreparedAppend } from './prepare.js';

/** Where an event with a given message id is, or will be once the group is durable. */
export interface KnownMessage {
  readonly streamName: string;
  readonly version: number;
  readonly position: number;
}

/** Finds the durable event that has this message id. */
export type FindMessage = (messageId: string, hash: number) => Promise<KnownMessage | undefined>;

/** What became of an append. It stands once the group is durable. */
export type Decision =
  | { readonly accepted: true; readonly results: readonly AppendResult[] }
  | { readonly accepted: false; readonly error: Error };

/** The appends decided for one write: what the streams will look like once it is durable. */
export class Group {
  readonly frames: FrameContent[] = [];
  /** Sum of the frames. */
  bytes = 0;
  readonly #index: LogIndex;
  readonly #findMessage: FindMessage;
  readonly #versions = new Map<string, number>();
  readonly #messages = new Map<string, KnownMessage>();
  #head: number;

  constructor(index: LogIndex, findMessage: FindMessage) {
    this.#index = index;
    this.#findMessage = findMessage;
    this.#head = index.head;
  }

  /** Decides on the next append; adds a frame if it is accepted and new. Waits only for events it may repeat. */
  decide(append: PreparedAppend): Decision | Promise<Decision> {
    return append.mayRepeat ? this.#decideRepetition(append) : this.#decideNew(append);
  }

  async #decideRepetition(append: PreparedAppend): Promise<Decision> {
    try {
      const repeated = await this.#repeatedResults(append);
      if (repeated !== undefined) return { accepted: true, results: repeated };
    } catch (error) {
      // A conflict, or a failed read of an event that may have the same id. Nothing was placed yet.
      return { accepted: false, error: error instanceof Error ? error : new Error(String(error)) };
    }
    return this.#decideNew(append);
  }

  #decideNew(append: PreparedAppend): Decision {
    for (const { streamName, expected } of append.parts) {
      const actual = this.#versionOf(streamName);
      if (isAsExpected(expected, actual)) continue;
      const error = new ExpectedVersionConflictError(streamName, expected, BigInt(actual));
      return { accepted: false, error };
    }
    return { accepted: true, results: this.#place(append) };
  }

  #versionOf(streamName: string): number {
    return this.#versions.get(streamName) ?? this.#index.versionOf(streamName);
  }

  /** The first append's results, when all ids are known; undefined when none is. */
  async #repeatedResults(append: PreparedAppend): Promise<readonly AppendResult[] | undefined> {
    const results: AppendResult[] = [];
    let unknown: PreparedEvent | undefined;
    let known: PreparedEvent | undefined;
    for (const { streamName, events } of append.parts) {
      let first: KnownMessage | undefined;
      let last: KnownMessage | undefined;
      for (const event of events) {
        const found = event.idGiven ? this.#find(event) : undefined;
        const message = found instanceof Promise ? await found : found;
        if (message === undefined) unknown = event;
        else {
          known = event;
          checkRepeats(event, streamName, message, last);
          last = message;
          first ??= message;
        }
      }
      if (first !== undefined && last !== undefined) {
        results.push(resultOf(first.version === 1, last.version, last.position));
      }
    }
    if (known === undefined) return undefined;
    if (unknown === undefined) return results;
    throw new MessageIdConflictError(
      `Message ${JSON.stringify(known.messageId)} is in the store already, but ${JSON.stringify(unknown.messageId)} of the same append is not. Repeat an append with exactly the ids it had.`,
    );
  }

  #find(event: PreparedEvent): Promise<KnownMessage | undefined> | KnownMessage | undefined {
    const inGroup = this.#messages.get(event.messageId);
    if (inGroup !== undefined) return inGroup;
    if (this.#index.candidatesInMemory(event.messageIdHash)?.length === 0) return undefined;
    return this.#findMessage(event.messageId, event.messageIdHash);
  }

  #place(append: PreparedAppend): readonly AppendResult[] {
    const parts = append.parts.map(({ streamName, streamNameBytes, events }) => ({
      streamName,
      streamNameBytes,
      events,
      firstVersion: this.#versionOf(streamName) + 1,
    }));
    const results = parts.map(({ streamName, events, firstVersion }) => {
      let version = firstVersion;
      for (const { idGiven, messageId } of events) {
        this.#head++;
        // An id that was drawn is known to nobody yet.
        if (idGiven) this.#messages.set(messageId, { streamName, version, position: this.#head });
        version++;
      }
      this.#versions.set(streamName, version - 1);
      return resultOf(firstVersion === 1, version - 1, this.#head);
    });
    this.frames.push({ parts, bytes: append.bytes });
    this.bytes += append.bytes;
    return results;
  }
}

const resultOf = (createdNewStream: boolean, version: number, position: number): AppendResult => ({
  nextExpectedStreamVersion: streamVersion(version),
  lastEventGlobalPosition: globalPosition(position),
  createdNewStream,
});

const isAsExpected = (expected: ExpectedStreamVersion, actual: number): boolean => {
  switch (expected) {
    case NO_CONCURRENCY_CHECK:
      return true;
    case STREAM_EXISTS:
      return actual > 0;
    case STREAM_DOES_NOT_EXIST:
      return actual === 0;
    default:
      return expected === BigInt(actual);
  }
};

/** A known message repeats the append only in the same stream, right after the one before it. */
const checkRepeats = (
  event: PreparedEvent,
  streamName: string,
  message: KnownMessage,
  before: KnownMessage | undefined,
): void => {
  if (message.streamName !== streamName) {
    throw new MessageIdConflictError(
      `Message ${JSON.stringify(event.messageId)} is already in stream ${JSON.stringify(message.streamName)}; it can't be appended to ${JSON.stringify(streamName)}. Use a new id.`,
    );
  }
  if (before !== undefined && message.version !== before.version + 1) {
    throw new MessageIdConflictError(
      `Message ${JSON.stringify(event.messageId)} is already in stream ${JSON.stringify(streamName)}, but not right after the one before it in this append. Repeat an append with exactly the ids it had.`,
    );
  }
};
