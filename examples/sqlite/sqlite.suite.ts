/**
 * An unmodified program on better-sqlite3, with SQLite on the simulated disk.
 *
 * SQLite's documentation promises that a committed transaction survives a power cut: with a write-ahead log and
 * `synchronous=FULL`, and with a rollback journal that is deleted and `synchronous=EXTRA`. With FULL the directory is not synced:
 * the deleted journal may come back and undo the last commit. OFF promises nothing. A write-ahead log with NORMAL, the
 * default of better-sqlite3, may lose the last commits, and stays sound.
 *
 * A rollback journal that is kept (PERSIST) survives each power cut with FULL, and not each kill of the process before one. A commit
 * overwrites the header of the journal with zeros. The process is killed before it syncs them. The next process sees the
 * zeros in the page cache and begins its own transaction in the same file. The power fails before its first sync: the old header
 * may be on the disk, with new records behind it. The next start takes the journal for one that must be rolled back, cuts the database to the size in
 * that header, and finds no record of that transaction: what the database had grown by is gone.
 *
 * The safe ones are explored on a disk that keeps the order of names and sizes, as ext4 does. On one that orders nothing
 * SQLite can lose a new database to three crashes: a power cut tears the first transaction. The restart rolls it
 * back by cutting the database to 0 bytes, and is killed before it syncs that. The next start finds an empty database with a
 * journal, and deletes the journal ("the initial transaction that populates a new database is being rolled back", pager.c,
 * hasHotJournal). The power fails again: the deletion is on the disk, and the cut is not.
 *
 * A retry that changes nothing syncs nothing either. With INSERT OR IGNORE it answers from the page cache of a killed process, whose
 * commit may not be on the disk: an acknowledged row is lost.
 *
 *   npx powercut run examples/sqlite/sqlite.suite.ts
 */
import { type DiskModelName, defineSuite, fc, type Invariant, type Suite } from 'powercut';
import { freshProgram } from 'powercut/node-fs';
import type { Rows, Settings } from './programs/rows.js';

type Program = typeof import('./programs/rows.js');
type Insert = { readonly type: 'insert' };

const isSound: Invariant<Rows, Insert> = {
  name: 'integrity',
  statement: "SQLite's own integrity check finds nothing.",
  check: (_history, rows) => {
    const answer = rows.integrity();
    return answer === 'ok' ? undefined : `the integrity check says: ${answer}`;
  },
};

const areCommitted: Invariant<Rows, Insert> = {
  name: 'durability',
  statement: 'Every committed row is there, as it was inserted.',
  check: ({ commands }, rows) => {
    const ids = new Set(rows.ids());
    const lost = commands.find(({ index, outcome }) => outcome.status === 'acknowledged' && !ids.has(index));
    return lost === undefined ? undefined : `row ${lost.index + 1} was committed, and is gone`;
  },
};

interface Expectation {
  readonly expected: 'safe' | 'unsafe';
  readonly disk?: DiskModelName;
  /** Stands behind the name. */
  readonly on?: string;
}

const suite = (settings: Settings, { expected, disk = 'posix', on = '' }: Expectation): Suite =>
  defineSuite<Rows, Insert>({
    name: `sqlite, journal_mode=${settings.journal}, synchronous=${settings.synchronous ?? 'default'}${on}`,
    boot: freshProgram(
      new URL('./programs/rows.ts', import.meta.url),
      ({ openRows }: Program) => openRows('/rows.db', { pageBytes: 1024, ...settings }),
      { sqlite: true },
    ),
    commands: fc.array(fc.constant<Insert>({ type: 'insert' }), { minLength: 1, maxLength: 2 }),
    perform: (rows, _command, { index }) => rows.insert(index),
    invariants: [isSound, areCommitted],
    describe: () => 'insert a row',
    disk,
    expected,
  });

const SAFE: Expectation = { expected: 'safe', disk: 'ext4-delalloc' };
const UNSAFE: Expectation = { expected: 'unsafe' };

export default [
  suite({ journal: 'DELETE', synchronous: 'EXTRA' }, SAFE),
  suite({ journal: 'WAL', synchronous: 'FULL' }, SAFE),
  suite({ journal: 'PERSIST', synchronous: 'FULL' }, { ...SAFE, expected: 'unsafe' }),
  suite({ journal: 'PERSIST', synchronous: 'FULL' }, { ...UNSAFE, on: ', on a disk that orders nothing' }),
  suite(
    { journal: 'PERSIST', synchronous: 'FULL', ifThere: 'IGNORE' },
    { ...SAFE, expected: 'unsafe', on: ', INSERT OR IGNORE' },
  ),
  suite({ journal: 'WAL' }, UNSAFE),
  suite({ journal: 'DELETE', synchronous: 'FULL' }, UNSAFE),
  suite({ journal: 'PERSIST', synchronous: 'OFF' }, UNSAFE),
];
