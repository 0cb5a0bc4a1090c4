/** The errors of `sqlite3`. */
import type { Connection, MakeError } from '../engine/connection.js';
import { resultName } from '../engine/result-names.js';

/** `errno` is SQLite's primary result code, `code` its name, with which the message begins. */
export class Sqlite3Error extends Error {
  constructor(
    readonly errno: number,
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}

// Node's own is a plain Error, too.
Object.defineProperty(Sqlite3Error.prototype, 'name', {
  value: 'Error',
  writable: true,
  configurable: true,
  enumerable: false,
});

/** `sqlite3` does not ask for extended codes. */
const primary = (code: number): number => code & 0xff;

const nameOf = ({ name }: { readonly name: string }): string => {
  // An extended name is the primary one, an underscore and more.
  const [, first = name] = /^(SQLITE_[A-Z]+)/.exec(name) ?? [];
  return first;
};

export const makeSqlite3Error: MakeError = ({ code, name, message, cause }) =>
  new Sqlite3Error(primary(code), nameOf({ name }), message, cause === undefined ? undefined : { cause });

/** What went wrong last on a connection, as a statement's code says. */
export const lastError = (connection: Connection, code: number): Sqlite3Error => {
  const { machine } = connection;
  const { message, cause } = connection.failure();
  const name = resultName(machine, primary(code));
  return new Sqlite3Error(primary(code), name, message, cause === undefined ? undefined : { cause });
};

export const MISUSED = (message: string): Sqlite3Error => new Sqlite3Error(21, 'SQLITE_MISUSE', message);
