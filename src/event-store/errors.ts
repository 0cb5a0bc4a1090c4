/** What can go wrong in the store. Every error has a stable `code` and says what happened, where, and what to do. */
import { PowercutError } from '../powercut-error.js';
import type { ExpectedStreamVersion } from './event-store.js';

/** The stream is not as the append expected it; nothing was appended. Read the stream again and decide again. */
export class ExpectedVersionConflictError extends PowercutError {
  readonly code = 'EXPECTED_VERSION_CONFLICT';
  override readonly name = 'ExpectedVersionConflictError';

  constructor(
    readonly streamName: string,
    readonly expected: ExpectedStreamVersion,
    readonly actual: bigint,
  ) {
    super(
      `Stream ${JSON.stringify(streamName)} is at version ${actual}, but the append expected ${expected}. Read it again and decide again.`,
    );
  }
}

/** There is no stream of that name. */
export class StreamNotFoundError extends PowercutError {
  readonly code = 'STREAM_NOT_FOUND';
  override readonly name = 'StreamNotFoundError';

  constructor(readonly streamName: string) {
    super(`There is no stream ${JSON.stringify(streamName)}.`);
  }
}

/** An argument can't be stored or makes no sense; nothing was appended or read. */
export class InvalidArgumentError extends PowercutError {
  readonly code = 'INVALID_ARGUMENT';
  override readonly name = 'InvalidArgumentError';
}

/**
 * Some message ids of an append are in the store already, but not as this append: only a part of them is, or their
 * events say something else, are in another stream or in another order. Repeat an append exactly, or use new ids.
 */
export class MessageIdConflictError extends PowercutError {
  readonly code = 'MESSAGE_ID_CONFLICT';
  override readonly name = 'MessageIdConflictError';

  constructor(
    message: string,
    /** The stream that has an event of that id. */
    readonly streamName: string,
  ) {
    super(message);
  }
}

/**
 * The log is damaged in a way no power cut explains. The store does not open: skipping the damage would lose
 * acknowledged events in silence. Restore the file from a backup, or inspect it and decide what to give up.
 */
export class CorruptLogError extends PowercutError {
  readonly code = 'CORRUPT_LOG';
  override readonly name = 'CorruptLogError';

  constructor(
    readonly file: string,
    /** Bytes from the start of the file. */
    readonly offset: number,
    readonly damage: string,
  ) {
    super(`${file} is damaged at byte ${offset}: ${damage}. Nothing was changed; restore it from a backup.`);
  }
}

/**
 * The store has stopped, after a failed write or sync (see `cause`) or because it was closed. Appends in flight may or may
 * not be on disk. Open the store again: recovery decides, and recognises a repeated append by its ids.
 */
export class StoreFailedError extends PowercutError {
  readonly code = 'STORE_FAILED';
  override readonly name = 'StoreFailedError';
}

/**
 * The disk is full: the append was refused and has left nothing behind. Reads go on, and so do appends as soon as
 * there is room again.
 */
export class StoreFullError extends PowercutError {
  readonly code = 'STORE_FULL';
  override readonly name = 'StoreFullError';
}

/**
 * The system is out of descriptors or memory: the append was refused and has left nothing behind. Appends go on as soon as
 * there are some again.
 */
export class StoreUnavailableError extends PowercutError {
  readonly code = 'STORE_UNAVAILABLE';
  override readonly name = 'StoreUnavailableError';
}

/** Another store has the directory open, or may have it open. Close that one, or use another directory. */
export class StoreLockedError extends PowercutError {
  readonly code = 'STORE_LOCKED';
  override readonly name = 'StoreLockedError';

  constructor(
    readonly directory: string,
    why: string,
    whatToDo = 'Close it there first.',
  ) {
    super(`The store in ${directory} can't be opened: ${why}. ${whatToDo}`);
  }
}
