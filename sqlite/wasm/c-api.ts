/** SQLite's C interface, as far as it is used here: the exports of its WebAssembly build, and its constants. */
import type { Table } from './assembly.js';

/** An address in the memory of an instance; 0 is null. */
export type Pointer = number;

type Db = Pointer;
type Stmt = Pointer;
type Text = Pointer;

/** Names and parameters are those of https://sqlite.org/c3ref/funclist.html. 64-bit integers are bigints. */
export interface CApi {
  readonly __indirect_function_table: Table;
  __wasm_call_ctors(): void;
  _emscripten_stack_restore(at: Pointer): void;
  emscripten_stack_get_current(): Pointer;
  sqlite3__wasm_config_i(option: number, value: number): number;
  sqlite3__wasm_db_config_ip(db: Db, option: number, value: number, result: Pointer): number;
  sqlite3__wasm_enum_json(): Text;
  sqlite3_initialize(): number;
  sqlite3_malloc(size: number): Pointer;
  sqlite3_free(at: Pointer): void;
  sqlite3_vfs_register(vfs: Pointer, isDefault: number): number;
  sqlite3_libversion(): Text;
  sqlite3_open_v2(name: Text, db: Pointer, flags: number, vfs: Text): number;
  sqlite3_close_v2(db: Db): number;
  sqlite3_extended_result_codes(db: Db, on: number): number;
  sqlite3_busy_timeout(db: Db, ms: number): number;
  sqlite3_busy_handler(db: Db, handler: Pointer, data: number): number;
  sqlite3_limit(db: Db, id: number, value: number): number;
  sqlite3_errmsg(db: Db): Text;
  sqlite3_errstr(code: number): Text;
  sqlite3_extended_errcode(db: Db): number;
  sqlite3_error_offset(db: Db): number;
  sqlite3_get_autocommit(db: Db): number;
  sqlite3_total_changes64(db: Db): bigint;
  sqlite3_changes64(db: Db): bigint;
  sqlite3_last_insert_rowid(db: Db): bigint;
  sqlite3_db_filename(db: Db, name: Text): Text;
  sqlite3_prepare_v3(db: Db, sql: Text, bytes: number, flags: number, stmt: Pointer, tail: Pointer): number;
  sqlite3_step(stmt: Stmt): number;
  sqlite3_reset(stmt: Stmt): number;
  sqlite3_finalize(stmt: Stmt): number;
  sqlite3_clear_bindings(stmt: Stmt): number;
  sqlite3_next_stmt(db: Db, stmt: Stmt): Stmt;
  sqlite3_stmt_readonly(stmt: Stmt): number;
  sqlite3_stmt_status(stmt: Stmt, counter: number, reset: number): number;
  sqlite3_sql(stmt: Stmt): Text;
  sqlite3_expanded_sql(stmt: Stmt): Text;
  sqlite3_column_count(stmt: Stmt): number;
  sqlite3_column_name(stmt: Stmt, column: number): Text;
  sqlite3_column_origin_name(stmt: Stmt, column: number): Text;
  sqlite3_column_table_name(stmt: Stmt, column: number): Text;
  sqlite3_column_database_name(stmt: Stmt, column: number): Text;
  sqlite3_column_decltype(stmt: Stmt, column: number): Text;
  sqlite3_column_value(stmt: Stmt, column: number): Pointer;
  sqlite3_bind_parameter_count(stmt: Stmt): number;
  sqlite3_bind_parameter_name(stmt: Stmt, index: number): Text;
  sqlite3_bind_null(stmt: Stmt, index: number): number;
  sqlite3_bind_double(stmt: Stmt, index: number, value: number): number;
  sqlite3_bind_int64(stmt: Stmt, index: number, value: bigint): number;
  sqlite3_bind_text(stmt: Stmt, index: number, text: Text, bytes: number, destructor: number): number;
  sqlite3_bind_blob(stmt: Stmt, index: number, blob: Pointer, bytes: number, destructor: number): number;
  sqlite3_value_type(value: Pointer): number;
  sqlite3_value_int64(value: Pointer): bigint;
  sqlite3_value_double(value: Pointer): number;
  sqlite3_value_text(value: Pointer): Text;
  sqlite3_value_blob(value: Pointer): Pointer;
  sqlite3_value_bytes(value: Pointer): number;
  sqlite3_result_null(context: Pointer): void;
  sqlite3_result_double(context: Pointer, value: number): void;
  sqlite3_result_int64(context: Pointer, value: bigint): void;
  sqlite3_result_text(context: Pointer, text: Text, bytes: number, destructor: number): void;
  sqlite3_result_blob(context: Pointer, blob: Pointer, bytes: number, destructor: number): void;
  sqlite3_result_error(context: Pointer, text: Text, bytes: number): void;
  sqlite3_user_data(context: Pointer): Pointer;
  sqlite3_aggregate_context(context: Pointer, bytes: number): Pointer;
  sqlite3_create_function_v2(
    db: Db,
    name: Text,
    count: number,
    flags: number,
    data: Pointer,
    call: Pointer,
    step: Pointer,
    final: Pointer,
    destroy: Pointer,
  ): number;
  sqlite3_create_window_function(
    db: Db,
    name: Text,
    count: number,
    flags: number,
    data: Pointer,
    step: Pointer,
    final: Pointer,
    value: Pointer,
    inverse: Pointer,
    destroy: Pointer,
  ): number;
  sqlite3_serialize(db: Db, schema: Text, size: Pointer, flags: number): Pointer;
  sqlite3_deserialize(db: Db, schema: Text, data: Pointer, size: bigint, room: bigint, flags: number): number;
  sqlite3_backup_init(to: Db, toName: Text, from: Db, fromName: Text): Pointer;
  sqlite3_backup_step(backup: Pointer, pages: number): number;
  sqlite3_backup_finish(backup: Pointer): number;
  sqlite3_backup_remaining(backup: Pointer): number;
  sqlite3_backup_pagecount(backup: Pointer): number;
}

export const OK = 0;
export const ERROR = 1;
export const BUSY = 5;
export const NOMEM = 7;
const IOERR = 10;
export const NOTFOUND = 12;
export const FULL = 13;
export const CANTOPEN = 14;
export const TOOBIG = 18;
export const RANGE = 25;
export const ROW = 100;
export const DONE = 101;

/** The extended codes of an I/O error, by the call that failed. */
export const IOERR_READ = IOERR | (1 << 8);
export const IOERR_SHORT_READ = IOERR | (2 << 8);
export const IOERR_WRITE = IOERR | (3 << 8);
export const IOERR_FSYNC = IOERR | (4 << 8);
export const IOERR_DIR_FSYNC = IOERR | (5 << 8);
export const IOERR_TRUNCATE = IOERR | (6 << 8);
export const IOERR_FSTAT = IOERR | (7 << 8);
export const IOERR_DELETE = IOERR | (10 << 8);
export const IOERR_DELETE_NOENT = IOERR | (23 << 8);
export const OK_SYMLINK = 2 << 8;

export const OPEN_READONLY = 0x1;
export const OPEN_READWRITE = 0x2;
export const OPEN_CREATE = 0x4;
export const OPEN_DELETEONCLOSE = 0x8;
export const OPEN_EXCLUSIVE = 0x10;
export const OPEN_URI = 0x40;
export const OPEN_MAIN_DB = 0x100;
export const OPEN_MAIN_JOURNAL = 0x800;
export const OPEN_SUPER_JOURNAL = 0x4000;
export const OPEN_WAL = 0x80000;

export const INTEGER = 1;
export const FLOAT = 2;
export const TEXT = 3;
export const BLOB = 4;

/** SQLite takes a copy of the text or blob before it returns. */
export const TRANSIENT = -1;
