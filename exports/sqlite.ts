/**
 * `powercut/sqlite`: SQLite as WebAssembly on `node:fs`, with the APIs of `better-sqlite3` and `node:sqlite`. In a life its files are on the
 * simulated disk. A suite does not need to import it: see `sqlite: true` of `powercut/node-fs`.
 *
 * @module
 */
export type { BackupProgress } from '../sqlite/better-sqlite3/backup.js';
export { Database } from '../sqlite/better-sqlite3/database.js';
export { SqliteError } from '../sqlite/better-sqlite3/sqlite-error.js';
export type { Column, RunResult, Statement } from '../sqlite/better-sqlite3/statement.js';
export type { StatementIterator } from '../sqlite/better-sqlite3/statement-iterator.js';
export { DatabaseSync } from '../sqlite/node-sqlite/database-sync.js';
export type { StatementSync } from '../sqlite/node-sqlite/statement-sync.js';
