/** Why a message was not handled. */

/** The bus was stopped before the message was handled. */
export class BusStoppedError extends Error {
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
export class SubscriberHaltedError extends Error {
  override readonly name = 'SubscriberHaltedError';
  readonly code = 'SUBSCRIBER_HALTED';
  constructor(subscriber: string, options: { readonly cause: unknown }) {
    super(`subscriber ${subscriber} is halted: it could neither handle nor park a message`, options);
  }
}

/** What a durable record keeps of an error. */
export interface ErrorRecord {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** Anything can be thrown: makes plain data of it. */
export const errorRecord = (thrown: unknown): ErrorRecord => {
  if (!(thrown instanceof Error)) return { name: 'NotAnError', code: '', message: String(thrown) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return { name: thrown.name, code, message: thrown.message };
};
