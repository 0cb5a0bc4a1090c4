/**
 * `powercut/store`: the event store for production, a command handler, and reliable delivery: message bus, feeder, read models.
 * Nothing of the simulator is reachable from here.
 *
 * @module
 */
import type * as store from '../src/event-store/index.js';
import type * as feeder from '../src/feeder/index.js';
import type * as bus from '../src/message-bus/index.js';
import type * as models from '../src/read-models/index.js';

export * from '../src/command-handler/index.js';
export * from '../src/environment.js';
export * from '../src/event-store/index.js';
export * from '../src/feeder/index.js';
export * from '../src/message-bus/index.js';
export {
  PowercutError,
  type PowercutErrorCode,
  type PowercutErrorCodes,
  type StoreErrorCode,
} from '../src/powercut-error.js';
export * from '../src/read-models/index.js';
export * from '../src/real-environment.js';

/** An error of the store, its feeders, buses and read models. Each has a stable `code`, by which to tell it. */
export type StoreError =
  | bus.BusStoppedError
  | bus.HandlerTimeoutError
  | bus.SubscriberHaltedError
  | feeder.CheckpointError
  | feeder.FeederStoppedError
  | feeder.HandlerBeyondHeadError
  | feeder.StaleFeederError
  | feeder.WaitTimeoutError
  | models.ProjectionSpecError
  | models.ReadModelMalformedError
  | models.StateFileCorruptError
  | models.StateFileFormatError
  | store.CorruptLogError
  | store.ExpectedVersionConflictError
  | store.InvalidArgumentError
  | store.MessageIdConflictError
  | store.StoreFailedError
  | store.StoreFullError
  | store.StoreLockedError
  | store.StoreUnavailableError
  | store.StreamNotFoundError;
