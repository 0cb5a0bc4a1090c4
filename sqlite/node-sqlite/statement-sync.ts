/** A statement of `node:sqlite`. */

import type { Connection } from '../engine/connection.js';
import { valueAt } from '../engine/values.js';
import { OK, type Pointer, ROW } from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';
import { invalidState, invalidType, outOfRange } from './errors.js';
import { bindArguments, type NamingRules } from './parameters.js';

export interface StatementSettings extends NamingRules {
  readonly readBigInts: boolean;
  readonly returnArrays: boolean;
}

/** What a statement needs of its database. */
export interface StatementOwner {
  readonly connection: Connection;
  isOpen(): boolean;
}

/** Only the database makes statements. */
export const MAKES_STATEMENTS = Symbol('makes statements');

/** A prepared statement with the API of `node:sqlite`. */
export class StatementSync {
  readonly #owner: StatementOwner;
  readonly #statement: Pointer;
  #settings: StatementSettings;
  /** How often it was started: an iterator of an earlier run goes no further. */
  #runs = 0;

  constructor(key: symbol, owner: StatementOwner, sql: string, settings: StatementSettings) {
    if (key !== MAKES_STATEMENTS) throw invalidState('Illegal constructor');
    const { handle } = owner.connection.prepare(sql);
    if (handle === 0) throw invalidState('The supplied SQL string contains no statements');
    this.#owner = owner;
    this.#statement = handle;
    this.#settings = settings;
  }

  /** Returns all rows. */
  all(...args: unknown[]): unknown[] {
    const { api } = this.#start(args);
    const rows: unknown[] = [];
    return this.#untilReset(() => {
      while (api.sqlite3_step(this.#statement) === ROW) rows.push(this.#row());
      if (api.sqlite3_reset(this.#statement) !== OK) this.#owner.connection.throwLast();
      return rows;
    });
  }

  /** Returns the first row, or undefined. */
  get(...args: unknown[]): unknown {
    const { api } = this.#start(args);
    return this.#untilReset(() => {
      const hasRow = api.sqlite3_step(this.#statement) === ROW;
      const row = hasRow ? this.#row() : undefined;
      if (api.sqlite3_reset(this.#statement) !== OK && !hasRow) this.#owner.connection.throwLast();
      return row;
    });
  }

  /** Runs the statement and returns how many rows it changed. */
  run(...args: unknown[]): { readonly lastInsertRowid: number | bigint; readonly changes: number | bigint } {
    const { api } = this.#start(args);
    const { connection } = this.#owner;
    return this.#untilReset(() => {
      api.sqlite3_step(this.#statement);
      if (api.sqlite3_reset(this.#statement) !== OK) connection.throwLast();
      const asSet = (value: bigint): number | bigint => (this.#settings.readBigInts ? value : Number(value));
      return {
        lastInsertRowid: asSet(api.sqlite3_last_insert_rowid(connection.handle)),
        changes: asSet(api.sqlite3_changes64(connection.handle)),
      };
    });
  }

  /** Returns the rows one after the other. */
  iterate(...args: unknown[]): IterableIterator<unknown> {
    this.#start(args);
    return this.#rows(this.#runs);
  }

  /** Returns the columns of the rows. */
  columns(): object[] {
    const machine = this.#machine();
    const { api } = machine;
    const statement = this.#statement;
    return Array.from({ length: api.sqlite3_column_count(statement) }, (_, index) =>
      Object.assign(Object.create(null), {
        column: machine.text(api.sqlite3_column_origin_name(statement, index)) ?? null,
        database: machine.text(api.sqlite3_column_database_name(statement, index)) ?? null,
        name: machine.text(api.sqlite3_column_name(statement, index)) ?? null,
        table: machine.text(api.sqlite3_column_table_name(statement, index)) ?? null,
        type: machine.text(api.sqlite3_column_decltype(statement, index)) ?? null,
      }),
    );
  }

  get sourceSQL(): string {
    const machine = this.#machine();
    return machine.text(machine.api.sqlite3_sql(this.#statement)) ?? '';
  }

  get expandedSQL(): string {
    const machine = this.#machine();
    const expanded = machine.api.sqlite3_expanded_sql(this.#statement);
    const text = machine.text(expanded) ?? '';
    machine.api.sqlite3_free(expanded);
    return text;
  }

  /** Lets integers be `bigint`. */
  setReadBigInts(enabled: boolean): void {
    this.#set({ readBigInts: enabled });
  }

  /** Lets rows be arrays. */
  setReturnArrays(enabled: boolean): void {
    this.#set({ returnArrays: enabled });
  }

  /** Lets names of parameters be given without their prefix. */
  setAllowBareNamedParameters(enabled: boolean): void {
    this.#set({ allowBareNamedParameters: enabled });
  }

  /** Ignores names that the statement does not have. */
  setAllowUnknownNamedParameters(enabled: boolean): void {
    this.#set({ allowUnknownNamedParameters: enabled });
  }

  #set(change: Partial<StatementSettings>): void {
    this.#machine();
    if (Object.values(change).some((value) => typeof value !== 'boolean'))
      throw invalidType('The first argument must be a boolean.');
    this.#settings = { ...this.#settings, ...change };
  }

  #machine(): Machine {
    if (!this.#owner.isOpen()) throw invalidState('statement has been finalized');
    return this.#owner.connection.machine;
  }

  #start(args: readonly unknown[]): Machine {
    const machine = this.#machine();
    const { connection } = this.#owner;
    this.#runs += 1;
    connection.session.failure = undefined;
    machine.api.sqlite3_reset(this.#statement);
    machine.api.sqlite3_clear_bindings(this.#statement);
    bindArguments(connection, this.#statement, this.#settings, args);
    return machine;
  }

  *#rows(run: number): Generator<unknown, undefined> {
    const { connection } = this.#owner;
    const { api } = connection.machine;
    try {
      for (;;) {
        this.#machine();
        if (run !== this.#runs) throw invalidState('iterator was invalidated');
        if (api.sqlite3_step(this.#statement) !== ROW) break;
        yield this.#row();
      }
      if (api.sqlite3_reset(this.#statement) !== OK) connection.throwLast();
    } finally {
      if (run === this.#runs && this.#owner.isOpen()) api.sqlite3_reset(this.#statement);
    }
    return undefined;
  }

  /** Calls `act`, after which the statement is reset also where it throws. */
  #untilReset<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.#owner.connection.machine.api.sqlite3_reset(this.#statement);
      throw error;
    }
  }

  #row(): unknown {
    const { machine } = this.#owner.connection;
    const { api } = machine;
    const statement = this.#statement;
    const value = (column: number): unknown => {
      const read = valueAt(machine, api.sqlite3_column_value(statement, column), true);
      if (typeof read === 'bigint') return this.#integer(read);
      return Buffer.isBuffer(read) ? Uint8Array.from(read) : read;
    };
    const columns = Array.from({ length: api.sqlite3_column_count(statement) }, (_, column) => column);
    if (this.#settings.returnArrays) return columns.map(value);
    const row: Record<string, unknown> = Object.create(null);
    for (const column of columns)
      row[machine.text(api.sqlite3_column_name(statement, column)) ?? ''] = value(column);
    return row;
  }

  #integer(value: bigint): number | bigint {
    if (this.#settings.readBigInts) return value;
    if (Number.isSafeInteger(Number(value))) return Number(value);
    throw outOfRange(
      `Value is too large to be represented as a JavaScript number: ${value}. Call setReadBigInts(true) to read it.`,
    );
  }
}
