/** The API of `node:sqlite`, whose documentation holds for it: https://nodejs.org/api/sqlite.html */
import { fileURLToPath } from 'node:url';
import { codedError } from '../../sim/util/errors.js';
import { Connection } from '../engine/connection.js';
import { type Call, type Definition, registerAggregate, registerFunction } from '../functions/register.js';
import { OK, ROW } from '../wasm/c-api.js';
import { invalidState, invalidType, makeNodeError } from './errors.js';
import { booleanOption, functionArgument, optionsOf, stringArgument } from './options.js';
import { MAKES_STATEMENTS, type StatementSettings, StatementSync } from './statement-sync.js';

const pathOf = (path: unknown): string => {
  const text = path instanceof URL ? fileURLToPath(path) : Buffer.isBuffer(path) ? path.toString() : path;
  if (typeof text !== 'string' || text.includes('\0'))
    throw invalidType('The "path" argument must be a string, Uint8Array, or URL without null bytes.');
  return text;
};

const unsupported = (what: string): never => {
  throw codedError(
    'SQLITE_UNSUPPORTED',
    `${what} of node:sqlite is not served on the simulated disk. Leave it out of the suite.`,
  );
};

const settingsOf = (options: object, otherwise: StatementSettings): StatementSettings => ({
  readBigInts: booleanOption(options, 'readBigInts', otherwise.readBigInts),
  returnArrays: booleanOption(options, 'returnArrays', otherwise.returnArrays),
  allowBareNamedParameters: booleanOption(
    options,
    'allowBareNamedParameters',
    otherwise.allowBareNamedParameters,
  ),
  allowUnknownNamedParameters: booleanOption(
    options,
    'allowUnknownNamedParameters',
    otherwise.allowUnknownNamedParameters,
  ),
});

const DEFAULTS: StatementSettings = {
  readBigInts: false,
  returnArrays: false,
  allowBareNamedParameters: true,
  allowUnknownNamedParameters: false,
};

const definitionOf = (name: string, options: object, count: number): Definition => ({
  name,
  count: booleanOption(options, 'varargs', false) ? -1 : count,
  isDeterministic: booleanOption(options, 'deterministic', false),
  isDirectOnly: booleanOption(options, 'directOnly', false),
  wantsBigints: booleanOption(options, 'useBigIntArguments', false),
  invalidResult: () => invalidType('Returned JavaScript value cannot be converted to a SQLite value'),
});

/**
 * A database with the API of `node:sqlite`. In a life its file is on the simulated disk. Its part that
 * is not served throws a `PowercutError` with the code `SQLITE_UNSUPPORTED`.
 */
export class DatabaseSync {
  readonly #path: string;
  readonly #options: object;
  readonly #settings: StatementSettings;
  #connection: Connection | undefined;

  /** @throws errors with Node's codes, 'ERR_SQLITE_ERROR' above all; PowercutError 'SQLITE_BUILD_MISSING' */
  constructor(path: string | URL | Buffer, given?: object) {
    this.#path = pathOf(path);
    const options = optionsOf(given);
    this.#options = options;
    this.#settings = settingsOf(options, DEFAULTS);
    if (booleanOption(options, 'allowExtension', false)) unsupported('The option allowExtension');
    if (booleanOption(options, 'open', true)) this.open();
  }

  /** Opens the database, if the constructor was called with `open: false`. */
  open(): void {
    if (this.#connection !== undefined) throw invalidState('database is already open');
    const options = this.#options;
    const isReadOnly = booleanOption(options, 'readOnly', false);
    const timeout: unknown = Reflect.get(options, 'timeout') ?? 0;
    if (typeof timeout !== 'number' || !Number.isInteger(timeout))
      throw invalidType('The "options.timeout" argument must be an integer.');
    const opening = { isReadOnly, mustExist: false, allowsUri: true };
    const connection = new Connection(this.#path, opening, makeNodeError);
    connection.busyTimeout(timeout);
    connection.foreignKeys = booleanOption(options, 'enableForeignKeyConstraints', true);
    connection.doubleQuotes = booleanOption(options, 'enableDoubleQuotedStringLiterals', false);
    connection.defensive = booleanOption(options, 'defensive', true);
    if (!isReadOnly) connection.setPageSizeOfNew();
    this.#connection = connection;
  }

  /** Closes the database. Its statements are of no use afterwards. */
  close(): void {
    this.#opened().close();
    this.#connection = undefined;
  }

  /** Whether the database is open. */
  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether a transaction is open. */
  get isTransaction(): boolean {
    return this.#opened().inTransaction;
  }

  /** Compiles one statement. */
  prepare(sql: string, given?: object): StatementSync {
    const connection = this.#opened();
    // A database that is closed and opened again has other statements.
    const owner = { connection, isOpen: () => this.#connection === connection };
    const settings = settingsOf(optionsOf(given), this.#settings);
    return new StatementSync(MAKES_STATEMENTS, owner, stringArgument(sql, 'sql'), settings);
  }

  /** Runs all statements of a text, and returns no rows. */
  exec(sql: string): void {
    const connection = this.#opened();
    let rest = stringArgument(sql, 'sql');
    const { api } = connection.machine;
    while (rest !== '') {
      const prepared = connection.prepare(rest);
      rest = prepared.rest;
      if (prepared.handle === 0) continue;
      while (api.sqlite3_step(prepared.handle) === ROW);
      if (api.sqlite3_finalize(prepared.handle) !== OK) connection.throwLast();
    }
  }

  /** Defines a function for SQL. */
  function(name: string, given: unknown, last?: unknown): void {
    const connection = this.#opened();
    const hasOptions = typeof given !== 'function';
    const options = hasOptions ? optionsOf(given) : {};
    const call = functionArgument(hasOptions ? last : given, 'function');
    registerFunction(connection, definitionOf(stringArgument(name, 'name'), options, call.length), call);
  }

  /** Defines an aggregate or window function for SQL. */
  aggregate(name: string, given: object): void {
    const connection = this.#opened();
    const options = optionsOf(given);
    const optional = (key: string): Call | undefined => {
      const value: unknown = Reflect.get(options, key);
      return value === undefined ? undefined : functionArgument(value, `options.${key}`);
    };
    const step = functionArgument(Reflect.get(options, 'step'), 'options.step');
    const inverse = optional('inverse');
    const count = Math.max(step.length - 1, (inverse?.length ?? 0) - 1, 0);
    registerAggregate(connection, definitionOf(stringArgument(name, 'name'), options, count), {
      start: Reflect.get(options, 'start'),
      step,
      inverse,
      result: optional('result'),
    });
  }

  /** Returns the path of a database's file, or null for one in memory. */
  location(schema = 'main'): string | null {
    return this.#opened().filename(schema) ?? null;
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  createSession(): never {
    return unsupported('createSession()');
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  applyChangeset(): never {
    return unsupported('applyChangeset()');
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  enableLoadExtension(): never {
    return unsupported('enableLoadExtension()');
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  loadExtension(): never {
    return unsupported('loadExtension()');
  }

  #opened(): Connection {
    if (this.#connection === undefined) throw invalidState('database is not open');
    return this.#connection;
  }
}

// Node 20 has the symbol only where something has added it.
const dispose: unknown = Reflect.get(Symbol, 'dispose');
if (typeof dispose === 'symbol')
  Object.defineProperty(DatabaseSync.prototype, dispose, {
    configurable: true,
    writable: true,
    value(this: DatabaseSync) {
      if (this.isOpen) this.close();
    },
  });
