/**
 * Settings that `better-sqlite3` is compiled with, set where SQLite would have them from the start: when it first looks at the
 * file. SQLITE_DEFAULT_WAL_SYNCHRONOUS=1 is among them: with a write-ahead log `synchronous` is NORMAL, unless
 * the program sets it. The build that runs here has FULL for all journals. So this sets NORMAL where SQLite would.
 */
import fs from 'node:fs';
import type { Connection } from '../engine/connection.js';

const SETS_SYNCHRONOUS = /\bsynchronous\s*[=(]/i;
/** Asking for it does not read the file. */
const NAMES_SYNCHRONOUS = /\bsynchronous\b/i;
const NAMES_JOURNAL = /\bjournal_mode\b/i;
/** SQLITE_DEFAULT_CACHE_SIZE of better-sqlite3. */
const CACHE_KIB = 16_000;
/** Of the header of a database file: 2 stands for a write-ahead log. */
const WRITE_VERSION = { offset: 18, wal: 2 } as const;

const isWalFile = (path: string): boolean => {
  const header = Buffer.alloc(1);
  const descriptor = fs.openSync(path, 'r');
  try {
    fs.readSync(descriptor, header, 0, 1, WRITE_VERSION.offset);
  } finally {
    fs.closeSync(descriptor);
  }
  return header[0] === WRITE_VERSION.wal;
};

export class JournalSettings {
  private isLookedAt = false;
  private isSetByProgram = false;
  private isNormal = false;
  /** The journal mode may have changed: SQLite notices in the next statement that reads the file. */
  private isStale = false;

  constructor(
    private readonly connection: Connection,
    private readonly isFile: boolean,
  ) {}

  /** Before a statement is compiled, which is when SQLite first looks at the file. */
  before(sql: string): void {
    if (SETS_SYNCHRONOUS.test(sql)) this.isSetByProgram = true;
    if (this.isLookedAt) return;
    this.connection.runInternally(`PRAGMA cache_size = -${CACHE_KIB}`);
    this.isLookedAt = true;
    if (!this.isFile) return;
    const path = this.connection.filename('main');
    if (path !== undefined && isWalFile(path)) this.set(true);
  }

  /** After a statement has run. */
  after(sql: string): void {
    this.isStale ||= this.isFile && NAMES_JOURNAL.test(sql);
  }

  /** Before a statement runs. */
  beforeRun(sql: string): void {
    if (!this.isStale || NAMES_SYNCHRONOUS.test(sql) || this.connection.inTransaction) return;
    this.isStale = false;
    if (this.isSetByProgram) return;
    const { machine } = this.connection;
    const { handle } = this.connection.prepare('PRAGMA journal_mode');
    machine.api.sqlite3_step(handle);
    const mode = machine.text(machine.api.sqlite3_value_text(machine.api.sqlite3_column_value(handle, 0)));
    machine.api.sqlite3_finalize(handle);
    this.set(mode === 'wal');
  }

  private set(normal: boolean): void {
    if (this.isSetByProgram || this.isNormal === normal) return;
    this.isNormal = normal;
    this.connection.runInternally(`PRAGMA synchronous = ${normal ? 'NORMAL' : 'FULL'}`);
  }
}
