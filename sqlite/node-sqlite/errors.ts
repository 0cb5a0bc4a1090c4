/** The errors of `node:sqlite`. */
import type { MakeError } from '../engine/connection.js';

const coded = <E extends Error>(error: E, code: string, more: object = {}): E =>
  Object.assign(error, { code, ...more });

/** SQLite's own: `errcode` is its extended result code, `errstr` what SQLite calls that. */
export const makeNodeError: MakeError = ({ code, message, text, cause }) =>
  coded(new Error(message, cause === undefined ? undefined : { cause }), 'ERR_SQLITE_ERROR', {
    errcode: code,
    errstr: text,
  });

export const invalidState = (message: string): Error => coded(new Error(message), 'ERR_INVALID_STATE');
export const invalidType = (message: string): TypeError =>
  coded(new TypeError(message), 'ERR_INVALID_ARG_TYPE');
export const invalidValue = (message: string): TypeError =>
  coded(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
export const outOfRange = (message: string): RangeError => coded(new RangeError(message), 'ERR_OUT_OF_RANGE');
