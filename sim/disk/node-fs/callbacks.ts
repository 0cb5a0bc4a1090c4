/** Node's callback forms: a function gets the outcome of a call, later. The caller gets none. */

import { active } from '../../process/active-life.js';
import { callBack } from '../../process/simulated-process.js';
import { checkCallback } from './arguments.js';

// A function of node:fs seen from outside: this module does not look at its arguments.
export type Call = (...args: unknown[]) => unknown;
export type Start = (args: readonly unknown[]) => Promise<unknown>;

export const isCall = (value: unknown): value is Call => typeof value === 'function';

/** What was given before the callback, and the callback: Node takes no other function. */
export const splitCallback = (args: readonly unknown[]): readonly [readonly unknown[], unknown] => {
  const index = args.findLastIndex(isCall);
  return index === -1 ? [args, undefined] : [args.slice(0, index), args[index]];
};

/** Calls one of two callbacks with the outcome of a promise. An error that it throws passes through no promise, as in Node. */
export const whenSettled = <T>(
  promise: Promise<T>,
  fulfilled: (value: T) => unknown,
  rejected: (error: unknown) => unknown,
): void => {
  const call = (callback: () => unknown): unknown =>
    active.life === undefined ? callback() : callBack(active.life, callback);
  void promise.then(
    (value) => call(() => fulfilled(value)),
    (error: unknown) => call(() => rejected(error)),
  );
};

/** Calls a function of the program with an answer of the disk, after the code that runs now. Errors of it are uncaught. */
export const soon = (act: () => void): void => whenSettled(Promise.resolve(), act, act);

export const tell = (
  result: Promise<unknown>,
  done: Call,
  also: { readonly value: readonly unknown[]; readonly error: readonly unknown[] } = { value: [], error: [] },
): void =>
  whenSettled(
    result,
    (value) => done(null, ...(value === undefined ? [] : [value]), ...also.value),
    (error: unknown) => done(error, ...also.error),
  );

/**
 * The callback form of a promised call.
 * @param check throws to the caller for arguments that Node refuses before it does anything
 */
export const calledBack =
  (start: Start, check: (given: readonly unknown[]) => void): Call =>
  (...args) => {
    const [given, done] = splitCallback(args);
    checkCallback(done);
    check(given);
    tell(start(given), done as Call); // it was just checked
  };
