import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseSync } from './database-sync.js';

let directory: string;
let db: DatabaseSync;

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'sqlite-'));
  db = new DatabaseSync(join(directory, 'a.db'));
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, value)');
});
afterEach(() => {
  if (db.isOpen) db.close();
  fs.rmSync(directory, { recursive: true });
});

describe('StatementSync', () => {
  it('run, get, all and iterate bind positions and names', () => {
    expect(db.prepare('INSERT INTO rows VALUES (?, ?)').run(1, 'one')).toEqual({
      lastInsertRowid: 1,
      changes: 1,
    });
    db.prepare('INSERT INTO rows VALUES ($id, :value)').run({ id: 2, ':value': new Uint8Array([1, 2]) });
    const all = db.prepare('SELECT * FROM rows');
    expect(all.all().map((row) => ({ ...Object(row) }))).toEqual([
      { id: 1, value: 'one' },
      { id: 2, value: new Uint8Array([1, 2]) },
    ]);
    expect([...all.iterate()]).toHaveLength(2);
    expect(Object.getPrototypeOf(all.get())).toBe(null);
    expect(db.prepare('SELECT * FROM rows WHERE id = 3').get()).toBe(undefined);
  });

  it('reads integers beyond 2^53 as bigints, or throws', () => {
    db.prepare('INSERT INTO rows VALUES (?, NULL)').run(2n ** 60n);
    const ids = db.prepare('SELECT id FROM rows');
    expect(() => ids.get()).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    ids.setReadBigInts(true);
    expect({ ...Object(ids.get()) }).toEqual({ id: 2n ** 60n });
  });

  it.each([
    ['a value of no type', [Symbol('x')], 'ERR_INVALID_ARG_TYPE'],
    ['undefined', [undefined], 'ERR_INVALID_ARG_TYPE'],
    ['a bigint beyond 64 bits', [2n ** 64n], 'ERR_INVALID_ARG_VALUE'],
    ['an unknown name', [{ unknown: 1 }], 'ERR_INVALID_STATE'],
    ['more values than parameters', [1, 2], 'ERR_SQLITE_ERROR'],
  ])('refuses %s', (_what, args, code) => {
    expect(() => db.prepare('SELECT $a').run(...args)).toThrow(expect.objectContaining({ code }));
  });

  it('ends with its database, and with a later run', () => {
    const rows = db.prepare('SELECT 1 UNION SELECT 2');
    const iterator = rows.iterate();
    iterator.next();
    rows.all();
    expect(() => iterator.next()).toThrow('iterator was invalidated');
    db.close();
    expect(() => rows.all()).toThrow('statement has been finalized');
  });
});

describe('DatabaseSync', () => {
  it("reports SQLite's errors with its codes", () => {
    db.exec('INSERT INTO rows VALUES (1, NULL)');
    expect(() => db.exec('INSERT INTO rows VALUES (1, NULL)')).toThrow(
      expect.objectContaining({ code: 'ERR_SQLITE_ERROR', errcode: 1555, errstr: 'constraint failed' }),
    );
  });

  it('calls functions and aggregates, and throws what they throw', () => {
    db.function('twice', (n: number) => n * 2);
    db.aggregate('total', { start: 0, step: (sum: number, n: number) => sum + n });
    expect({ ...Object(db.prepare('SELECT twice(2) AS a, total(3) AS b').get()) }).toEqual({ a: 4, b: 3 });
    db.function('fail', () => {
      throw new RangeError('on purpose');
    });
    expect(() => db.exec('SELECT fail()')).toThrow(RangeError);
  });

  it('has its own defaults: pages of 4096 bytes, synchronous=FULL, foreign keys', () => {
    const pragma = (name: string): unknown => Object.values(Object(db.prepare(`PRAGMA ${name}`).get()))[0];
    expect([pragma('page_size'), pragma('synchronous'), pragma('foreign_keys')]).toEqual([4096, 2, 1]);
    expect(db.location()).toBe(fs.realpathSync(join(directory, 'a.db')));
  });

  it('says what it can not do', () => {
    expect(() => db.loadExtension()).toThrow(expect.objectContaining({ code: 'SQLITE_UNSUPPORTED' }));
  });
});
