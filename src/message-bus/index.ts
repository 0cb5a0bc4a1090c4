/** The door of this room: the bus, and why a message was not handled. */
export { BusStoppedError, type ErrorRecord, HandlerTimeoutError, SubscriberHaltedError } from './errors.js';
export {
  type Concurrency,
  createMessageBus,
  type MessageBus,
  type MessageBusOptions,
  type ParkedMessage,
  type Subscriber,
} from './message-bus.js';
export { DEFAULT_RETRY, type RetryPolicy } from './retry.js';
