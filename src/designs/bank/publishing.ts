/** Publishing to the bank's listeners, for the designs in which a command does so itself. */
import type { RecordedEvent } from '../../event-store/event.js';
import { parkIn } from '../../feeder/parking.js';
import { createMessageBus, type MessageBus } from '../../message-bus/message-bus.js';
import type { Bank } from './open-bank.js';

export type EventBus = MessageBus<RecordedEvent>;

/** A bus to all listeners. It parks the events that they give up on in the bank's own store. */
export const createEventBus = (bank: Bank): EventBus =>
  createMessageBus({
    subscribers: bank.allListeners.map(({ name, handle }) => ({ name, handle })),
    clock: bank.env.clock,
    park: parkIn(bank.env, bank.store),
  });

/** Makes durable what the listeners remember. */
export const flushListeners = async (bank: Bank): Promise<void> => {
  for (const listener of bank.allListeners) await listener.flush();
};

/**
 * Hands saved events to all listeners and does `after` when they are handled. Returns false when that failed, and
 * never rejects: the events are saved, and the client must not see a failure.
 */
export const publishSaved = async (
  bank: Bank,
  bus: EventBus,
  events: readonly RecordedEvent[],
  after: () => Promise<void> = async () => {},
): Promise<boolean> => {
  try {
    await Promise.all(events.map((event) => bus.publish(event)));
    await after();
    return true;
  } catch {
    bank.env.mark('bank:publish-failed');
    return false;
  }
};
