/** Why a feeder does not start, or has stopped. */
import { PowercutError } from '../powercut-error.js';

/** A checkpoint that can't be believed. Starting at the beginning instead would repeat every effect: someone must look. */
export class CheckpointError extends PowercutError {
  override readonly name = 'CheckpointError';
  constructor(
    readonly code: 'CHECKPOINT_MALFORMED' | 'CHECKPOINT_FOREIGN' | 'CHECKPOINT_BEYOND_HEAD',
    readonly streamName: string,
    what: string,
  ) {
    super(
      `the last event of stream ${streamName} ${what}: check who wrote it, then reset the checkpoint on purpose`,
    );
  }
}

/** A handler says that it has handled events which the store does not have: it belongs to another store, or events were lost. */
export class HandlerBeyondHeadError extends PowercutError {
  override readonly name = 'HandlerBeyondHeadError';
  readonly code = 'HANDLER_BEYOND_HEAD';
  constructor(handler: string, position: number, head: number) {
    super(
      `handler ${handler} stands at position ${position} of a log that ends at ${head}: rebuild it from this log`,
    );
  }
}

/** Another feeder of the same name has written a checkpoint since: this one is stale, and has stopped. */
export class StaleFeederError extends PowercutError {
  override readonly name = 'StaleFeederError';
  readonly code = 'FEEDER_STALE';
  constructor(feeder: string, options: { readonly cause: unknown }) {
    super(
      `another feeder has taken over from feeder ${feeder}, which has stopped: run only one of a name`,
      options,
    );
  }
}

/** The feeder has stopped, so what was waited for will not come; `cause` says why if that was not by its own `stop`. */
export class FeederStoppedError extends PowercutError {
  override readonly name = 'FeederStoppedError';
  readonly code = 'FEEDER_STOPPED';
  constructor(feeder: string, cause: Error | undefined) {
    const why = cause === undefined ? '' : `: ${cause.message}`;
    super(`feeder ${feeder} has stopped${why}`, cause === undefined ? {} : { cause });
  }
}

/** What was waited for did not come in time. It may still. */
export class WaitTimeoutError extends PowercutError {
  override readonly name = 'WaitTimeoutError';
  readonly code = 'WAIT_TIMEOUT';
  constructor(position: number, timeoutMs: number) {
    super(`position ${position} was not handled within ${timeoutMs} ms`);
  }
}
