/**
 * SQLite itself, unmodified, as WebAssembly, on the simulated disk.
 *
 * With a rollback journal that is kept (PERSIST) and `synchronous=FULL` its documentation promises that a committed
 * transaction survives a power cut, whatever of the unsynced sectors does. With the journal deleted, FULL does not sync
 * the directory: the journal may come back and undo the last commit, and EXTRA is there for that. OFF promises nothing.
 *
 *   npx powercut run examples/sqlite/sqlite.suite.ts
 */
import { defineSuite, fc, type Invariant, type Suite } from 'powercut';
import { onSimulatedDisk } from 'powercut/node-fs';
import { type Database, openDatabase } from './database.js';

type Insert = { readonly type: 'insert' };

const TEXT = 'what a row has to say. '.repeat(40);

const isSound: Invariant<Database, Insert> = {
  name: 'integrity',
  statement: "SQLite's own integrity check finds nothing.",
  check: async (_history, database) => {
    const [[answer] = []] = await database.run('PRAGMA integrity_check');
    return answer === 'ok' ? undefined : `the integrity check says: ${answer}`;
  },
};

const areCommitted: Invariant<Database, Insert> = {
  name: 'durability',
  statement: 'Every committed row is there, as it was inserted.',
  check: async ({ commands }, database) => {
    const rows = new Map((await database.run('SELECT id, text FROM rows')) as [number, string][]); // as the table was made
    const lost = commands.find(
      ({ index, outcome }) => outcome.status === 'acknowledged' && rows.get(index) !== TEXT,
    );
    return lost === undefined ? undefined : `row ${lost.index + 1} was committed, and is gone`;
  },
};

const suite = (journal: string, synchronous: string, expected: 'safe' | 'unsafe'): Suite =>
  defineSuite<Database, Insert>({
    name: `sqlite, journal_mode=${journal}, synchronous=${synchronous}`,
    boot: onSimulatedDisk(async () => {
      const database = await openDatabase('/rows.db');
      await database.run(`
        PRAGMA page_size=1024;
        PRAGMA journal_mode=${journal};
        PRAGMA synchronous=${synchronous};
        CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT)`);
      return database;
    }),
    commands: fc.array(fc.constant<Insert>({ type: 'insert' }), { minLength: 1, maxLength: 2 }),
    perform: async (database, _command, { index }) => {
      await database.run(`INSERT OR REPLACE INTO rows VALUES (${index}, '${TEXT}')`);
    },
    invariants: [isSound, areCommitted],
    describe: () => 'insert a row',
    expected,
  });

export default [
  suite('PERSIST', 'FULL', 'safe'),
  suite('DELETE', 'EXTRA', 'safe'),
  suite('DELETE', 'FULL', 'unsafe'),
  suite('PERSIST', 'OFF', 'unsafe'),
];
