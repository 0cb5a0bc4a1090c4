/**
 * An in-memory publish/subscribe bus.
 *
 * - Each subscriber gets every message, one at a time, in the order of publication; or, if it says so, several at a
 *   time, and then in order among those of one key.
 * - Subscribers are independent: one that is slow, or fails, holds up no other.
 * - A failing handler is tried again after a growing delay; after the last attempt the message is parked, which
 *   means recorded durably by whoever owns the bus, and the subscriber goes on with the next.
 * - It remembers nothing across a restart. What must not be lost has to be published again by its owner.
 */
import type { Cancel, Clock } from '../environment.js';
import { BusStoppedError, type ErrorRecord, errorRecord, SubscriberHaltedError } from './errors.js';
import { DEFAULT_RETRY, type RetryPolicy, retryDelayMs } from './retry.js';
import { Slots } from './slots.js';

export interface Subscriber<Message> {
  readonly name: string;
  /** Handles one message; a rejection is a failed attempt. Handlers must bear repeats: delivery is at least once. */
  readonly handle: (message: Message) => Promise<void> | void;
  /** Whether a message is for it at all: others never queue for it, and are not settled by it. Default: all are. */
  readonly wants?: (message: Message) => boolean;
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
  readonly key: (message: Message) => string;
  readonly slots: Slots;
  /** For each key that is being worked on: resolves, never rejects, when all that was handed over so far is done with. */
  readonly last: Map<string, Promise<void>>;
  halted: SubscriberHaltedError | undefined;
}

const laneOf = <Message>(subscriber: Subscriber<Message>): Lane<Message> => {
  const { max, key } = subscriber.concurrency ?? { max: 1, key: () => '' };
  return { subscriber, key, slots: new Slots(max), last: new Map(), halted: undefined };
};

export const createMessageBus = <Message>(options: MessageBusOptions<Message>): MessageBus<Message> => {
  const { clock, park, retry = DEFAULT_RETRY } = options;
  const lanes = options.subscribers.map(laneOf);
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

  /** Behind what came before it under its key, and then as soon as there is a slot. */
  const enqueue = (lane: Lane<Message>, message: Message): Promise<void> => {
    const key = lane.key(message);
    const before = lane.last.get(key) ?? Promise.resolve();
    const delivery = before.then(() => lane.slots.run(() => deliver(lane, message)));
    const done = (): void => {
      if (lane.last.get(key) === last) lane.last.delete(key);
    };
    const last = delivery.then(done, done); // a failure is told to the publisher; the lane itself goes on
    lane.last.set(key, last);
    return delivery;
  };

  return {
    publish: async (message) => {
      const deliveries = await Promise.allSettled(
        lanes.flatMap((lane) => (lane.subscriber.wants?.(message) === false ? [] : [enqueue(lane, message)])),
      );
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
      await Promise.all(lanes.flatMap((lane) => [...lane.last.values()]));
    },
  };
};
