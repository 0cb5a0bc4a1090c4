/** A program on better-sqlite3 that knows nothing of Powercut: it inserts rows. */
import Database from 'better-sqlite3';

export interface Rows {
  insert(id: number): void;
  ids(): readonly number[];
  /** 'ok', or what SQLite finds wrong with its file. */
  integrity(): string;
}

export interface Settings {
  readonly journal: string;
  /** Default: what better-sqlite3 has. */
  readonly synchronous?: string;
  /** Default: 4096. */
  readonly pageBytes?: number;
  /** What an insert does where the row is there. Default: 'REPLACE', which writes it again. */
  readonly ifThere?: 'REPLACE' | 'IGNORE';
}

const TEXT = 'what a row has to say. '.repeat(40);

export const openRows = (path: string, settings: Settings): Rows => {
  const { journal, synchronous, pageBytes, ifThere = 'REPLACE' } = settings;
  const db = new Database(path);
  if (pageBytes !== undefined) db.pragma(`page_size = ${pageBytes}`);
  db.pragma(`journal_mode = ${journal}`);
  if (synchronous !== undefined) db.pragma(`synchronous = ${synchronous}`);
  db.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT)');
  const insert = db.prepare(`INSERT OR ${ifThere} INTO rows VALUES (?, ?)`);
  return {
    insert: (id) => void insert.run(id, TEXT),
    ids: () => db.prepare<[string], number>('SELECT id FROM rows WHERE text = ?').pluck().all(TEXT),
    integrity: () => String(db.pragma('integrity_check', { simple: true })),
  };
};
