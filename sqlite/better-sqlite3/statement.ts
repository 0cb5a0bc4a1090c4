/** A statement of `better-sqlite3`. */
import { OK, type Pointer, ROW } from '../wasm/c-api.js';
import { bindArguments, parametersOf } from './binder.js';
import type { Handle } from './handle.js';
import { type RowMode, RowReader } from './rows.js';
import { StatementIterator } from './statement-iterator.js';

/** How a statement is made: by `prepare`, `pragma` or `explain`. */
export type StatementKind = 'plain' | 'pragma' | 'explain';

/** The result of a statement that returns no rows. */
export interface RunResult {
  readonly changes: number;
  readonly lastInsertRowid: number | bigint;
}

/** One column of the rows of a statement. `column`, `table` and `database` are null for an expression. */
export interface Column {
  readonly name: string | null;
  readonly column: string | null;
  readonly table: string | null;
  readonly database: string | null;
  readonly type: string | null;
}

const PREPARE_PERSISTENT = 1;
/** What may stand behind a statement: white space, semicolons and comments. */
const BLANK = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*(?:(?!\*\/)[\s\S])*(?:\*\/|$))*$/;

/** Only the database makes statements. */
export const MAKES_STATEMENTS = Symbol('makes statements');

const switchOf = (args: readonly unknown[]): boolean => {
  if (args.length === 0) return true;
  const [on] = args;
  if (typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
  return on;
};

/** A prepared statement with the API of `better-sqlite3`. */
export class Statement {
  declare readonly reader: boolean;
  declare readonly readonly: boolean;
  declare readonly source: string;
  declare readonly database: object;
  declare readonly busy: boolean;
  readonly #handle: Handle;
  readonly #statement: Pointer;
  readonly #rows: RowReader;
  #parameters: ReturnType<typeof parametersOf> | undefined;
  #isAlive = true;
  #isLocked = false;
  #isBound: boolean;
  #wantsBigints: boolean;
  #mode: RowMode = 'flat';

  constructor(key: symbol, handle: Handle, source: string, database: object, kind: StatementKind) {
    if (key !== MAKES_STATEMENTS)
      throw new TypeError('Statements can only be constructed by the db.prepare() method');
    handle.requireOpen();
    handle.requireIdle();
    if (kind === 'pragma') handle.requireNoIteratorsUnlessUnsafe();
    const { connection, journal } = handle;
    journal.before(source);
    const { handle: statement, rest } = connection.prepare(source, kind === 'plain' ? PREPARE_PERSISTENT : 0);
    const { api } = connection.machine;
    if (statement === 0) throw new RangeError('The supplied SQL string contains no statements');
    if (!BLANK.test(rest)) {
      api.sqlite3_finalize(statement);
      throw new RangeError('The supplied SQL string contains more than one statement');
    }
    this.#handle = handle;
    this.#statement = statement;
    this.#rows = new RowReader(connection.machine, statement);
    this.#isBound = kind === 'explain';
    this.#wantsBigints = handle.wantsBigints;
    handle.closings.add({
      close: () => {
        this.#isAlive = false;
        api.sqlite3_finalize(statement);
      },
    });
    const fixed = { enumerable: true, writable: false, configurable: false };
    Object.defineProperties(this, {
      reader: { ...fixed, value: api.sqlite3_column_count(statement) >= 1 || kind === 'pragma' },
      readonly: { ...fixed, value: api.sqlite3_stmt_readonly(statement) !== 0 },
      source: { ...fixed, value: source },
      database: { ...fixed, value: database },
      busy: { enumerable: true, configurable: false, get: () => this.#isAlive && this.#isLocked },
    });
  }

  /** Runs the statement and returns how many rows it changed. */
  run(...args: unknown[]): RunResult {
    this.#start(args, true);
    const { connection } = this.#handle;
    const { api } = connection.machine;
    return this.#running(() => {
      const before = api.sqlite3_total_changes64(connection.handle);
      api.sqlite3_step(this.#statement);
      if (api.sqlite3_reset(this.#statement) !== OK) connection.throwLast();
      const isChanged = api.sqlite3_total_changes64(connection.handle) !== before;
      const id = api.sqlite3_last_insert_rowid(connection.handle);
      return {
        changes: isChanged ? Number(api.sqlite3_changes64(connection.handle)) : 0,
        lastInsertRowid: this.#wantsBigints ? id : Number(id),
      };
    });
  }

  /** Returns the first row, or undefined. */
  get(...args: unknown[]): unknown {
    this.#requireRows();
    this.#start(args, false);
    const { connection } = this.#handle;
    const { api } = connection.machine;
    return this.#running(() => {
      const hasRow = api.sqlite3_step(this.#statement) === ROW;
      const row = hasRow ? this.#rows.read(this.#mode, this.#wantsBigints) : undefined;
      if (api.sqlite3_reset(this.#statement) !== OK && !hasRow) connection.throwLast();
      return row;
    });
  }

  /** Returns all rows. */
  all(...args: unknown[]): unknown[] {
    this.#requireRows();
    this.#start(args, false);
    const { connection } = this.#handle;
    const { api } = connection.machine;
    return this.#running(() => {
      const rows: unknown[] = [];
      while (api.sqlite3_step(this.#statement) === ROW)
        rows.push(this.#rows.read(this.#mode, this.#wantsBigints));
      if (api.sqlite3_reset(this.#statement) !== OK) connection.throwLast();
      return rows;
    });
  }

  /** Returns the rows one after the other. The database is busy until the last one. */
  iterate(...args: unknown[]): StatementIterator {
    this.#requireRows();
    this.#start(args, false);
    const handle = this.#handle;
    const { api } = handle.connection.machine;
    const [mode, wantsBigints, isBound] = [this.#mode, this.#wantsBigints, this.#isBound];
    this.#isLocked = true;
    handle.iterators += 1;
    let isLogged = false;
    return new StatementIterator(this, {
      requireIdle: () => handle.requireIdle(),
      next: () =>
        handle.busily(() => {
          if (!isLogged) handle.log(this.#statement);
          isLogged = true;
          const code = api.sqlite3_step(this.#statement);
          return code === ROW ? { value: this.#rows.read(mode, wantsBigints) } : undefined;
        }),
      end: () => {
        this.#isLocked = false;
        handle.iterators -= 1;
        const code = api.sqlite3_reset(this.#statement);
        if (!isBound) api.sqlite3_clear_bindings(this.#statement);
        if (code !== OK) handle.connection.throwLast();
        handle.journal.after(this.source);
      },
    });
  }

  /** Binds the parameters for good. Later calls take none. */
  bind(...args: unknown[]): this {
    if (this.#isBound) throw new TypeError('The bind() method can only be invoked once per statement object');
    this.#handle.requireOpen();
    this.#handle.requireIdle();
    this.#requireUnlocked();
    this.#bind(args);
    this.#isBound = true;
    return this;
  }

  /** Lets rows be the value of their first column. */
  pluck(...args: unknown[]): this {
    return this.#setMode('pluck', args);
  }

  /** Lets rows be objects with one object for each table. */
  expand(...args: unknown[]): this {
    return this.#setMode('expand', args);
  }

  /** Lets rows be arrays. */
  raw(...args: unknown[]): this {
    return this.#setMode('raw', args);
  }

  /** Lets integers be `bigint`. */
  safeIntegers(...args: unknown[]): this {
    this.#handle.requireIdle();
    this.#requireUnlocked();
    this.#wantsBigints = switchOf(args);
    return this;
  }

  /** Returns the columns of the rows. */
  columns(): Column[] {
    if (!this.reader) throw new TypeError('The columns() method is only for statements that return data');
    this.#handle.requireOpen();
    this.#handle.requireIdle();
    const { machine } = this.#handle.connection;
    const { api } = machine;
    const statement = this.#statement;
    return Array.from({ length: api.sqlite3_column_count(statement) }, (_, index) => ({
      name: machine.text(api.sqlite3_column_name(statement, index)) ?? null,
      column: machine.text(api.sqlite3_column_origin_name(statement, index)) ?? null,
      table: machine.text(api.sqlite3_column_table_name(statement, index)) ?? null,
      database: machine.text(api.sqlite3_column_database_name(statement, index)) ?? null,
      type: machine.text(api.sqlite3_column_decltype(statement, index)) ?? null,
    }));
  }

  /** Returns the text of the statement, with its bound parameters in place. */
  toString(): string {
    if (!this.#isAlive || !this.#isBound) return this.source;
    const { machine } = this.#handle.connection;
    const expanded = machine.api.sqlite3_expanded_sql(this.#statement);
    const text = machine.text(expanded);
    machine.api.sqlite3_free(expanded);
    return text ?? this.source;
  }

  #setMode(mode: RowMode, args: readonly unknown[]): this {
    if (!this.reader) throw new TypeError(`The ${mode}() method is only for statements that return data`);
    this.#handle.requireIdle();
    this.#requireUnlocked();
    if (switchOf(args)) this.#mode = mode;
    else if (this.#mode === mode) this.#mode = 'flat';
    return this;
  }

  #requireRows(): void {
    if (!this.reader) throw new TypeError('This statement does not return data. Use run() instead');
  }

  #requireUnlocked(): void {
    if (this.#isLocked) throw new TypeError('This statement is busy executing a query');
  }

  #bind(args: readonly unknown[]): void {
    const { machine } = this.#handle.connection;
    this.#parameters ??= parametersOf(machine, this.#statement);
    try {
      bindArguments(machine, this.#statement, this.#parameters, args);
    } catch (error) {
      machine.api.sqlite3_clear_bindings(this.#statement);
      throw error;
    }
  }

  #start(args: readonly unknown[], isWriting: boolean): void {
    this.#handle.requireOpen();
    this.#handle.requireIdle();
    this.#requireUnlocked();
    if (isWriting) this.#handle.requireNoIteratorsUnlessUnsafe();
    this.#handle.journal.beforeRun(this.source);
    if (!this.#isBound) this.#bind(args);
    else if (args.length > 0) throw new TypeError('This statement already has bound parameters');
  }

  #running<T>(act: () => T): T {
    const { connection, journal } = this.#handle;
    connection.session.failure = undefined;
    try {
      return this.#handle.busily(() => {
        this.#handle.log(this.#statement);
        return act();
      });
    } finally {
      if (!this.#isBound) connection.machine.api.sqlite3_clear_bindings(this.#statement);
      journal.after(this.source);
    }
  }
}
