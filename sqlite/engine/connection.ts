/** A connection to a database, on which the APIs of Node's SQLite packages are built. */
import {
  ERROR,
  OK,
  OPEN_CREATE,
  OPEN_READONLY,
  OPEN_READWRITE,
  OPEN_URI,
  type Pointer,
} from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';
import { resultName } from './result-names.js';
import { currentSession, type Session } from './session.js';

/** What SQLite says went wrong. */
export interface SqliteFailure {
  /** Extended: https://sqlite.org/rescode.html */
  readonly code: number;
  /** `SQLITE_CONSTRAINT_UNIQUE` */
  readonly name: string;
  readonly message: string;
  /** What SQLite calls the code, in English. */
  readonly text: string;
  /** The error of `node:fs` behind an I/O error; undefined where there is none. */
  readonly cause: unknown;
}

/** Makes the error of an API from what went wrong. */
export type MakeError = (failure: SqliteFailure) => Error;

export interface OpenOptions {
  readonly isReadOnly: boolean;
  readonly mustExist: boolean;
  /** Whether `file:…?…` is a URI. */
  readonly allowsUri: boolean;
}

/** What `prepare` found: 0 where the text has no statement. */
export interface Prepared {
  readonly handle: Pointer;
  /** The text behind the statement. */
  readonly rest: string;
}

/** Codes whose cause is an error of `node:fs`, by their lower byte: PERM, READONLY, IOERR, FULL, CANTOPEN. */
const FROM_FILES = new Set([3, 8, 10, 13, 14]);

const PAGE_BYTES = 4096;

const DB_CONFIG = {
  foreignKeys: 1002,
  defensive: 1010,
  doubleQuotesInStatements: 1013,
  doubleQuotesInSchemas: 1014,
} as const;

export class Connection {
  readonly session: Session;
  readonly handle: Pointer;
  /** What a function of the program threw while SQL called it: the statement fails with that. */
  thrown: { readonly error: unknown } | undefined;

  /** @param makeError what the constructor and {@link throwLast} throw */
  constructor(
    filename: string,
    options: OpenOptions,
    private readonly makeError: MakeError,
  ) {
    this.session = currentSession();
    const { isReadOnly, mustExist, allowsUri } = options;
    const access = isReadOnly ? OPEN_READONLY : OPEN_READWRITE | (mustExist ? 0 : OPEN_CREATE);
    const { api } = this.machine;
    this.session.failure = undefined;
    const [code, handle] = this.machine.withText(filename, (name) =>
      this.machine.withRoom(1, (out) => {
        const opened = api.sqlite3_open_v2(name, out, access | (allowsUri ? OPEN_URI : 0), 0);
        return [opened, this.machine.pointer(out)] as const;
      }),
    );
    this.handle = handle;
    api.sqlite3_extended_result_codes(handle, 1);
    if (code === OK) return;
    const failure = this.failure();
    api.sqlite3_close_v2(handle);
    throw makeError(failure);
  }

  get machine(): Machine {
    return this.session.machine;
  }

  close(): void {
    const { api } = this.machine;
    for (
      let left = api.sqlite3_next_stmt(this.handle, 0);
      left !== 0;
      left = api.sqlite3_next_stmt(this.handle, 0)
    )
      api.sqlite3_finalize(left);
    api.sqlite3_close_v2(this.handle);
  }

  set foreignKeys(on: boolean) {
    this.configure(DB_CONFIG.foreignKeys, on);
  }

  set defensive(on: boolean) {
    this.configure(DB_CONFIG.defensive, on);
  }

  /** Whether text in double quotes may be a string where it names no column. */
  set doubleQuotes(allowed: boolean) {
    this.configure(DB_CONFIG.doubleQuotesInStatements, allowed);
    this.configure(DB_CONFIG.doubleQuotesInSchemas, allowed);
  }

  busyTimeout(ms: number): void {
    this.machine.api.sqlite3_busy_timeout(this.handle, ms);
  }

  /** Calls `note` each time that a lock of another connection is in the way, for which SQLite would wait. It never waits here. */
  whenLocked(note: () => void): void {
    const { lockNotes } = this.session;
    const id = lockNotes.size + 1;
    lockNotes.set(id, note);
    this.machine.api.sqlite3_busy_handler(this.handle, this.session.entry('busyHandler'), id);
  }

  /** Undefined: it has no file. */
  filename(schema: string): string | undefined {
    const { machine } = this;
    const name = machine.withText(schema, (text) =>
      machine.text(machine.api.sqlite3_db_filename(this.handle, text)),
    );
    return name === '' ? undefined : name;
  }

  /**
   * Sets the page size that SQLite has elsewhere: this build's own is twice that. A database that has content, in its file or in
   * a journal, keeps its page size.
   */
  setPageSizeOfNew(): void {
    const path = this.filename('main');
    const { files } = this.session;
    if (path === undefined || !(files.exists(path) || files.exists(`${path}-journal`)))
      this.runInternally(`PRAGMA page_size = ${PAGE_BYTES}`);
  }

  private configure(option: number, on: boolean): void {
    this.machine.api.sqlite3__wasm_db_config_ip(this.handle, option, on ? 1 : 0, 0);
  }

  /** Compiles the first statement of a text. @throws what `makeError` makes */
  prepare(sql: string, flags = 0): Prepared {
    const { api } = this.machine;
    const bytes = Buffer.from(sql, 'utf8');
    this.session.failure = undefined;
    return this.machine.withBytes(bytes, (text, length) =>
      this.machine.withRoom(2, (out) => {
        const code = api.sqlite3_prepare_v3(this.handle, text, length + 1, flags, out, out + 8);
        if (code !== OK) this.throwLast();
        const read = this.machine.pointer(out + 8) - text;
        return { handle: this.machine.pointer(out), rest: bytes.toString('utf8', read) };
      }),
    );
  }

  /** Runs one statement that is SQLite's own business, such as a PRAGMA, and returns nothing of it. */
  runInternally(sql: string): void {
    const { handle } = this.prepare(sql);
    const { api } = this.machine;
    api.sqlite3_step(handle);
    if (api.sqlite3_finalize(handle) !== OK) this.throwLast();
  }

  get inTransaction(): boolean {
    return this.machine.api.sqlite3_get_autocommit(this.handle) === 0;
  }

  failure(): SqliteFailure {
    const { api } = this.machine;
    return this.failureOf(
      api.sqlite3_extended_errcode(this.handle),
      this.machine.text(api.sqlite3_errmsg(this.handle)) ?? '',
    );
  }

  failureOf(code: number, given?: string): SqliteFailure {
    const text = this.machine.text(this.machine.api.sqlite3_errstr(code)) ?? '';
    const message = given ?? text;
    const cause = FROM_FILES.has(code & 0xff) ? this.session.failure : undefined;
    return { code, name: resultName(this.machine, code), message, text, cause };
  }

  /** What failed last: what a function of the program threw, or SQLite's own error. */
  throwLast(): never {
    const { thrown } = this;
    this.thrown = undefined;
    if (thrown !== undefined) throw thrown.error;
    throw this.makeError(this.failure());
  }

  throwCode(code: number): never {
    throw this.makeError(this.failureOf(code));
  }

  throwMessage(message: string): never {
    throw this.makeError(this.failureOf(ERROR, message));
  }
}
