/** The door of this room: feeders, their checkpoints, and what their handlers gave up on. */
export { checkpointStream, resetCheckpoint } from './checkpoint.js';
export {
  CheckpointError,
  FeederStoppedError,
  HandlerBeyondHeadError,
  StaleFeederError,
  WaitTimeoutError,
} from './errors.js';
export {
  type CheckpointPolicy,
  type Feeder,
  type FeederHandler,
  type FeederOptions,
  type HandlerStatus,
  startFeeder,
  type WaitOptions,
} from './feeder.js';
export { startFollower } from './follower.js';
export { type ParkedEvent, parkedStream, readParked } from './parking.js';
export { type Meter, type ObservableInstrument, type ObservableResult, observeFeeder } from './telemetry.js';
