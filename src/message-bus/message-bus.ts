/**
 * An in-memory publish/subscribe bus.
 *
 * - Each subscriber gets every message, one at a time, in the order of publication.
 * - Subscribers are independent: one that is slow, or fails, holds up no other.
 * - A failing handler is tried again after a growing delay; after the last attempt the message is parked, which
 *   means recorded durably by whoever owns the bus, and the subscriber goes on with the next.
 * - It remembers nothing across a restart. What must not be lost has to be published again by its owner.
 */
import type { Cancel, Clock } from '../environment.js';
import { BusStoppedError, type ErrorRecord, errorRecord, SubscriberHaltedError } from './errors.js';
import { DEFAULT_RETRY, type RetryPolicy, retryDelayMs } from './retry.js';

export interface Subscriber<Message> {
  readonly name: string;
  /** Handles one message; a rejection is a failed attempt. Handlers must bear repeats: delivery is at least once. */
  readonly handle: (message: Message) => Promise<void> | void;
  /** Told, in order, of each message that was handled or parked. Must not throw. */
  readonly settled?: (message: Message) => void;
}

export interface ParkedMessage<Message> {
  readonly subscriber: string;
  readonly message: Message;
  readonly attempts: number;
  /** The last attempt's error. */
  readonly error: ErrorRecord;
}

export interface MessageBusOptions<Message> {
  /** Fixed from the start, so that nothing can be published before its subscribers are there. */
  readonly subscribers: readonly Subscriber<Message>[];
  readonly clock: Clock;
  /** Keeps a durable record of a message that a subscriber could not handle. */
  readonly park: (parked: ParkedMessage<Message>) => Promise<void>;
  readonly retry?: RetryPolicy;
}

export interface MessageBus<Message> {
  /**
   * Hands a message to every subscriber. It has its place in the order when the call returns; the promise
   * resolves once every subscriber has handled or parked it. Publishers bound the queue by waiting for that.
   * @throws BusStoppedError the bus was stopped before
   * @throws SubscriberHaltedError a subscriber can neither handle nor park it; all others have settled it
   */
  publish(message: Message): Promise<void>;
  /** Waits for handlers at work, drops what is queued and lets no handler start again. */
  stop(): Promise<void>;
}

/** One subscriber and what it is working on. */
interface Lane<Message> {
  readonly subscriber: Subscriber<Message>;
  /** Resolves, never rejects, when all that was handed to the lane so far is done with. */
  last: Promise<void>;
  halted: SubscriberHaltedError | undefined;
}

export const createMessageBus = <Message>(options: MessageBusOptions<Message>): MessageBus<Message> => {
  const { clock, park, retry = DEFAULT_RETRY } = options;
  const lanes = options.subscribers.map(
    (subscriber): Lane<Message> => ({ subscriber, last: Promise.resolve(), halted: undefined }),
  );
  const naps = new Set<{ readonly cancel: Cancel; readonly wake: () => void }>();
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

  const deliver = async (lane: Lane<Message>, message: Message): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      if (lane.halted !== undefined) throw lane.halted;
      if (stopped) throw new BusStoppedError();
      try {
        await lane.subscriber.handle(message);
        break;
      } catch (error) {
        if (attempt < retry.attempts) {
          if (!stopped) await nap(retryDelayMs(retry, attempt));
          continue;
        }
        await parkOrHalt(lane, message, error);
        break;
      }
    }
    lane.subscriber.settled?.(message);
  };

  const enqueue = (lane: Lane<Message>, message: Message): Promise<void> => {
    const delivery = lane.last.then(() => deliver(lane, message));
    lane.last = delivery.catch(() => {}); // told to the publisher; the lane itself goes on
    return delivery;
  };

  return {
    publish: async (message) => {
      const deliveries = await Promise.allSettled(lanes.map((lane) => enqueue(lane, message)));
      for (const delivery of deliveries) {
        if (delivery.status === 'rejected') throw delivery.reason;
      }
    },
    stop: async () => {
      stopped = true;
      for (const { cancel, wake } of naps) {
        cancel();
        wake();
      }
      naps.clear();
      await Promise.all(lanes.map((lane) => lane.last));
    },
  };
};
