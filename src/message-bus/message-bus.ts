/**
 * An in-memory publish/subscribe bus.
 *
 * - Each subscriber gets every message, one at a time, in the order of publication; or, if it says so, several at a
 *   time, and then in order among those of one key.
 * - Subscribers are independent: one that is slow, or fails, holds up no other.
 * - A handler has a time limit, if it is given one. One that does not return within it has failed.
 * - A failing handler is tried again after a growing delay; after the last attempt the message is parked, which
 *   means that the owner of the bus records it durably, and the subscriber continues with the next.
 * - It remembers nothing across a restart. Its owner has to publish again what must not be lost.
 */
import type { Cancel, Clock } from '../environment.js';
import { AtWork } from './at-work.js';
import { BusStoppedError, type ErrorRecord, errorRecord, SubscriberHaltedError } from './errors.js';
import { checkRetry, DEFAULT_RETRY, PASSING_MAX_MS, type RetryPolicy, retryDelayMs } from './retry.js';
import { Turns } from './turns.js';

/** One receiver of messages. */
export interface Subscriber<Message> {
  readonly name: string;
  /** Handles one message; a rejection is a failed attempt. Handlers must bear repeats: delivery is at least once. */
  readonly handle: (message: Message) => Promise<void> | void;
  /** An attempt that takes longer has failed. It can't be ended: it may still be at work beside the next one. Default: no limit. */
  readonly timeoutMs?: number;
  /** Told of each message that was handled or parked, when it was. Must not throw. */
  readonly settled?: (message: Message) => void;
  /** Default: one message at a time. */
  readonly concurrency?: Concurrency<Message>;
}

/** How a subscriber may work on several messages at once. */
export interface Concurrency<Message> {
  /** The most messages it works on at once. */
  readonly max: number;
  /** Messages of one key are handled one after the other, in the order of publication. */
  readonly key: (message: Message) => string;
}

/** A message that a subscriber could not handle, as it is handed to `park`. */
export interface ParkedMessage<Message> {
  readonly subscriber: string;
  readonly message: Message;
  readonly attempts: number;
  /** The last attempt's error. */
  readonly error: ErrorRecord;
}

/** The subscribers of a bus, and what it does with failures. */
export interface MessageBusOptions<Message> {
  /** Fixed from the start, so that nothing can be published before its subscribers are there. */
  readonly subscribers: readonly Subscriber<Message>[];
  readonly clock: Clock;
  /** Keeps a durable record of a message that a subscriber could not handle. */
  readonly park: (parked: ParkedMessage<Message>) => Promise<void>;
  readonly retry?: RetryPolicy;
  /** Errors of the machine, not of the message: they use up no attempt, and are waited out. Default: none is. */
  readonly isPassing?: (error: unknown) => boolean;
}

/** Hands messages to subscribers in order, with retries. It parks messages that a subscriber can't handle. */
export interface MessageBus<Message> {
  /**
   * Hands a message to every subscriber, or only to those named in `to`. It has its place in the order when the call returns; the promise
   * resolves once every subscriber has handled or parked it. Publishers bound the queue by waiting for that.
   * Rejects with BusStoppedError when the bus was stopped before, and with SubscriberHaltedError when a subscriber can
   * neither handle nor park it; all others have settled it.
   */
  publish(message: Message, to?: ReadonlySet<string>): Promise<void>;
  /**
   * Waits for handlers at work, calls that exceeded their time limit included. Drops what is queued and lets no handler start
   * again. Handlers still at work after `graceMs` are abandoned: resolves to their names. Default: waits for all.
   */
  stop(graceMs?: number): Promise<readonly string[]>;
}

/**
 * The result of `publish` where all subscribers have handled the message when the call returns. One promise for all messages:
 * a caller that publishes many then costs no promise for each.
 */
export const HANDLED: Promise<void> = Promise.resolve();

/** One subscriber and what it is working on. */
interface Lane<Message> {
  readonly subscriber: Subscriber<Message>;
  readonly key: (message: Message) => string;
  readonly turns: Turns;
  halted: SubscriberHaltedError | undefined;
}

const laneOf = <Message>(subscriber: Subscriber<Message>): Lane<Message> => {
  const { max, key } = subscriber.concurrency ?? { max: 1, key: () => '' };
  return { subscriber, key, turns: new Turns(max), halted: undefined };
};

/** @throws what the first that failed has failed with, once all are over */
const allOver = async (deliveries: readonly Promise<void>[]): Promise<void> => {
  for (const delivery of await Promise.allSettled(deliveries)) {
    if (delivery.status === 'rejected') throw delivery.reason;
  }
};

/** Makes a bus with a fixed list of subscribers. Each has a queue of its own, so a slow one holds up no other. */
export const createMessageBus = <Message>(options: MessageBusOptions<Message>): MessageBus<Message> => {
  const { clock, park, retry = DEFAULT_RETRY, isPassing = () => false } = options;
  checkRetry(retry);
  const lanes = options.subscribers.map(laneOf);
  const naps = new Set<{ readonly cancel: Cancel; readonly wake: () => void }>();
  const atWork = new AtWork(clock);
  let stopped = false;

  /** A delay that ends early when the bus is stopped. */
  const nap = (delayMs: number): Promise<void> =>
    new Promise((wake) => {
      const cancel = clock.schedule(delayMs, () => {
        naps.delete(entry);
        wake();
      });
      const entry = { cancel, wake };
      naps.add(entry);
    });

  const parkOrHalt = async (lane: Lane<Message>, message: Message, error: unknown): Promise<void> => {
    const { name } = lane.subscriber;
    try {
      await park({ subscriber: name, message, attempts: retry.attempts, error: errorRecord(error) });
    } catch (cause) {
      lane.halted = new SubscriberHaltedError(name, { cause });
      throw lane.halted;
    }
  };

  /** One attempt. Where the handler needs no time it is over when the call returns. */
  const attemptOnce = (lane: Lane<Message>, message: Message): Promise<void> | void => {
    if (lane.halted !== undefined) throw lane.halted;
    if (stopped) throw new BusStoppedError();
    try {
      return lane.subscriber.handle(message);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  const deliver = (lane: Lane<Message>, message: Message): Promise<void> | void => {
    const handling = attemptOnce(lane, message);
    if (handling !== undefined) return persist(lane, message, handling);
    lane.subscriber.settled?.(message);
  };

  /** Goes on from the first attempt until the message is handled or parked. */
  const persist = async (lane: Lane<Message>, message: Message, first: Promise<void>): Promise<void> => {
    let handling: Promise<void> | void = first;
    for (let attempt = 1; ; attempt++) {
      try {
        await atWork.limit(lane.subscriber, handling);
        break;
      } catch (error) {
        if (atWork.isDeparture(error)) throw error;
        const passing = isPassing(error);
        if (passing) attempt = Math.min(attempt, retry.attempts - 1);
        if (attempt < retry.attempts) {
          const delayMs = retryDelayMs(retry, attempt);
          if (!stopped) await nap(passing ? Math.min(delayMs, PASSING_MAX_MS) : delayMs);
          handling = attemptOnce(lane, message);
          continue;
        }
        await parkOrHalt(lane, message, error);
        break;
      }
    }
    lane.subscriber.settled?.(message);
  };

  return {
    publish: (message, to) => {
      const deliveries: Promise<void>[] = [];
      for (const lane of lanes) {
        if (to?.has(lane.subscriber.name) === false) continue;
        const delivery = lane.turns.take(lane.key(message), () => deliver(lane, message));
        if (delivery !== undefined) deliveries.push(delivery);
      }
      return deliveries.length === 0 ? HANDLED : allOver(deliveries);
    },
    stop: async (graceMs) => {
      stopped = true;
      for (const { cancel, wake } of naps) {
        cancel();
        wake();
      }
      naps.clear();
      const grace = atWork.leaveAfter(graceMs);
      await Promise.all(lanes.map(({ turns }) => turns.idle()));
      await atWork.overdueReturned();
      return grace();
    },
  };
};
