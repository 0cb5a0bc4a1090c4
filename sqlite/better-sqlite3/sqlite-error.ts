import type { MakeError } from '../engine/connection.js';

/** The error of `better-sqlite3`: `code` is the name of SQLite's extended result code. */
export class SqliteError extends Error {
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    if (typeof code !== 'string') throw new TypeError('Expected second argument to be a string');
    super(String(message), options);
    this.code = code;
    Error.captureStackTrace?.(this, SqliteError);
  }
}

Object.defineProperty(SqliteError.prototype, 'name', {
  value: 'SqliteError',
  writable: true,
  enumerable: false,
  configurable: true,
});

/** The cause is the error of `node:fs` behind an I/O error. */
export const makeSqliteError: MakeError = ({ message, name, cause }) =>
  new SqliteError(message, name, cause === undefined ? undefined : { cause });
