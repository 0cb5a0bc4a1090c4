/**
 * Decides the appends that will share one write, in order of arrival, each on the streams as the ones before it
 * leave them. Decisions are reported only when the write is durable, refusals too: a power cut could still take back the
 * event that an append conflicts with.
 */
import type { Buffer } from 'node:buffer';
import { textOfThrown } from '../../thrown.js';
import { ExpectedVersionConflictError, MessageIdConflictError } from '../errors.js';
import { globalPosition, streamVersion } from '../event.js';
import {
  type AppendResult,
  type ExpectedStreamVersion,
  NO_CONCURRENCY_CHECK,
  STREAM_DOES_NOT_EXIST,
  STREAM_EXISTS,
} from '../event-store.js';
import { sameContent } from '../format/entry-content.js';
import { entriesOf } from '../format/frame.js';
import { refusalOf } from '../log/descriptor-exhaustion.js';
import type { FrameContent } from '../log/log.js';
import type { LogIndex } from '../log/log-index.js';
import type { PreparedAppend } from './prepare-append.js';

/** Where an event with a given message id is, or will be once the group is durable. */
export interface KnownMessage {
  readonly streamName: string;
  readonly version: number;
  readonly position: number;
  /** As it is stored, but for the versions. */
  readonly entry: Buffer;
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
    return append.givenIds.size > 0 ? this.#decideRepetition(append) : this.#decideNew(append);
  }

  async #decideRepetition(append: PreparedAppend): Promise<Decision> {
    try {
      const repeated = await this.#repeatedResults(append);
      if (repeated !== undefined) return { accepted: true, results: repeated };
    } catch (error) {
      // A conflict, or a failed read of an event that may have the same id. Nothing was placed yet.
      const refusal = refusalOf(error) ?? error;
      return {
        accepted: false,
        error: refusal instanceof Error ? refusal : new Error(textOfThrown(refusal)),
      };
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
    let unknown: string | undefined;
    let known: { readonly messageId: string; readonly streamName: string } | undefined;
    for (const { streamName, messageIds, idHashes, entries } of append.parts) {
      const own = entriesOf(entries);
      let first: KnownMessage | undefined;
      let last: KnownMessage | undefined;
      for (const [at, messageId] of messageIds.entries()) {
        const found = append.givenIds.has(messageId) ? this.#find(messageId, idHashes[at] ?? 0) : undefined;
        const message = found instanceof Promise ? await found : found;
        if (message === undefined) unknown = messageId;
        else {
          known = { messageId, streamName };
          checkRepeats(messageId, streamName, message, last);
          if (!sameContent(own[at], message.entry)) throw otherContent(messageId, streamName);
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
      `Message ${JSON.stringify(known.messageId)} is in the store already, but ${JSON.stringify(unknown)} of the same append is not. Repeat an append with exactly the ids it had.`,
      known.streamName,
    );
  }

  #find(messageId: string, hash: number): Promise<KnownMessage | undefined> | KnownMessage | undefined {
    const inGroup = this.#messages.get(messageId);
    if (inGroup !== undefined) return inGroup;
    if (this.#index.candidatesInMemory(hash)?.length === 0) return undefined;
    return this.#findMessage(messageId, hash);
  }

  #place(append: PreparedAppend): readonly AppendResult[] {
    const parts = append.parts.map(({ streamName, idHashes, entries }) => ({
      streamName,
      idHashes,
      entries,
      firstVersion: this.#versionOf(streamName) + 1,
    }));
    const results = append.parts.map(({ streamName, messageIds, entries }) => {
      const version = this.#versionOf(streamName);
      // No other append can know an id that was drawn.
      if (append.givenIds.size > 0) this.#remember(append, streamName, version, messageIds, entries);
      this.#head += messageIds.length;
      this.#versions.set(streamName, version + messageIds.length);
      return resultOf(version === 0, version + messageIds.length, this.#head);
    });
    this.frames.push({ parts, bytes: append.bytes });
    this.bytes += append.bytes;
    return results;
  }

  #remember(
    { givenIds }: PreparedAppend,
    streamName: string,
    version: number,
    messageIds: readonly string[],
    entries: Buffer,
  ): void {
    const own = entriesOf(entries);
    for (const [at, messageId] of messageIds.entries()) {
      const entry = own[at];
      if (!givenIds.has(messageId) || entry === undefined) continue;
      this.#messages.set(messageId, {
        streamName,
        entry,
        version: version + 1 + at,
        position: this.#head + 1 + at,
      });
    }
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

const otherContent = (messageId: string, streamName: string): MessageIdConflictError =>
  new MessageIdConflictError(
    `Message ${JSON.stringify(messageId)} is already in stream ${JSON.stringify(streamName)}, but says something else there. Repeat an append exactly, or use a new id.`,
    streamName,
  );

/** A known message repeats the append only in the same stream, right after the one before it. */
const checkRepeats = (
  messageId: string,
  streamName: string,
  message: KnownMessage,
  before: KnownMessage | undefined,
): void => {
  if (message.streamName !== streamName) {
    throw new MessageIdConflictError(
      `Message ${JSON.stringify(messageId)} is already in stream ${JSON.stringify(message.streamName)}; it can't be appended to ${JSON.stringify(streamName)}. Use a new id.`,
      message.streamName,
    );
  }
  if (before !== undefined && message.version !== before.version + 1) {
    throw new MessageIdConflictError(
      `Message ${JSON.stringify(messageId)} is already in stream ${JSON.stringify(streamName)}, but not right after the one before it in this append. Repeat an append with exactly the ids it had.`,
      streamName,
    );
  }
};
