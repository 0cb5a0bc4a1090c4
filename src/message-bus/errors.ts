/** Why a message was not handled. */
import { PowercutError } from '../powercut-error.js';
import { isError, textFieldOf, textOfThrown } from '../thrown.js';

/** The bus was stopped before the message was handled. */
export class BusStoppedError extends PowercutError {
  override readonly name = 'BusStoppedError';
  readonly code = 'BUS_STOPPED';
  constructor() {
    super('the message bus was stopped before every subscriber had handled the message');
  }
}

/**
 * A subscriber failed on a message for good, and the record of that could not be kept either. Passing over the
 * message would lose it, so the subscriber takes no further ones: fix the cause and start again.
 */
export class SubscriberHaltedError extends PowercutError {
  override readonly name = 'SubscriberHaltedError';
  readonly code = 'SUBSCRIBER_HALTED';
  constructor(subscriber: string, options: { readonly cause: unknown }) {
    super(`subscriber ${subscriber} is halted: it could neither handle nor park a message`, options);
  }
}

/** A handler has not returned within its time limit. Its call may still take effect. */
export class HandlerTimeoutError extends PowercutError {
  override readonly name = 'HandlerTimeoutError';
  readonly code = 'HANDLER_TIMEOUT';
  constructor(subscriber: string, timeoutMs: number) {
    super(`handler ${subscriber} has not returned within ${timeoutMs} ms; its call may still take effect`);
  }
}

/** What a durable record keeps of an error. */
export interface ErrorRecord {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** Longer texts are cut off: the record of a failure must never be too large to be kept. In UTF-16 units. */
const MAX_NAME = 200;
const MAX_MESSAGE = 8000;

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}...` : text);

/** Anything can be thrown, whatever its fields are or do when they are read: makes plain data of it that can be stored. */
export const errorRecord = (thrown: unknown): ErrorRecord => ({
  name: cut(isError(thrown) ? (textFieldOf(thrown, 'name') ?? 'Error') : 'NotAnError', MAX_NAME),
  code: cut(isError(thrown) ? (textFieldOf(thrown, 'code') ?? '') : '', MAX_NAME),
  message: cut(
    (isError(thrown) ? textFieldOf(thrown, 'message') : undefined) ?? textOfThrown(thrown),
    MAX_MESSAGE,
  ),
});
