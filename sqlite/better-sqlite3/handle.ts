/** What a database and its statements share: the connection, and what is going on on it. */

import type { Connection } from '../engine/connection.js';
import type { Pointer } from '../wasm/c-api.js';
import { JournalSettings } from './journal-settings.js';

/** What has to be freed before the connection is closed. */
interface Closing {
  close(): void;
}

export class Handle {
  isOpen = true;
  isBusy = false;
  isUnsafe = false;
  wantsBigints = false;
  iterators = 0;
  readonly closings = new Set<Closing>();
  readonly journal: JournalSettings;

  constructor(
    readonly connection: Connection,
    private readonly logger: ((sql: string) => unknown) | undefined,
    isFile: boolean,
  ) {
    this.journal = new JournalSettings(connection, isFile);
  }

  requireOpen(): void {
    if (!this.isOpen) throw new TypeError('The database connection is not open');
  }

  requireIdle(): void {
    if (this.isBusy) throw new TypeError('This database connection is busy executing a query');
  }

  requireNoIterators(): void {
    if (this.iterators > 0) throw new TypeError('This database connection is busy executing a query');
  }

  requireNoIteratorsUnlessUnsafe(): void {
    if (!this.isUnsafe) this.requireNoIterators();
  }

  /** Calls `act`; until it returns, nothing else may use the connection. */
  busily<T>(act: () => T): T {
    this.isBusy = true;
    try {
      return act();
    } finally {
      this.isBusy = false;
    }
  }

  /** Tells `verbose` of a statement, with the values of its parameters. */
  log(statement: Pointer): void {
    if (this.logger === undefined) return;
    const { machine } = this.connection;
    const expanded = machine.api.sqlite3_expanded_sql(statement);
    const text = machine.text(expanded === 0 ? machine.api.sqlite3_sql(statement) : expanded) ?? '';
    machine.api.sqlite3_free(expanded);
    Reflect.apply(this.logger, undefined, [text]);
  }

  close(): void {
    for (const closing of this.closings) closing.close();
    this.closings.clear();
    this.isOpen = false;
    this.connection.close();
  }
}
