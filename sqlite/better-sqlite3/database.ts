/** The API of `better-sqlite3`, whose documentation holds for it: https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { codedError } from '../../sim/util/errors.js';
import { Connection } from '../engine/connection.js';
import { OK, ROW } from '../wasm/c-api.js';
import { type BackupProgress, backUp } from './backup.js';
import { defineAggregate, defineFunction, requireQuiet } from './definitions.js';
import { Handle } from './handle.js';
import { booleanOption, functionOption, optionsOf, stringArgument, stringOption } from './options.js';
import { deserialized, serialized } from './serialization.js';
import { makeSqliteError } from './sqlite-error.js';
import { MAKES_STATEMENTS, Statement, type StatementKind } from './statement.js';
import { transactionOf } from './transaction.js';

const TIMEOUT_MS = 5000;
const TIMEOUT_MAX_MS = 0x7fffffff;
const LIMIT_LENGTH = 0;
/** The longest string that V8 has. */
const LENGTH_MAX = 2 ** 29 - 24;

const timeoutOf = (options: object): number => {
  const timeout: unknown = 'timeout' in options ? options.timeout : TIMEOUT_MS;
  if (typeof timeout !== 'number' || !Number.isInteger(timeout) || timeout < 0)
    throw new TypeError('Expected the "timeout" option to be a positive integer');
  if (timeout > TIMEOUT_MAX_MS) throw new RangeError('Option "timeout" cannot be greater than 2147483647');
  return timeout;
};

const refuseMisspelled = (options: object): void => {
  if ('readOnly' in options) throw new TypeError('Misspelled option "readOnly" should be "readonly"');
  if ('memory' in options)
    throw new TypeError('Option "memory" was removed in v7.0.0 (use ":memory:" filename instead)');
};

const handles = new WeakMap<object, Handle>();

const handleOf = (database: object): Handle => {
  const handle = handles.get(database);
  if (handle === undefined) throw new TypeError('Illegal invocation');
  return handle;
};

const openHandle = (filename: string, options: object, content: Buffer | undefined): Handle => {
  const isAnonymous = filename === '' || filename === ':memory:';
  const isReadOnly = booleanOption(options, 'readonly');
  const mustExist = booleanOption(options, 'fileMustExist');
  const timeout = timeoutOf(options);
  const verbose = functionOption(options, 'verbose');
  if (isReadOnly && isAnonymous && content === undefined)
    throw new TypeError('In-memory/temporary databases cannot be readonly');
  if (!isAnonymous && !filename.startsWith('file:') && !fs.existsSync(dirname(filename)))
    throw new TypeError('Cannot open database because the directory does not exist');
  const opening = { isReadOnly: isReadOnly && content === undefined, mustExist, allowsUri: false };
  const connection = new Connection(filename, opening, makeSqliteError);
  const { api } = connection.machine;
  connection.busyTimeout(timeout);
  api.sqlite3_limit(connection.handle, LIMIT_LENGTH, LENGTH_MAX);
  connection.foreignKeys = true;
  connection.defensive = true;
  if (content === undefined && !isReadOnly) connection.setPageSizeOfNew();
  if (content !== undefined) deserialized(connection, content, isReadOnly);
  return new Handle(connection, verbose, !isAnonymous && !isReadOnly);
};

const prepareFrom = (database: object, sql: string, kind: StatementKind): Statement =>
  new Statement(MAKES_STATEMENTS, handleOf(database), sql, database, kind);

/**
 * A database with the API of `better-sqlite3`. In a life its file is on the simulated disk. Its part
 * that is not served throws a `PowercutError` with the code `SQLITE_UNSUPPORTED`.
 */
export class Database {
  declare readonly name: string;
  declare readonly open: boolean;
  declare readonly inTransaction: boolean;
  declare readonly readonly: boolean;
  declare readonly memory: boolean;

  /** @throws TypeError, RangeError and SqliteError, as `better-sqlite3` does; PowercutError 'SQLITE_BUILD_MISSING' */
  constructor(source?: string | Buffer, given?: object) {
    const content = Buffer.isBuffer(source) ? source : undefined;
    const name = content === undefined ? (source ?? '') : ':memory:';
    if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
    const options = optionsOf(given);
    refuseMisspelled(options);
    const filename = name.trim();
    const handle = openHandle(filename, options, content);
    handles.set(this, handle);
    const shown = (get: () => unknown) => ({ enumerable: true, configurable: false, get });
    const isReadOnly = booleanOption(options, 'readonly');
    Object.defineProperties(this, {
      name: shown(() => name),
      open: shown(() => handle.isOpen),
      inTransaction: shown(() => handle.isOpen && handle.connection.inTransaction),
      readonly: shown(() => isReadOnly),
      memory: shown(() => filename === '' || filename === ':memory:'),
    });
  }

  /** Compiles one statement. @throws SqliteError the statement is wrong */
  prepare(sql: string): Statement {
    return prepareFrom(this, stringArgument(sql), 'plain');
  }

  /** Returns a function that runs `call` in a transaction, or in a savepoint inside of one. */
  transaction(call: (...args: never[]) => unknown): (...args: unknown[]) => unknown {
    return transactionOf(handleOf(this), this, call);
  }

  /** Runs `PRAGMA source`. Returns its rows, or with `simple: true` the first value. */
  pragma(source: string, given?: object): unknown {
    const text = stringArgument(source);
    const isSimple = booleanOption(optionsOf(given), 'simple');
    const statement = prepareFrom(this, `PRAGMA ${text}`, 'pragma');
    return isSimple ? statement.pluck().get() : statement.all();
  }

  /** Returns the query plan of a statement, as rows. */
  explain(source: string): unknown {
    return prepareFrom(this, `EXPLAIN ${stringArgument(source)}`, 'explain').all();
  }

  // Async, so that what is wrong with the arguments rejects.
  /** Copies the database to a file, some pages at a time. */
  async backup(filename: string, given?: object): Promise<BackupProgress> {
    return backUp(handleOf(this), stringArgument(filename), optionsOf(given));
  }

  /** Returns the database as bytes. */
  serialize(given?: object): Buffer {
    const schema = stringOption(optionsOf(given, 'first'), 'attached', 'main');
    return serialized(handleOf(this), schema);
  }

  /** Defines a function for SQL. */
  function(name: string, given: unknown, last?: unknown): this {
    const call = typeof given === 'function' ? given : last;
    const options = typeof given === 'function' ? {} : (given ?? {});
    stringArgument(name);
    if (typeof call !== 'function') throw new TypeError('Expected last argument to be a function');
    if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
    if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
    defineFunction(handleOf(this), name, options, call as (...args: unknown[]) => unknown); // all that is done is to call it
    return this;
  }

  /** Defines an aggregate or window function for SQL. */
  aggregate(name: string, options: object): this {
    stringArgument(name);
    if (typeof options !== 'object' || options === null)
      throw new TypeError('Expected second argument to be an options object');
    if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
    defineAggregate(handleOf(this), name, options);
    return this;
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  table(..._definition: unknown[]): never {
    requireQuiet(handleOf(this));
    throw codedError(
      'SQLITE_UNSUPPORTED',
      'db.table(): virtual tables are not served on the simulated disk. Leave them out of the suite.',
    );
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  loadExtension(path: string): never {
    stringArgument(path);
    requireQuiet(handleOf(this));
    throw codedError(
      'SQLITE_UNSUPPORTED',
      `db.loadExtension('${path}'): an extension is native code, which WebAssembly can't load. Leave it out of the suite.`,
    );
  }

  /** Runs all statements of a text, and returns no rows. */
  exec(sql: string): this {
    const handle = handleOf(this);
    const { connection, journal } = handle;
    let rest = stringArgument(sql);
    handle.requireOpen();
    handle.requireIdle();
    handle.requireNoIteratorsUnlessUnsafe();
    journal.before(sql);
    const { api } = connection.machine;
    handle.busily(() => {
      while (rest !== '') {
        const prepared = connection.prepare(rest);
        const statement = rest.slice(0, rest.length - prepared.rest.length);
        rest = prepared.rest;
        if (prepared.handle === 0) continue;
        try {
          handle.log(prepared.handle);
        } catch (error) {
          api.sqlite3_finalize(prepared.handle);
          throw error;
        }
        journal.beforeRun(statement);
        while (api.sqlite3_step(prepared.handle) === ROW);
        journal.after(statement);
        if (api.sqlite3_finalize(prepared.handle) !== OK) connection.throwLast();
      }
    });
    return this;
  }

  /** Closes the database. Its statements are of no use afterwards. */
  close(): this {
    const handle = handleOf(this);
    if (!handle.isOpen) return this;
    handle.requireIdle();
    handle.requireNoIterators();
    handle.close();
    return this;
  }

  /** Lets later statements return integers as `bigint`. */
  defaultSafeIntegers(on = true): this {
    handleOf(this).wantsBigints = booleanOption({ on }, 'on');
    return this;
  }

  /** Allows changes while a statement is being iterated. */
  unsafeMode(on = true): this {
    const handle = handleOf(this);
    handle.isUnsafe = on;
    handle.connection.defensive = !on;
    return this;
  }
}
