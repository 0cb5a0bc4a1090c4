/** What a feeder is given, and what it gives: the types of this room's door. */
import type { AnyEvent, Event, RecordedEvent, Resume } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Concurrency } from '../message-bus/message-bus.js';
import type { RetryPolicy } from '../message-bus/retry.js';

/** One handler of events. Delivery is at least once, so it must be idempotent. */
export interface FeederHandler<E extends AnyEvent = Event> {
  readonly name: string;
  /** 'durable': what it did survives a restart. 'volatile': it begins with nothing in each life. */
  readonly durability: 'durable' | 'volatile';
  /**
   * Called when the feeder starts, before `position`: the handler holds its own record against the store. Returns why the record
   * is not believed, where the handler starts over; undefined: it is believed. Rejects where it can't go on: then the feeder
   * does not start.
   */
  readonly check?: (store: EventStore) => Promise<string | undefined>;
  /**
   * Where the handler stands by its own record when the feeder starts. Without one, a durable handler stands
   * at the checkpoint, and a volatile one at the BEGINNING.
   */
  readonly position?: () => Resume;
  /** Called before the first event, with the position after which delivery begins. */
  readonly started?: (after: Resume) => void;
  /** Handles one event; a rejection is a failed attempt, to be repeated. Must bear an event it has had already. */
  readonly handle: (event: RecordedEvent<E>) => Promise<void> | void;
  /** Makes durable what was handled so far. Absent: `handle` does so itself before it resolves. */
  readonly flush?: () => Promise<void>;
  /**
   * Lets it handle several events at once. Not for one that knows by a single position what it has had. The
   * checkpoint counts only what is settled without a gap.
   */
  readonly concurrency?: Concurrency<RecordedEvent<E>>;
  /**
   * Milliseconds after which `handle`, or `flush`, has failed if it has not returned. It can't be ended: it may still be at
   * work when it is called again. Infinity: no limit. Default: 30,000.
   */
  readonly timeoutMs?: number;
}

/** When to write a checkpoint. Each write costs one durable append, and bounds what a crash makes be delivered again. */
export interface CheckpointPolicy {
  /** When there is nothing left to handle. Default: true. */
  readonly onIdle?: boolean;
  /** When this many positions have been passed since the last one. Default: 1000. */
  readonly everyEvents?: number;
  /** When this many milliseconds have passed since the first event after the last one. Default: never. */
  readonly everyMs?: number;
}

/** What a feeder delivers to, and how often it writes its checkpoint. */
export interface FeederOptions<E extends AnyEvent = Event> {
  /** Names the checkpoint. Of several running feeders of one name on one store only one goes on. */
  readonly name: string;
  readonly handlers: readonly FeederHandler<E>[];
  /**
   * Tells this feeder from others of its name that may be running: no two of them may share it, or a stale one takes
   * the other's checkpoints for its own. Default: a random id.
   */
  readonly writer?: string;
  readonly checkpoint?: CheckpointPolicy;
  /** For handlers that fail, before their event is parked, and for flushes, before the feeder stops. */
  readonly retry?: RetryPolicy;
  /** The most events that are read ahead of each handler. Default: 256. */
  readonly inFlightMax?: number;
  /** Milliseconds that `stop` gives handlers to return before it abandons them. Infinity: until all have returned. Default: 2,000. */
  readonly stopTimeoutMs?: number;
}

/** Which handler to wait for, and how long. */
export interface WaitOptions {
  /** Wait for this handler only. Default: for all. */
  readonly handler?: string;
  /** Milliseconds after which to reject. Default: no limit. */
  readonly timeoutMs?: number;
}

/** How far a handler has come. */
export interface HandlerStatus {
  readonly name: string;
  /** Delivery began after it, in this life. */
  readonly startedAfter: Resume;
  /** Everything up to here was handled or parked. */
  readonly position: Resume;
  /** How many events it was handed after {@link position}. */
  readonly pending: number;
}

/** Delivers every event of a store to its handlers, at least once and in order, across restarts. */
export interface Feeder {
  readonly name: string;
  /** Everything up to here was handled, or parked, by every handler. */
  readonly position: Resume;
  /** The durable checkpoint. */
  readonly checkpoint: Resume;
  /** How often this feeder has written it. */
  readonly checkpointWrites: number;
  /** How many events this feeder has parked, for all handlers. */
  readonly parked: number;
  /** How far each handler has come. */
  readonly handlers: readonly HandlerStatus[];
  /** How many positions of the log the slowest handler, or the one named, is behind. */
  lag(handler?: string): number;
  /**
   * Resolves once `position` is handled: a read model then shows it. For read-your-writes.
   * @throws WaitTimeoutError it took longer than `timeoutMs`
   * @throws FeederStoppedError the feeder stopped before
   */
  waitFor(position: Resume, options?: WaitOptions): Promise<void>;
  /** Resolves when nothing is left to do: all is handled, and checkpointed as far as the policy wants. @throws FeederStoppedError */
  idle(): Promise<void>;
  /** Hands out no further events until `resume`. Resolves once handlers have settled those they have. */
  pause(): Promise<void>;
  /** Goes on after {@link Feeder.pause}. Does nothing when the feeder is not paused. */
  resume(): void;
  /**
   * Lets handlers at work finish, writes a last checkpoint, and stops. After it has resolved the feeder calls nothing, and writes
   * nothing. It waits for calls that exceeded their `timeoutMs`, too. A call of `handle` or `flush` that has not returned within
   * `stopTimeoutMs` can't be ended: it is abandoned, and may still take effect. Its event is delivered again in the next life,
   * unless it is parked, and `stopped` resolves with a HandlerTimeoutError. A closed read model writes nothing more. A call that hangs delays `stop` by twice
   * `stopTimeoutMs` at most: once while it handles, once while it flushes.
   */
  stop(): Promise<void>;
  /** Resolves, never rejects, when the feeder has stopped: with the reason, if that was not its own `stop`. */
  readonly stopped: Promise<Error | undefined>;
}
