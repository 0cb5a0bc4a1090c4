/** In a life the modules are SQLite on the simulated disk; outside of one they are what they are. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../sim/define-suite/define-suite.js';
import { exploreSuite } from '../sim/explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import { installGuard } from '../sim/guard/guard.js';
import { type Driven, drive, OVER, until } from '../sim/life/drive.js';
import { World } from '../sim/life/world.js';
import { FIRST_LIFE } from '../sim/run/tape.js';
import { eager } from '../sim/scheduler/scheduler.js';
import { freshRequire, onSimulatedDisk } from './node-fs.js';
import type { Database, DatabaseSync } from './sqlite.js';

const require = createRequire(import.meta.url);

/** Runs `program` in a life of its own, to the end. @throws what it throws */
const inLife = async (program: () => void): Promise<void> => {
  const world = new World({ ...FIRST_LIFE, scheduling: eager() });
  const boot = onSimulatedDisk(program, { sqlite: true });
  const life = function* (): Driven<void> {
    const settled = yield* until(world, () => boot(world.environment));
    yield OVER;
    if (settled.status === 'rejected') throw settled.error;
  };
  await drive(life(), installGuard());
  expect(world.failures).toEqual([]);
};

const openBoth = (): readonly [Database, DatabaseSync] => {
  const Better = freshRequire(require, 'better-sqlite3') as typeof Database; // what it exports
  const builtin = freshRequire(require, 'node:sqlite') as { DatabaseSync: typeof DatabaseSync }; // this, too
  return [new Better('/a.db'), new builtin.DatabaseSync('/a.db')];
};

describe('onSimulatedDisk with sqlite: true', () => {
  it('gives both modules one SQLite, on the disk of the life and with its locks', async () => {
    await inLife(() => {
      const [better, sync] = openBoth();
      better.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY)');
      better.exec('BEGIN IMMEDIATE; INSERT INTO rows DEFAULT VALUES');
      expect(() => sync.exec('INSERT INTO rows DEFAULT VALUES')).toThrow(
        expect.objectContaining({ errcode: 5, message: 'database is locked' }),
      );
      better.exec('COMMIT');
      sync.exec('INSERT INTO rows DEFAULT VALUES');
      expect(better.prepare('SELECT id FROM rows').pluck().all()).toEqual([1, 2]);
      expect(fs.readdirSync('/')).toContain('a.db');
    });
    expect(fs.existsSync('/a.db')).toBe(false);
  });

  it('lets no database outlive its life', async () => {
    const kept: Database[] = [];
    await inLife(() => void kept.push(openBoth()[0]));
    await inLife(() => {
      openBoth()[0].exec('CREATE TABLE other (id)');
      expect(() => kept[0]?.exec('SELECT 1')).toThrow(expect.objectContaining({ code: 'SQLITE_LIFE_OVER' }));
    });
  });

  it('replaces nothing outside of a life', () => {
    expect(() => freshRequire(require, 'better-sqlite3')).toThrow(
      expect.objectContaining({ code: 'MODULE_NOT_FOUND' }),
    );
  });

  it('prepares a database with its schema, which every first life opens', async () => {
    const open = () => {
      const Better = freshRequire(require, 'better-sqlite3') as typeof Database; // what it exports
      const database = new Better('/a.db');
      database.pragma('synchronous = FULL');
      return database;
    };
    const result = await exploreSuite(
      defineSuite({
        name: 'rows of a prepared database',
        limits: { livesPerWorkload: 20, imagesPerCrashPoint: 4 },
        prepare: onSimulatedDisk(() => open().exec('CREATE TABLE rows (id); INSERT INTO rows VALUES (7)'), {
          sqlite: true,
        }),
        boot: onSimulatedDisk(() => open(), { sqlite: true }),
        commands: fc.constant([1]),
        perform: (database, id) => void database.prepare('INSERT INTO rows VALUES (?)').run(id),
        invariants: [
          {
            name: 'prepared',
            statement: 'The row of the prepared database is there.',
            check: (_history, database) =>
              database.prepare('SELECT id FROM rows').pluck().all().includes(7) ? undefined : 'it is gone',
          },
        ],
      }),
      { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, depth: 1 },
    );
    expect(result).toMatchObject({ verdict: 'holds', exploration: { closed: false } });
  });
});
