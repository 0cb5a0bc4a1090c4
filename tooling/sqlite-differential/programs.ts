/** Random programs of SQL, for two implementations of the API of better-sqlite3. */
import * as fc from 'fast-check';

/** A call of the API, with what it is called on. */
export type Call =
  | { readonly kind: 'exec' | 'pragma' | 'get' | 'all' | 'pluck' | 'raw' | 'columns'; readonly sql: string }
  | { readonly kind: 'run'; readonly sql: string; readonly values: readonly unknown[] }
  | { readonly kind: 'transaction'; readonly rows: number; readonly fails: boolean }
  | { readonly kind: 'reopen' };

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string({ unit: 'grapheme' }),
  fc.constant(null),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

const READS = [
  'SELECT * FROM rows ORDER BY id',
  'SELECT id, typeof(value) AS type, length(value) FROM rows ORDER BY id',
  'SELECT count(*) AS count, sum(id) AS sum, max(value) FROM rows',
  'SELECT json_group_array(id) FROM (SELECT id FROM rows ORDER BY id)',
  'SELECT * FROM rows JOIN rows AS other USING (id) ORDER BY id LIMIT 3',
  'SELECT no_such_column FROM rows',
  'SELECT quote(value), hex(value) FROM rows ORDER BY id',
  'SELECT value FROM rows WHERE value > 0 ORDER BY value',
];

const WRITES = [
  'INSERT INTO rows VALUES (?, ?)',
  'INSERT OR REPLACE INTO rows VALUES (?, ?)',
  'UPDATE rows SET value = ?2 WHERE id > ?1',
  'DELETE FROM rows WHERE id = ? OR value = ?',
  'INSERT INTO rows (value) VALUES (?)',
  'INSERT INTO missing VALUES (?, ?)',
];

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('get', 'all', 'pluck', 'raw', 'columns'),
    sql: fc.constantFrom(...READS),
  }),
  fc.record({
    kind: fc.constant('run'),
    sql: fc.constantFrom(...WRITES),
    values: fc.tuple(fc.oneof(fc.integer({ min: -5, max: 30 }), value), value),
  }),
  fc.record({
    kind: fc.constant('transaction'),
    rows: fc.integer({ min: 1, max: 300 }),
    fails: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('pragma'),
    // Not `synchronous`: after a change of the journal it may report already what holds from the next transaction on.
    sql: fc.constantFrom(
      'journal_mode = WAL',
      'journal_mode = DELETE',
      'journal_mode = PERSIST',
      'journal_mode = TRUNCATE',
      'synchronous = FULL',
      'integrity_check',
      'page_size',
      'cache_size',
      'foreign_keys',
      'wal_checkpoint(TRUNCATE)',
      'user_version = 7',
      'table_info(rows)',
    ),
  }),
  fc.record({
    kind: fc.constant('exec'),
    sql: fc.constantFrom(
      'CREATE INDEX IF NOT EXISTS by_value ON rows (value); REINDEX',
      'SAVEPOINT a; INSERT INTO rows (value) VALUES (1); ROLLBACK TO a; RELEASE a',
      'VACUUM',
      'BEGIN; DELETE FROM rows; ROLLBACK',
      'this is no SQL',
      'COMMIT',
    ),
  }),
  fc.record({ kind: fc.constant('reopen') }),
);

export const programs: fc.Arbitrary<readonly Call[]> = fc.array(call, {
  minLength: 1,
  maxLength: 30,
  size: 'max',
});
