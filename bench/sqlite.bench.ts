/**
 * What a database costs a life: the same program on `powercut/sqlite` in a life of its own, on a database in memory there, and
 * on the native better-sqlite3 with a real file and no simulator. The baseline is a life without a database.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installGuard } from '../sim/guard/guard.js';
import { onSimulatedDisk } from '../sim/guard/on-simulated-disk.js';
import { type Driven, drive, OVER, until } from '../sim/life/drive.js';
import { World } from '../sim/life/world.js';
import { FIRST_LIFE } from '../sim/run/tape.js';
import { eager } from '../sim/scheduler/scheduler.js';
import { Database } from '../sqlite/better-sqlite3/database.js';
import { type Comparison, type Contender, compare } from './measuring/paired.js';
import { HOW_TO_INSTALL, peersSeenFrom } from './measuring/peer-stores.js';

const LIVES = 10;

/** The part of the API that is used here. */
interface Connection {
  exec(sql: string): unknown;
  close(): unknown;
}

const insertTwice = (db: Connection): void => {
  db.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT)');
  db.exec("INSERT INTO rows (text) VALUES ('one')");
  db.exec("INSERT INTO rows (text) VALUES ('two')");
  db.close();
};

const oneLife = async (program: () => void): Promise<void> => {
  const world = new World({ ...FIRST_LIFE, scheduling: eager() });
  const live = function* (): Driven<void> {
    const settled = yield* until(world, () => onSimulatedDisk(program)(world.environment));
    if (settled.status !== 'fulfilled') throw new Error('the life failed');
    yield OVER;
  };
  await drive(live(), installGuard());
};

const lives = (name: string, program: () => void): Contender => ({
  name,
  operations: LIVES,
  run: async () => {
    for (let life = 0; life < LIVES; life++) await oneLife(program);
  },
});

type Native = new (path: string) => Connection;

const nativeBetterSqlite = (): Native | undefined => {
  try {
    return createRequire(new URL('package.json', peersSeenFrom(import.meta.url)))('better-sqlite3') as Native; // what it exports
  } catch {
    console.log(HOW_TO_INSTALL);
    return undefined;
  }
};

const onRealFiles = (Native: Native): Contender => ({
  name: 'native, real file, no simulator: the same program',
  operations: LIVES,
  run: () => {
    for (let life = 0; life < LIVES; life++) {
      const directory = mkdtempSync(join(tmpdir(), 'sqlite-bench-'));
      insertTwice(new Native(join(directory, 'rows.db')));
      rmSync(directory, { recursive: true });
    }
  },
});

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const Native = nativeBetterSqlite();
  return [
    await compare(
      'lives with SQLite',
      lives('no database', () => undefined),
      [
        lives('opens a database, and reads its schema', () => {
          const db = new Database('/rows.db');
          db.prepare('SELECT 1 FROM sqlite_schema').all();
          db.close();
        }),
        lives('creates a table, and commits two rows', () => insertTwice(new Database('/rows.db'))),
        lives('the same in memory', () => insertTwice(new Database(':memory:'))),
        ...(Native === undefined ? [] : [onRealFiles(Native)]),
      ],
    ),
  ];
};
