/** SQLite's calls of `node:fs`, in their order: those of its own VFS for Unix. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database } from '../better-sqlite3/database.js';

let directory: string;
const calls: string[] = [];

/** Records which calls change the disk, by the end of the file's name. */
const record = (): void => {
  const names = new Map<number, string>();
  const nameOf = (path: unknown): string => String(path).slice(directory.length) || '/';
  const { openSync, fsyncSync, unlinkSync, writeSync, ftruncateSync } = fs;
  vi.spyOn(fs, 'openSync').mockImplementation((path, ...rest) => {
    const descriptor = openSync(path, ...rest);
    names.set(descriptor, nameOf(path));
    return descriptor;
  });
  vi.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
    calls.push(`fsync ${names.get(descriptor)}`);
    fsyncSync(descriptor);
  });
  vi.spyOn(fs, 'unlinkSync').mockImplementation((path) => {
    calls.push(`unlink ${nameOf(path)}`);
    unlinkSync(path);
  });
  vi.spyOn(fs, 'ftruncateSync').mockImplementation((descriptor, size) => {
    calls.push(`truncate ${names.get(descriptor)}`);
    ftruncateSync(descriptor, size);
  });
  vi.spyOn(fs, 'writeSync').mockImplementation(((
    descriptor: number,
    ...rest: [Buffer, number, number, number]
  ) => {
    const call = `write ${names.get(descriptor)}`;
    if (calls.at(-1) !== call) calls.push(call); // how often is SQLite's own business
    return writeSync(descriptor, ...rest);
  }) as typeof fs.writeSync); // one of its two forms: SQLite's files are written from bytes
};

const callsOf = (settings: readonly string[]): readonly string[] => {
  record();
  const db = new Database(join(directory, 'a.db'));
  for (const setting of settings) db.pragma(setting);
  db.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY)');
  const insert = db.prepare('INSERT INTO rows DEFAULT VALUES');
  insert.run(); // the first one starts a journal that is kept
  calls.length = 0;
  insert.run();
  const made = [...calls];
  db.close();
  vi.restoreAllMocks();
  return made;
};

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'sqlite-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(directory, { recursive: true });
});

const COMMIT = ['write /a.db-journal', 'fsync /a.db-journal'];

describe('Database: a commit calls node:fs in the order of SQLite on Unix', () => {
  it.each([
    // The header of the journal is written again, with the number of its pages, once they are synced.
    [
      'DELETE',
      'FULL',
      [...COMMIT, 'fsync /', ...COMMIT, 'write /a.db', 'fsync /a.db', 'unlink /a.db-journal'],
    ],
    [
      'DELETE',
      'EXTRA',
      [...COMMIT, 'fsync /', ...COMMIT, 'write /a.db', 'fsync /a.db', 'unlink /a.db-journal', 'fsync /'],
    ],
    ['DELETE', 'NORMAL', [...COMMIT, 'fsync /', 'write /a.db', 'fsync /a.db', 'unlink /a.db-journal']],
    ['DELETE', 'OFF', ['write /a.db-journal', 'write /a.db', 'unlink /a.db-journal']],
    ['WAL', 'FULL', ['write /a.db-wal', 'fsync /a.db-wal']],
    ['WAL', 'NORMAL', ['write /a.db-wal']],
    ['WAL', 'OFF', ['write /a.db-wal']],
    ['MEMORY', 'FULL', ['write /a.db', 'fsync /a.db']],
  ])('journal_mode=%s, synchronous=%s', (journal, synchronous, expected) => {
    expect(callsOf([`journal_mode=${journal}`, `synchronous=${synchronous}`])).toEqual(expected);
  });

  it('with a write-ahead log syncs no commit unless the program says so, as better-sqlite3 is compiled', () => {
    expect(callsOf(['journal_mode=WAL'])).toEqual(['write /a.db-wal']);
    expect(callsOf(['synchronous=FULL'])).toEqual(['write /a.db-wal', 'fsync /a.db-wal']);
    // A file that is in that mode already.
    expect(callsOf([])).toEqual(['write /a.db-wal']);
    expect(callsOf(['journal_mode=DELETE'])).toContain('fsync /a.db');
  });
});
