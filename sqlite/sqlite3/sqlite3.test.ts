import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Database } from './database.js';
import { sqlite3 } from './module.js';
import { Statement } from './statement.js';

let directory: string;
let path: string;
const opened: Database[] = [];

const open = (...args: unknown[]): Database => {
  const db = new Database(path, ...args);
  opened.push(db);
  return db;
};

/** Calls a method whose callback comes last, and resolves to what the callback gets, and to its `this`. */
const call = (act: (done: (error: unknown, value?: unknown) => void) => unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    act((error, value) => (error ? reject(error) : resolve(value)));
  });
const run = (db: Database, sql: string, ...values: unknown[]): Promise<unknown> =>
  call((done) => db.run(sql, ...values, done));
const all = (db: Database, sql: string, ...values: unknown[]): Promise<unknown> =>
  call((done) => db.all(sql, ...values, done));
const closed = (db: Database): Promise<unknown> => call((done) => db.close(done));

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'sqlite3-'));
  path = join(directory, 'a.db');
});
afterEach(async () => {
  for (const db of opened.splice(0)) if (db.open) await closed(db);
  fs.rmSync(directory, { recursive: true });
});

const withRows = async (): Promise<Database> => {
  const db = open();
  await run(db, 'CREATE TABLE rows (id INTEGER PRIMARY KEY, value)');
  return db;
};

describe('Database', () => {
  it('calls back when it is open, and queues what is asked before', async () => {
    const order: string[] = [];
    const db = open(() => order.push('open'));
    db.on('open', () => order.push('event'));
    expect(db.open).toBe(false);
    await call((done) => db.get('SELECT 1 AS one', (error: unknown, row: unknown) => done(error, row))).then(
      (row) => order.push(JSON.stringify(row)),
    );
    expect(order).toEqual(['open', 'event', '{"one":1}']);
  });

  it('run sets lastID and changes of the statement', async () => {
    const db = await withRows();
    const did = await new Promise<Statement>((resolve) => {
      db.run("INSERT INTO rows (value) VALUES ('a'), ('b')", function (this: Statement) {
        resolve(this);
      });
    });
    expect([did.lastID, did.changes]).toEqual([2, 2]);
  });

  it('takes text in double quotes for a string where it names no column', async () => {
    const db = await withRows();
    await run(db, 'CREATE TABLE others (value DEFAULT "none")');
    await run(db, 'INSERT INTO rows (value) VALUES ("text")');
    expect(await all(db, 'SELECT value FROM rows WHERE value = "text"')).toEqual([{ value: 'text' }]);
  });

  it('binds lists, values one by one, and names with their prefix', async () => {
    const db = await withRows();
    await run(db, 'INSERT INTO rows VALUES (?, ?)', [1, 'list']);
    await run(db, 'INSERT INTO rows VALUES (?, ?)', 2, true);
    await run(db, 'INSERT INTO rows VALUES ($id, @value)', { $id: 3, '@value': Buffer.from('x') });
    await run(db, 'INSERT INTO rows VALUES (?, ?)', [4, { its: 'text' }]);
    await run(db, 'INSERT INTO rows VALUES (?2, ?1)', { 2: 5, 1: new Date(7.5) });
    expect(await all(db, 'SELECT *, typeof(value) AS type FROM rows ORDER BY id')).toEqual([
      { id: 1, value: 'list', type: 'text' },
      { id: 2, value: 1, type: 'integer' },
      { id: 3, value: Buffer.from('x'), type: 'blob' },
      { id: 4, value: '[object Object]', type: 'text' },
      { id: 5, value: 7, type: 'real' },
    ]);
  });

  it('leaves out what it has no type for', async () => {
    const db = await withRows();
    await run(db, 'INSERT INTO rows VALUES (?, ?)', [1, undefined]);
    await run(db, 'INSERT INTO rows VALUES (?, ?)', [2, 2n]);
    expect(await all(db, 'SELECT value FROM rows')).toEqual([{ value: null }, { value: null }]);
  });

  it("errors have SQLite's primary code and its name", async () => {
    const db = await withRows();
    await run(db, 'INSERT INTO rows VALUES (1, 1)');
    await expect(run(db, 'INSERT INTO rows VALUES (1, 2)')).rejects.toMatchObject({
      errno: 19,
      code: 'SQLITE_CONSTRAINT',
      message: 'SQLITE_CONSTRAINT: UNIQUE constraint failed: rows.id',
    });
    await expect(run(db, 'SELECT * FROM none')).rejects.toMatchObject({ errno: 1, code: 'SQLITE_ERROR' });
    await expect(run(db, 'SELECT ?', 1, 2)).rejects.toMatchObject({ errno: 25, code: 'SQLITE_RANGE' });
  });

  it('errors that no callback gets are events', async () => {
    const db = new Database(join(directory, 'none', 'a.db'));
    const error = await new Promise((resolve) => db.on('error', resolve));
    expect(error).toMatchObject({ code: 'SQLITE_CANTOPEN' });
  });

  it('exec runs all statements, up to the first that fails', async () => {
    const db = await withRows();
    const sql =
      'INSERT INTO rows VALUES (1, 1); INSERT INTO rows VALUES (1, 1); INSERT INTO rows VALUES (2, 2)';
    await expect(call((done) => db.exec(sql, done))).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' });
    expect(await all(db, 'SELECT id FROM rows')).toEqual([{ id: 1 }]);
  });

  it('each and map give the rows', async () => {
    const db = await withRows();
    await run(db, "INSERT INTO rows VALUES (1, 'a'), (2, 'b')");
    const rows: unknown[] = [];
    const count = await call((done) =>
      db.each('SELECT * FROM rows', (_error: unknown, row: unknown) => rows.push(row), done),
    );
    expect([count, rows.length]).toEqual([2, 2]);
    expect(await call((done) => db.map('SELECT id, value FROM rows', done))).toEqual({ 1: 'a', 2: 'b' });
  });

  it('prepares statements of one serialize only after the ones before have run', async () => {
    const create = 'CREATE TABLE later (id)';
    const insert = 'INSERT INTO later VALUES (1)';
    const db = open();
    await call((done) => db.wait(done));
    const failed = call((done) => {
      db.run(create);
      db.run(insert, done);
    });
    await expect(failed).rejects.toMatchObject({ message: 'SQLITE_ERROR: no such table: later' });
    await run(db, 'DROP TABLE later');
    await call((done) =>
      db.serialize(() => {
        db.run(create);
        db.run(insert, done);
      }),
    );
    expect(await all(db, 'SELECT * FROM later')).toEqual([{ id: 1 }]);
  });

  it('close waits for what has begun, and refuses what comes later', async () => {
    const db = await withRows();
    const inserted = run(db, 'INSERT INTO rows VALUES (1, 1)');
    const end = closed(db);
    await inserted;
    await end;
    expect(db.open).toBe(false);
    await expect(run(db, 'SELECT 1')).rejects.toMatchObject({
      code: 'SQLITE_MISUSE',
      message: 'SQLITE_MISUSE: Database is closed',
    });
  });

  it('close fails while a statement is open', async () => {
    const db = await withRows();
    const statement = db.prepare('SELECT 1');
    await expect(closed(db)).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    await call((done) => statement.finalize(done));
    await closed(db);
  });

  it('waits for the lock of another connection, up to its busy timeout', async () => {
    const holder = await withRows();
    const other = open();
    await run(holder, 'BEGIN IMMEDIATE');
    const waiting = run(other, 'INSERT INTO rows VALUES (1, 1)');
    setTimeout(() => holder.run('COMMIT'), 20);
    await waiting;
    expect(await all(holder, 'SELECT id FROM rows')).toEqual([{ id: 1 }]);

    other.configure('busyTimeout', 10);
    await run(holder, 'BEGIN IMMEDIATE');
    await expect(run(other, 'INSERT INTO rows VALUES (2, 2)')).rejects.toMatchObject({
      code: 'SQLITE_BUSY',
      message: 'SQLITE_BUSY: database is locked',
    });
    await run(holder, 'ROLLBACK');
  });

  it('does not wait where SQLite would not: a reader that must write what has changed', async () => {
    const reader = await withRows();
    await run(reader, 'PRAGMA journal_mode = WAL');
    await run(reader, 'INSERT INTO rows VALUES (1, 1)');
    const writer = open();
    await run(reader, 'BEGIN');
    await all(reader, 'SELECT * FROM rows');
    await run(writer, 'INSERT INTO rows VALUES (2, 2)');
    await expect(run(reader, 'INSERT INTO rows VALUES (3, 3)')).rejects.toMatchObject({
      code: 'SQLITE_BUSY',
    });
    await run(reader, 'ROLLBACK');
  });

  it('refuses what is not served', async () => {
    const db = await withRows();
    const refused = expect.objectContaining({ code: 'SQLITE_UNSUPPORTED' });
    expect(() => db.loadExtension()).toThrow(refused);
    expect(() => db.backup()).toThrow(refused);
    expect(() => db.on('trace', () => undefined)).toThrow(refused);
  });
});

describe('Statement', () => {
  it('get gives one row after the other, and starts again with new values', async () => {
    const db = await withRows();
    await run(db, 'INSERT INTO rows VALUES (1, 1), (2, 2)');
    const statement = db.prepare('SELECT id FROM rows WHERE id >= ? ORDER BY id');
    const next = (...values: unknown[]): Promise<unknown> => call((done) => statement.get(...values, done));
    expect([await next(1), await next(), await next(), await next(), await next(2)]).toEqual([
      { id: 1 },
      { id: 2 },
      undefined,
      undefined,
      { id: 2 },
    ]);
    statement.finalize();
    await expect(next(1)).rejects.toMatchObject({ message: 'SQLITE_MISUSE: Statement is already finalized' });
  });

  it('a preparation that fails tells the callback of the call, once', async () => {
    const db = open();
    const errors: unknown[] = [];
    db.run('NO SQL', (error: unknown) => errors.push(error));
    await call((done) => db.wait(done));
    expect(errors).toEqual([expect.objectContaining({ code: 'SQLITE_ERROR' })]);
  });
});

describe('sqlite3', () => {
  it('has a class of its own for each life, the constants, and databases by path', async () => {
    const [one, other] = [sqlite3(), sqlite3()];
    expect(Reflect.get(one, 'Database')).not.toBe(Reflect.get(other, 'Database'));
    expect(one).toMatchObject({
      OPEN_CREATE: 4,
      CONSTRAINT: 19,
      NOTADB: 26,
      LIMIT_WORKER_THREADS: 11,
      Statement,
    });
    const Cached: unknown = Reflect.get(Reflect.get(one, 'cached'), 'Database');
    if (typeof Cached !== 'function') throw new Error('There is no class.');
    const first: unknown = Reflect.construct(Cached, [path]);
    if (!(first instanceof Database)) throw new Error('It makes no database.');
    opened.push(first);
    let second: unknown;
    await call((done) => {
      second = Reflect.construct(Cached, [path, done]);
    });
    expect(second).toBe(first);
  });
});
