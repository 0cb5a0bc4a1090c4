/** The modules that SQLite here stands in for, in a life. */
import { betterSqlite3 } from './better-sqlite3/module.js';
import { nodeSqlite } from './node-sqlite/module.js';
import { sqlite3 } from './sqlite3/module.js';

export const SQLITE_MODULES: Readonly<Record<string, () => object>> = {
  'better-sqlite3': betterSqlite3,
  'node:sqlite': nodeSqlite,
  sqlite3,
};
