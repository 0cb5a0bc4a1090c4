/** The event store as its users see it: an append-only log of events in named streams. */
import type {
  AnyEvent,
  Event,
  EventData,
  GlobalPosition,
  RecordedEvent,
  Resume,
  StreamVersion,
} from './event.js';

/** Expects the stream to hold at least one event. */
export const STREAM_EXISTS = 'STREAM_EXISTS';
/** Expects the stream to hold no event. */
export const STREAM_DOES_NOT_EXIST = 'STREAM_DOES_NOT_EXIST';
/** Expects nothing of the stream. The default. */
export const NO_CONCURRENCY_CHECK = 'NO_CONCURRENCY_CHECK';

/** What an append expects of its stream: a version, existence, absence, or nothing at all (the default). */
export type ExpectedStreamVersion =
  | bigint
  | typeof STREAM_EXISTS
  | typeof STREAM_DOES_NOT_EXIST
  | typeof NO_CONCURRENCY_CHECK;

/** How an append guards against concurrent writers. */
export interface AppendOptions {
  readonly expectedStreamVersion?: ExpectedStreamVersion;
}

/** One stream's part of an append to several streams. */
export interface StreamAppend<E extends AnyEvent = Event> extends AppendOptions {
  readonly streamName: string;
  readonly events: readonly EventData<E>[];
}

/** The positions of the appended events. */
export interface AppendResult {
  /** The version to expect in the next append to the stream. */
  readonly nextExpectedStreamVersion: StreamVersion;
  readonly lastEventGlobalPosition: GlobalPosition;
  readonly createdNewStream: boolean;
}

/** Which events of a stream to read, and in which direction. */
export interface ReadStreamOptions {
  /** The first position to read, inclusive. Default: the stream's first, or its last when reading backwards. */
  readonly from?: bigint;
  readonly maxCount?: number;
  readonly direction?: 'forwards' | 'backwards';
}

/** The events read, and the version of their stream. */
export interface ReadStreamResult<E extends AnyEvent = Event> {
  readonly events: readonly RecordedEvent<E>[];
  readonly currentStreamVersion: StreamVersion;
  readonly streamExists: boolean;
}

/** Which events of the whole log to read. */
export interface ReadAllOptions {
  /** Read the events after this position, exclusive. Default: BEGINNING. */
  readonly after?: Resume;
  readonly maxCount?: number;
  /** Whether to read the events of system streams, too: left out, they are not even decoded. Default: true. */
  readonly systemStreams?: boolean;
}

/** Where a subscription begins, and what ends it. */
export interface SubscribeOptions {
  /** Begin with the event after this position, exclusive. Default: BEGINNING. */
  readonly after?: Resume;
  /** Ends the subscription; pending and later `next()` calls then report done. */
  readonly signal?: AbortSignal;
}

/**
 * An append-only log of events in streams, with one global order over all of them.
 *
 * `appendToStream<OrderEvent>` takes no other events; without a type it takes any whose data is JSON. The caller names the
 * type of the events that it reads, `readStream<OrderEvent>('order-1')`. That is the caller's claim about the stream: the
 * store checks that data is JSON, and knows nothing of its shape.
 *
 * `from` is inclusive, `after` is exclusive.
 */
export interface EventStore {
  /**
   * Appends events to one stream, all or none; resolves once they are durable (fsynced).
   * The same message ids again give the first result again and append nothing.
   * @throws InvalidArgumentError data is not JSON; the message names the part
   * @throws ExpectedVersionConflictError the stream is not as expected; nothing was appended
   * @throws StoreFullError there is no room on the disk; nothing was appended
   * @throws StoreUnavailableError the system is out of descriptors or memory; nothing was appended
   * @throws StoreFailedError the store stopped after a failed write or sync, or is closed
   */
  appendToStream<E extends AnyEvent = AnyEvent>(
    streamName: string,
    events: readonly EventData<NoInfer<E>>[],
    options?: AppendOptions,
  ): Promise<AppendResult>;
  /** Appends to several streams in one atomic write: every part or none, however the power fails. */
  appendToStreams<E extends AnyEvent = AnyEvent>(
    appends: readonly StreamAppend<NoInfer<E>>[],
  ): Promise<readonly AppendResult[]>;
  /**
   * Reads durable events of one stream, in the order of `direction`. A stream without events is no error:
   * `streamExists` is then false.
   */
  readStream<E extends AnyEvent = Event>(
    streamName: string,
    options?: ReadStreamOptions,
  ): Promise<ReadStreamResult<E>>;
  /** Reads durable events of all streams (system streams too) in global order. */
  readAll<E extends AnyEvent = Event>(options?: ReadAllOptions): Promise<readonly RecordedEvent<E>[]>;
  /** From history to live, in global order, with no gap and no double; at the consumer's pace. Ends when the store is closed. */
  subscribeToAll<E extends AnyEvent = Event>(
    options?: SubscribeOptions,
  ): AsyncIterableIterator<RecordedEvent<E>>;
  /** Calls `listener` after each append has become durable, in global order, until the returned function is called. */
  onAppended(listener: (head: GlobalPosition) => void): () => void;
  /** The position of the last durable event, or BEGINNING in an empty store. O(1). */
  head(): Resume;
  /** The version of a stream; 0 when it does not exist. O(1). */
  streamVersion(streamName: string): StreamVersion;
  /**
   * Waits for appends and reads under way, then releases files and lock. Later calls reject with StoreFailedError. Subscriptions
   * end, where they are in the log.
   */
  close(): Promise<void>;
}
