/** `Statement` of `sqlite3`. */
import { EventEmitter } from 'node:events';
import type { Connection } from '../engine/connection.js';
import { type SqlValue, valueAt } from '../engine/values.js';
import { DONE, OK, type Pointer, ROW } from '../wasm/c-api.js';
import { lastError, MISUSED, type Sqlite3Error } from './errors.js';
import type { Work } from './lane.js';
import { bindAll, type Callback, type Given, givenBy } from './parameters.js';

/** What a statement needs of its database. */
export interface Host {
  schedule(work: Work, callback: Callback | undefined): void;
  start(work: Work): void;
  failing(act: (connection: Connection) => void): Sqlite3Error | undefined;
  isLockedBy(failure: Sqlite3Error | undefined): boolean;
}

type Row = Record<string, SqlValue>;

interface Queued {
  start(): void;
  readonly callback: Callback | undefined;
}

/** What an operation does when it runs: it returns SQLite's code. */
type Act = (connection: Connection) => number;

/** A prepared statement with the API of `sqlite3`. Its operations run one after the other. */
export class Statement extends EventEmitter {
  declare readonly sql: string;
  /** Set by `run` if it has a callback. */
  declare lastID: number;
  /** Set by `run` if it has a callback. */
  declare changes: number;
  readonly #host: Host;
  #handle: Pointer = 0;
  #code = OK;
  #isPrepared = false;
  #isLocked = false;
  #isFinalized = false;
  readonly #queue: Queued[] = [];

  constructor(host: Host, sql: string, callback?: Callback) {
    super();
    if (typeof sql !== 'string') throw new TypeError('SQL query expected');
    Object.defineProperty(this, 'sql', { value: sql });
    this.#host = host;
    this.#isLocked = true;
    let failure: Sqlite3Error | undefined;
    const attempt = (): boolean => {
      failure = host.failing((connection) => {
        this.#handle = connection.prepare(sql).handle;
      });
      return host.isLockedBy(failure);
    };
    const done = (): void => {
      this.#isPrepared = failure === undefined;
      this.#ended(() => {
        if (failure === undefined) callback?.call(this, null);
        else this.#fail(callback, failure);
      });
      if (failure !== undefined && !this.#isFinalized) this.#finalize();
    };
    host.schedule({ attempt, done }, callback);
  }

  /** Binds values for good. */
  bind(...args: unknown[]): this {
    return this.#schedule(
      givenBy(args),
      () => OK,
      (callback) => callback.call(this, null),
    );
  }

  /** Resets the statement. */
  reset(...args: unknown[]): this {
    const act: Act = ({ machine }) => {
      machine.api.sqlite3_reset(this.#handle);
      return OK;
    };
    return this.#schedule({ ...givenBy(args), bound: [] }, act, (callback) => callback.call(this, null));
  }

  /** Runs the statement. In the callback, `this.lastID` and `this.changes` say what it did. */
  run(...args: unknown[]): this {
    const did = { lastID: 0, changes: 0 };
    const given = givenBy(args);
    const act: Act = (connection) => {
      const { api } = connection.machine;
      if (given.bound.length === 0) api.sqlite3_reset(this.#handle);
      const code = api.sqlite3_step(this.#handle);
      did.lastID = Number(api.sqlite3_last_insert_rowid(connection.handle));
      did.changes = Number(api.sqlite3_changes64(connection.handle));
      return code;
    };
    return this.#schedule(given, act, (callback) => Object.assign(this, did) && callback.call(this, null));
  }

  /** Gives the next row, and none after the last. */
  get(...args: unknown[]): this {
    const given = givenBy(args);
    let row: Row | undefined;
    const act: Act = (connection) => {
      row = undefined;
      if (this.#code === DONE && given.bound.length === 0) return DONE;
      const code = connection.machine.api.sqlite3_step(this.#handle);
      if (code === ROW) row = this.#row(connection);
      return code;
    };
    return this.#schedule(given, act, (callback) =>
      row === undefined ? callback.call(this, null) : callback.call(this, null, row),
    );
  }

  /** Gives all rows. */
  all(...args: unknown[]): this {
    const given = givenBy(args);
    const rows: Row[] = [];
    return this.#schedule(given, this.#readAll(given, rows), (callback) => callback.call(this, null, rows));
  }

  /** Gives each row, and then their number to the second callback. */
  each(...args: unknown[]): this {
    const isPair = typeof args.at(-1) === 'function' && typeof args.at(-2) === 'function';
    const completed = isPair ? args.at(-1) : undefined;
    const given = givenBy(isPair ? args.slice(0, -1) : args);
    const rows: Row[] = [];
    return this.#schedule(given, this.#readAll(given, rows), (callback) => {
      for (const row of rows) callback.call(this, null, row);
      if (typeof completed === 'function') Reflect.apply(completed, this, [null, rows.length]);
    });
  }

  /** Gives the rows by their first column: as a value where there is one more column, otherwise as a row. */
  map(...args: unknown[]): this {
    const callback: unknown = args.at(-1);
    return this.all(...args.slice(0, -1), (error: unknown, rows: readonly Row[] = []) => {
      if (typeof callback !== 'function') return;
      if (error !== null) return void Reflect.apply(callback, this, [error]);
      const [key = '', value = '', ...more] = Object.keys(rows[0] ?? {});
      const entries = rows.map((row) => [row[key], more.length > 0 ? row : row[value]] as const);
      Reflect.apply(callback, this, [null, Object.fromEntries(entries)]);
    });
  }

  /** Frees the statement when its operations have ended. */
  finalize(...args: unknown[]): void {
    const { callback } = givenBy(args);
    this.#enter({
      start: () => {
        this.#finalize();
        callback?.call(this);
      },
      callback,
    });
  }

  #readAll({ bound }: Given, rows: Row[]): Act {
    return (connection) => {
      const { api } = connection.machine;
      rows.length = 0;
      if (bound.length === 0) api.sqlite3_reset(this.#handle);
      let code = api.sqlite3_step(this.#handle);
      while (code === ROW) {
        rows.push(this.#row(connection));
        code = api.sqlite3_step(this.#handle);
      }
      return code;
    };
  }

  /** @param tell is called with the callback, where there is one and nothing failed */
  #schedule({ bound, callback }: Given, act: Act, tell: (callback: Callback) => unknown): this {
    let failure: Sqlite3Error | undefined;
    const attempt = (): boolean => {
      failure = this.#host.failing((connection) => {
        const unbound = bindAll(connection, this.#handle, bound);
        this.#code = unbound === OK ? act(connection) : unbound;
        if (this.#code === OK || this.#code === ROW || this.#code === DONE) return;
        const error = lastError(connection, this.#code);
        connection.machine.api.sqlite3_reset(this.#handle);
        throw error;
      });
      return this.#host.isLockedBy(failure);
    };
    const done = (): void =>
      this.#ended(() => {
        if (failure !== undefined) this.#fail(callback, failure);
        else if (callback !== undefined) tell(callback);
      });
    const start = (): void => {
      this.#isLocked = true;
      this.#host.start({ attempt, done });
    };
    this.#enter({ start, callback });
    return this;
  }

  #enter(queued: Queued): void {
    if (this.#isFinalized || !this.#isPrepared || this.#isLocked) this.#queue.push(queued);
    else queued.start();
    if (this.#isFinalized) this.#clean();
  }

  #ended(tell: () => void): void {
    try {
      tell();
    } finally {
      this.#isLocked = false;
      if (this.#isFinalized) this.#clean();
      while (this.#isPrepared && !this.#isLocked && !this.#isFinalized) {
        const next = this.#queue.shift();
        if (next === undefined) break;
        next.start();
      }
    }
  }

  #fail(callback: Callback | undefined, failure: Sqlite3Error): void {
    if (callback === undefined) this.emit('error', failure);
    else callback.call(this, failure);
  }

  #finalize(): void {
    this.#isFinalized = true;
    this.#clean();
    this.#host.failing(({ machine }) => machine.api.sqlite3_finalize(this.#handle));
    this.#handle = 0;
  }

  /** What waits for a statement that is no more gets an error. If its preparation failed, the program knows. */
  #clean(): void {
    const queued = this.#queue.splice(0);
    if (!this.#isPrepared || queued.length === 0) return;
    const failure = MISUSED('Statement is already finalized');
    const callbacks = queued.flatMap(({ callback }) => (callback === undefined ? [] : [callback]));
    for (const callback of callbacks) callback.call(this, failure);
    if (callbacks.length === 0) this.emit('error', failure);
  }

  #row({ machine }: Connection): Row {
    const { api } = machine;
    const row: Row = {};
    const count = api.sqlite3_column_count(this.#handle);
    for (let column = 0; column < count; column++) {
      const name = machine.text(api.sqlite3_column_name(this.#handle, column)) ?? '';
      row[name] = valueAt(machine, api.sqlite3_column_value(this.#handle, column), false);
    }
    return row;
  }
}
