/**
 * Runs random programs on `powercut/sqlite` and on the native better-sqlite3, both on real files. Results, errors and the rows
 * that are left must be the same, and each must be able to read the other's file.
 *
 *   npm ci --prefix bench/peers && npm run test:sqlite-differential -- [PROGRAMS] [SEED]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Native from 'better-sqlite3';
import * as fc from 'fast-check';
import { betterSqlite3 } from '../../sqlite/better-sqlite3/module.js';
import { type Call, programs } from './programs.js';

type Implementation = typeof Native;

const native = createRequire(new URL('../../bench/peers/package.json', import.meta.url))(
  'better-sqlite3',
) as Implementation; // its types are those of the package
const ours = betterSqlite3() as Implementation; // the API that is under test

const perform = (db: Native.Database, call: Call): unknown => {
  switch (call.kind) {
    case 'exec':
      return db.exec(call.sql) === db;
    case 'pragma':
      return db.pragma(call.sql);
    case 'get':
      return db.prepare(call.sql).get();
    case 'all':
      return db.prepare(call.sql).safeIntegers().all();
    case 'pluck':
      return db.prepare(call.sql).pluck().all();
    case 'raw':
      return [...db.prepare(call.sql).raw().iterate()];
    case 'columns':
      return db.prepare(call.sql).columns();
    case 'run':
      return db.prepare(call.sql).run(...call.values);
    case 'transaction': {
      const insert = db.prepare('INSERT INTO rows (value) VALUES (?)');
      return db.transaction(() => {
        for (let row = 0; row < call.rows; row++) insert.run(`row ${row} `.repeat(20));
        if (call.fails) throw new Error('on purpose');
      })();
    }
    default:
      throw new Error(`${call.kind} is no call`);
  }
};

/** A result or an error as text: of errors the class, the code and the message. */
const outcomeOf = (act: () => unknown): string => {
  try {
    return fc.stringify(act());
  } catch (error) {
    const { name, message } = error as Error; // both throw errors only
    return `${name} ${String(Reflect.get(Object(error), 'code'))}: ${message}`;
  }
};

const ROWS = 'SELECT id, quote(value) AS value FROM rows ORDER BY id';

const run = (Database: Implementation, path: string, calls: readonly Call[]): readonly string[] => {
  let db = new Database(path);
  const outcomes = [outcomeOf(() => db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, value)') === db)];
  for (const call of calls) {
    if (call.kind === 'reopen') {
      db.close();
      db = new Database(path);
    } else outcomes.push(outcomeOf(() => perform(db, call)));
  }
  outcomes.push(outcomeOf(() => db.prepare(ROWS).all()));
  db.close();
  return outcomes;
};

const rowsOf = (Database: Implementation, path: string): string => {
  const db = new Database(path, { readonly: true });
  const rows = outcomeOf(() => [db.pragma('integrity_check'), db.prepare(ROWS).all()]);
  db.close();
  return rows;
};

const check = (calls: readonly Call[]): void => {
  const directory = mkdtempSync(join(tmpdir(), 'sqlite-differential-'));
  try {
    const [a, b] = [join(directory, 'native.db'), join(directory, 'ours.db')];
    const [expected, found] = [run(native, a, calls), run(ours, b, calls)];
    const different = expected.findIndex((outcome, index) => outcome !== found[index]);
    if (different >= 0)
      throw new Error(`outcome ${different}: native ${expected[different]}, ours ${found[different]}`);
    if (rowsOf(native, b) !== rowsOf(ours, a)) throw new Error("one does not read the other's file");
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const [numRuns = 300, seed = 1] = process.argv.slice(2).map(Number);
const {
  failed,
  counterexample,
  numRuns: ran,
  errorInstance,
} = fc.check(fc.property(programs, check), { numRuns, seed });
if (failed) {
  console.error(fc.stringify(counterexample), errorInstance);
  process.exitCode = 1;
} else console.log(`${ran} programs (seed ${seed}): no difference.`);
