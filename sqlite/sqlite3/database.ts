/** `Database` of `sqlite3`. */
import { EventEmitter } from 'node:events';
import { codedError } from '../../sim/util/errors.js';
import { Connection } from '../engine/connection.js';
import { BUSY, OK, OPEN_CREATE, OPEN_READONLY, OPEN_READWRITE, OPEN_URI, ROW } from '../wasm/c-api.js';
import { MISUSED, makeSqlite3Error, Sqlite3Error } from './errors.js';
import { Lane, type Work } from './lane.js';
import { type Operation, Operations } from './operations.js';
import type { Callback } from './parameters.js';
import { Statement } from './statement.js';

const NOT_SERVED = ['trace', 'profile', 'change'];

const unsupported = (what: string): never => {
  throw codedError(
    'SQLITE_UNSUPPORTED',
    `${what} of sqlite3 is not served on the simulated disk. Leave it out of the suite.`,
  );
};

const isCallback = (value: unknown): value is Callback => typeof value === 'function';

const optionalCallback = (value: unknown): Callback | undefined => {
  if (value === undefined || isCallback(value)) return value;
  throw new TypeError('Argument 0 must be a function');
};

/**
 * A database with the API of `sqlite3`: each call returns at once, and its callback has the result. In a life its file is on the simulated
 * disk. Its part that is not served throws a `PowercutError` with the code `SQLITE_UNSUPPORTED`.
 */
export class Database extends EventEmitter {
  declare readonly filename: string;
  declare readonly mode: number;
  #connection: Connection | undefined;
  #isClosing = false;
  #foundLock = false;
  readonly #lane = new Lane();
  readonly #operations = new Operations((reason) => this.emit('error', MISUSED(reason)));

  constructor(filename: string, ...rest: unknown[]) {
    super();
    if (typeof filename !== 'string') throw new TypeError('String expected');
    const [first] = rest;
    const mode = typeof first === 'number' ? first : OPEN_READWRITE | OPEN_CREATE;
    const callback = rest.find(isCallback);
    Object.defineProperty(this, 'filename', { value: filename });
    Object.defineProperty(this, 'mode', { value: mode });
    this.#open(filename, mode, callback);
  }

  /** Whether the database is open. */
  get open(): boolean {
    return this.#operations.isOpen;
  }

  /** Compiles a statement, and binds values. */
  prepare(sql: string, ...args: unknown[]): Statement {
    const statement = this.#statement(sql, args);
    return args.length === 0 ? statement : statement.bind(...args);
  }

  /** Runs a statement, and returns no rows. */
  run(sql: string, ...args: unknown[]): this {
    this.#statement(sql, args)
      .run(...args)
      .finalize();
    return this;
  }

  /** Gives the first row. */
  get(sql: string, ...args: unknown[]): this {
    this.#statement(sql, args)
      .get(...args)
      .finalize();
    return this;
  }

  /** Gives all rows. */
  all(sql: string, ...args: unknown[]): this {
    this.#statement(sql, args)
      .all(...args)
      .finalize();
    return this;
  }

  /** Gives each row, and then their number to the second callback. */
  each(sql: string, ...args: unknown[]): this {
    this.#statement(sql, args)
      .each(...args)
      .finalize();
    return this;
  }

  /** Gives the rows by their first column. */
  map(sql: string, ...args: unknown[]): this {
    this.#statement(sql, args)
      .map(...args)
      .finalize();
    return this;
  }

  /** Runs all statements of a text, alone. */
  exec(sql: string, given?: unknown): this {
    if (typeof sql !== 'string') throw new TypeError('Argument 0 must be a string');
    const callback = optionalCallback(given);
    let rest = sql;
    let failure: Sqlite3Error | undefined;
    const attempt = (): boolean => {
      failure = this.failing((connection) => {
        const { api } = connection.machine;
        while (rest !== '') {
          const prepared = connection.prepare(rest);
          if (prepared.handle !== 0) {
            while (api.sqlite3_step(prepared.handle) === ROW);
            if (api.sqlite3_finalize(prepared.handle) !== OK) connection.throwLast();
          }
          rest = prepared.rest;
        }
      });
      return this.isLockedBy(failure);
    };
    this.#alone(callback, { attempt, done: () => this.#tell(callback, failure) });
    return this;
  }

  /** Calls back when all that was started has ended. */
  wait(given?: unknown): this {
    const callback = optionalCallback(given);
    const start = (): void => {
      callback?.call(this, null);
      this.#operations.proceed();
    };
    this.#operations.schedule({ start, refuse: this.refusal(callback) }, true);
    return this;
  }

  /** Closes the database when all that was started has ended. */
  close(given?: unknown): this {
    const callback = optionalCallback(given);
    let failure: Sqlite3Error | undefined;
    const attempt = (): boolean => {
      this.#isClosing = true;
      failure = this.failing((connection) => {
        if (connection.machine.api.sqlite3_next_stmt(connection.handle, 0) !== 0)
          throw new Sqlite3Error(
            BUSY,
            'SQLITE_BUSY',
            'unable to close due to unfinalized statements or unfinished backups',
          );
        connection.close();
      });
      return false;
    };
    const done = (): void => {
      this.#isClosing = false;
      if (failure === undefined) {
        this.#connection = undefined;
        this.#operations.isOpen = false;
      }
      this.#tell(callback, failure);
      if (failure === undefined) this.emit('close');
    };
    this.#alone(callback, { attempt, done });
    return this;
  }

  /** From now on, or in `act`, each operation waits for the ones before it. */
  serialize(act?: unknown): this {
    return this.#withOrder(true, act);
  }

  /** From now on, or in `act`, no operation waits for others. */
  parallelize(act?: unknown): this {
    return this.#withOrder(false, act);
  }

  /** Sets `busyTimeout` or a `limit`. */
  configure(option: string, value: unknown, last?: unknown): this {
    if (NOT_SERVED.includes(option)) unsupported(`The event '${option}'`);
    if (option !== 'busyTimeout' && option !== 'limit')
      throw new TypeError(`${option} is not a valid configuration option`);
    if (typeof value !== 'number') throw new TypeError('Value must be an integer');
    const start = (): void => {
      if (option === 'busyTimeout') this.#lane.timeoutMs = value;
      else this.failing(({ machine, handle }) => machine.api.sqlite3_limit(handle, value, Number(last)));
    };
    this.#operations.schedule({ start, refuse: this.refusal(undefined) });
    this.#operations.proceed();
    return this;
  }

  /** Does nothing: an operation has ended before any other code runs. */
  interrupt(): this {
    if (!this.open) throw new Error('Database is not open');
    if (this.#isClosing) throw new Error('Database is closing');
    return this;
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  loadExtension(): never {
    return unsupported('loadExtension()');
  }

  /** Not served. @throws PowercutError `SQLITE_UNSUPPORTED` */
  backup(): never {
    return unsupported('backup()');
  }

  override on(event: string | symbol, listener: Callback): this {
    if (NOT_SERVED.includes(String(event))) unsupported(`The event '${String(event)}'`);
    return super.on(event, listener);
  }

  override addListener(event: string | symbol, listener: Callback): this {
    return this.on(event, listener);
  }

  /** @internal Starts `work`, with the others that may run now. */
  schedule(work: Work, callback: Callback | undefined): void {
    this.#operations.schedule({ start: () => this.start(work), refuse: this.refusal(callback) });
  }

  /** @internal Starts `work`, whatever waits. */
  start({ attempt, done }: Work): void {
    this.#operations.begin();
    this.#lane.add({
      attempt,
      done: () => {
        try {
          done();
        } finally {
          this.#operations.end();
          this.#operations.proceed();
        }
      },
    });
  }

  /** @internal What `act` throws of SQLite's errors; undefined where it succeeds. */
  failing(act: (connection: Connection) => void): Sqlite3Error | undefined {
    this.#foundLock = false;
    const connection = this.#connection;
    if (connection === undefined) return MISUSED('Database handle is closed');
    try {
      act(connection);
      return undefined;
    } catch (error) {
      if (error instanceof Sqlite3Error) return error;
      throw error;
    }
  }

  /** @internal Whether an error is a lock for which SQLite waits. */
  isLockedBy(failure: Sqlite3Error | undefined): boolean {
    return failure?.errno === BUSY && this.#foundLock;
  }

  /** @internal */
  refusal(callback: Callback | undefined): Operation['refuse'] {
    return (reason) => {
      callback?.call(this, MISUSED(reason));
      return callback !== undefined;
    };
  }

  #open(filename: string, mode: number, callback: Callback | undefined): void {
    let failure: Sqlite3Error | undefined;
    const attempt = (): boolean => {
      try {
        this.#connection = this.#connect(filename, mode);
      } catch (error) {
        if (!(error instanceof Sqlite3Error)) throw error;
        failure = error;
      }
      return false;
    };
    const done = (): void => {
      this.#operations.isOpen = failure === undefined;
      this.#tell(callback, failure);
      if (failure !== undefined) return;
      this.emit('open');
      this.#operations.proceed();
    };
    this.#lane.add({ attempt, done });
  }

  #connect(filename: string, mode: number): Connection {
    const isReadOnly = (mode & OPEN_READONLY) !== 0;
    const mustExist = (mode & OPEN_CREATE) === 0;
    const allowsUri = (mode & OPEN_URI) !== 0;
    const connection = new Connection(filename, { isReadOnly, mustExist, allowsUri }, makeSqlite3Error);
    connection.whenLocked(() => {
      this.#foundLock = true;
    });
    connection.foreignKeys = false;
    // sqlite3 compiles SQLite with its own defaults, better-sqlite3 without this one.
    connection.doubleQuotes = true;
    if (!isReadOnly) connection.setPageSizeOfNew();
    return connection;
  }

  /** An error goes to the callback, or to the listeners of 'error'. */
  #tell(callback: Callback | undefined, failure: Sqlite3Error | undefined): void {
    if (callback !== undefined) callback.call(this, failure ?? null);
    else if (failure !== undefined) this.emit('error', failure);
  }

  #alone(callback: Callback | undefined, work: Work): void {
    this.#operations.schedule({ start: () => this.start(work), refuse: this.refusal(callback) }, true);
  }

  #withOrder(isSerial: boolean, given: unknown): this {
    const act = optionalCallback(given);
    const before = this.#operations.isSerial;
    this.#operations.isSerial = isSerial;
    if (act !== undefined) {
      act.call(this);
      this.#operations.isSerial = before;
    }
    this.#operations.proceed();
    return this;
  }

  /** One whose preparation fails tells the callback of the call that wanted it. */
  #statement(sql: string, args: readonly unknown[]): Statement {
    const last = args.at(-1);
    const onError = isCallback(last) ? (error: unknown): unknown => error && last(error) : undefined;
    return new Statement(this, sql, onError);
  }
}
