/** The rows of a statement, in the shapes that `better-sqlite3` returns. */

import { type SqlValue, valueAt } from '../engine/values.js';
import type { Pointer } from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';

/** `flat`: an object; `pluck`: the first column; `expand`: an object of objects, by table; `raw`: an array. */
export type RowMode = 'flat' | 'pluck' | 'expand' | 'raw';

/** A statement that changed the schema it was compiled for is compiled again, and may have other columns. */
const STATUS_REPREPARE = 5;

/** Where it has no table: an expression. */
const NO_TABLE = '$';

export class RowReader {
  private names: readonly string[] = [];
  private reprepared = -1;

  constructor(
    private readonly machine: Machine,
    private readonly statement: Pointer,
  ) {}

  read(mode: RowMode, wantsBigints: boolean): unknown {
    const value = (column: number): SqlValue =>
      valueAt(this.machine, this.machine.api.sqlite3_column_value(this.statement, column), wantsBigints);
    switch (mode) {
      case 'pluck':
        return value(0);
      case 'raw':
        return Array.from({ length: this.machine.api.sqlite3_column_count(this.statement) }, (_, column) =>
          value(column),
        );
      case 'expand':
        return this.expanded(value);
      case 'flat': {
        const row: Record<string, SqlValue> = {};
        for (const [column, name] of this.columnNames().entries()) row[name] = value(column);
        return row;
      }
      default:
        return mode satisfies never;
    }
  }

  private expanded(value: (column: number) => SqlValue): object {
    const row: Record<string, Record<string, SqlValue>> = {};
    const { machine, statement } = this;
    for (const [column, name] of this.columnNames().entries()) {
      const table = machine.text(machine.api.sqlite3_column_table_name(statement, column)) ?? NO_TABLE;
      const of = Object.hasOwn(row, table) ? row[table] : undefined;
      if (of === undefined) row[table] = { [name]: value(column) };
      else of[name] = value(column);
    }
    return row;
  }

  private columnNames(): readonly string[] {
    const { machine, statement } = this;
    const { api } = machine;
    const reprepared = api.sqlite3_stmt_status(statement, STATUS_REPREPARE, 0);
    if (reprepared !== this.reprepared) {
      this.names = Array.from(
        { length: api.sqlite3_column_count(statement) },
        (_, column) => machine.text(api.sqlite3_column_name(statement, column)) ?? '',
      );
      this.reprepared = reprepared;
    }
    return this.names;
  }
}
