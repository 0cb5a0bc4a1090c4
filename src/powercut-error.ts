/** What all errors of Powercut have in common. */

/** The codes of the errors of `powercut/store`. Each is stable. */
export type StoreErrorCode =
  | 'BUS_STOPPED'
  | 'CHECKPOINT_BEYOND_HEAD'
  | 'CHECKPOINT_FOREIGN'
  | 'CHECKPOINT_MALFORMED'
  | 'CORRUPT_LOG'
  | 'EXPECTED_VERSION_CONFLICT'
  | 'FEEDER_STALE'
  | 'FEEDER_STOPPED'
  | 'HANDLER_BEYOND_HEAD'
  | 'HANDLER_TIMEOUT'
  | 'INVALID_ARGUMENT'
  | 'MESSAGE_ID_CONFLICT'
  | 'PROJECTION_SPEC'
  | 'READ_MODEL_MALFORMED'
  | 'STATE_FILE_CORRUPT'
  | 'STATE_FILE_FORMAT'
  | 'STORE_FAILED'
  | 'STORE_FULL'
  | 'STORE_LOCKED'
  | 'STORE_UNAVAILABLE'
  | 'STREAM_NOT_FOUND'
  | 'SUBSCRIBER_HALTED'
  | 'WAIT_TIMEOUT';

/**
 * The codes of all errors, by the part that throws them. The simulator, the reports and the command line add theirs by
 * declaration merging, as the store knows none of them.
 */
export interface PowercutErrorCodes {
  /** Of the store, and of delivery from it. */
  readonly store: StoreErrorCode;
}

/** The code of any error of Powercut. */
export type PowercutErrorCode = PowercutErrorCodes[keyof PowercutErrorCodes];

/** An error of Powercut: its message says what happened, to what, and what to do next. */
export abstract class PowercutError extends Error {
  /** Tells the error from others. It is stable; the message is not. */
  abstract readonly code: PowercutErrorCode;
}
