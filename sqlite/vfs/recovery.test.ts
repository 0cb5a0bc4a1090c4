/** What SQLite finds after a crash: files as they were in the middle of a transaction, copied while it was open. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from '../better-sqlite3/database.js';

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'sqlite-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

/** Fills a database with one transaction, starts another, and copies its files before that one ends. */
const crashWithin = (journal: string): string => {
  const path = join(directory, 'a.db');
  const db = new Database(path);
  db.pragma(`journal_mode = ${journal}`);
  db.pragma('cache_size = 1'); // pages go to the file before the commit
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)');
  const insert = db.prepare('INSERT INTO rows (text) VALUES (?)');
  const insertMany = (text: string): void => {
    for (let row = 0; row < 100; row++) insert.run(text.repeat(200));
  };
  db.transaction(() => insertMany('first'))();
  db.exec('BEGIN');
  db.exec("UPDATE rows SET text = 'changed'");
  insertMany('second');
  const after = join(directory, 'after');
  fs.mkdirSync(after);
  for (const name of fs.readdirSync(directory))
    if (name.startsWith('a.db')) fs.copyFileSync(join(directory, name), join(after, name));
  db.exec('ROLLBACK');
  db.close();
  return join(after, 'a.db');
};

describe('Database: opened after a crash', () => {
  it.each(['DELETE', 'TRUNCATE', 'PERSIST', 'WAL'])(
    'has what was committed, and nothing else: journal_mode=%s',
    (journal) => {
      const path = crashWithin(journal);
      const db = new Database(path);
      expect(db.prepare('SELECT count(*) FROM rows').pluck().get()).toBe(100);
      expect(db.prepare("SELECT count(*) FROM rows WHERE text LIKE 'first%'").pluck().get()).toBe(100);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    },
  );

  it('is not whole without its journal: the rollback is what mends it', () => {
    const path = crashWithin('DELETE');
    fs.rmSync(`${path}-journal`);
    const db = new Database(path);
    const lost = db.prepare("SELECT count(*) FROM rows WHERE text = 'changed'").pluck();
    expect(lost.get()).not.toBe(0);
    db.close();
  });
});
