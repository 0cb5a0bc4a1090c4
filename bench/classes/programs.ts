/**
 * What classes of crash states are measured on: programs that store their data as many do, each in its careful form. None of them
 * breaks, or an exploration would not go on from there.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { defineSuite } from '../../sim/define-suite/define-suite.js';
import { onSimulatedDisk } from '../../sim/guard/on-simulated-disk.js';
import type { Suite } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { Database } from '../../sqlite/better-sqlite3/database.js';

/** Keeps texts by number. A text that was put once is there again after each crash. */
interface Keeper {
  readonly put: (id: number, text: string) => void;
  readonly has: (id: number, text: string) => boolean;
}

const textOf = (id: number): string => `${id}: ${'what is to be kept. '.repeat(30)}`;

const keeping = (name: string, open: () => Keeper): Suite =>
  defineSuite<Keeper, null>({
    name,
    boot: onSimulatedDisk(open),
    commands: fc.array(fc.constant(null), { minLength: 1, maxLength: 3 }),
    perform: (keeper, _command, { index }) => keeper.put(index, textOf(index)),
    invariants: [
      {
        name: 'durability',
        statement: 'What was acknowledged is there.',
        check: ({ commands }, keeper) => {
          const lost = commands.find(
            ({ index, outcome }) => outcome.status === 'acknowledged' && !keeper.has(index, textOf(index)),
          );
          return lost && `text ${lost.index} was acknowledged, and is gone`;
        },
      },
    ],
  });

const syncPath = (path: string): void => {
  const fd = fs.openSync(path, 'r');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
};

const readOr = (path: string, otherwise: string): string => {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return otherwise;
    throw error;
  }
};

/** A file that is there as it was or as it is to be: temporary file, fsync, rename, fsync of the directory. */
const replaceFile = (path: string, text: string): void => {
  fs.writeFileSync(`${path}.tmp`, text, { flush: true });
  fs.renameSync(`${path}.tmp`, path);
  syncPath('/');
};

/** What is found may not be durable: its process was killed before it synced the directory. */
const readDurably = (path: string, otherwise: string): string => {
  const text = readOr(path, otherwise);
  if (text !== otherwise) syncPath('/');
  return text;
};

const SETTINGS = '/settings.json';

/** One small file. */
const openSettings = (): Keeper => {
  const settings: Record<string, string> = JSON.parse(readDurably(SETTINGS, '{}'));
  return {
    put: (id, text) => {
      settings[id] = text.slice(0, 40);
      replaceFile(SETTINGS, JSON.stringify(settings));
    },
    has: (id, text) => settings[id] === text.slice(0, 40),
  };
};

const COLLECTION = '/documents.json';

/** All documents are in one file, which is rewritten for each that is put. */
const openDocuments = (): Keeper => {
  const documents: { readonly id: number; readonly text: string }[] = JSON.parse(
    readDurably(COLLECTION, '[]'),
  );
  const find = (id: number): number => documents.findIndex((document) => document.id === id);
  return {
    put: (id, text) => {
      const place = find(id);
      documents.splice(place < 0 ? documents.length : place, place < 0 ? 0 : 1, { id, text });
      replaceFile(COLLECTION, JSON.stringify(documents));
    },
    has: (id, text) => documents[find(id)]?.text === text,
  };
};

/** One row a command: SQLite as `examples/sqlite` uses it. */
const openRows = (): Keeper => {
  const db = new Database('/rows.db');
  db.pragma('page_size = 1024');
  db.pragma('journal_mode = PERSIST');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, text TEXT)');
  const insert = db.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?)');
  const select = db.prepare('SELECT text FROM rows WHERE id = ?').pluck();
  return {
    put: (id, text) => void insert.run(id, text),
    has: (id, text) => select.get(id) === text,
  };
};

const LOG = '/events.log';
const INDEX = '/events.index';
/** Of one command: their entries take several sectors of the index. */
const EVENTS = 64;
const FIELDS_BYTES = 8;
/** Of a record before its text, and of an entry of the index: two fields and their checksum. */
const HEADER_BYTES = 24;

/** @param text belongs to what the checksum covers */
const headerOf = (first: number, second: number, text = ''): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(first, 0);
  header.writeUInt32LE(second, 4);
  const sum = createHash('md5').update(header.subarray(0, FIELDS_BYTES)).update(text);
  sum.digest().copy(header, FIELDS_BYTES);
  return header;
};

const recordOf = (id: number, text: string): Buffer =>
  Buffer.concat([headerOf(id, text.length, text), Buffer.from(text, 'latin1')]);

const read = (fd: number, at: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, at));
};

interface Event {
  readonly id: number;
  readonly text: string;
  /** Where its record ends. */
  readonly end: number;
}

/** The event whose record begins here; undefined: the log ends here, or the record is torn. */
const readEvent = (log: number, at: number): Event | undefined => {
  const header = read(log, at, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return undefined;
  const [id, length] = [header.readUInt32LE(0), header.readUInt32LE(4)];
  if (length > fs.fstatSync(log).size) return undefined;
  const text = read(log, at + HEADER_BYTES, length).toString('latin1');
  return headerOf(id, length, text).equals(header)
    ? { id, text, end: at + HEADER_BYTES + length }
    : undefined;
};

interface Entry {
  readonly id: number;
  /** Where its record begins. */
  readonly at: number;
}

/** Undefined: torn, or not there. */
const readEntry = (index: number, place: number): Entry | undefined => {
  const bytes = read(index, place * HEADER_BYTES, HEADER_BYTES);
  if (bytes.length < HEADER_BYTES) return undefined;
  const [id, at] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  return headerOf(id, at).equals(bytes) ? { id, at } : undefined;
};

/** Events from a place of the log on, up to the first torn record. */
function* scan(log: number, from: number): Generator<Event & Entry> {
  for (let at = from; ; ) {
    const event = readEvent(log, at);
    if (event === undefined) return;
    yield { ...event, at };
    at = event.end;
  }
}

/** Where the last whole entry of the index is; -1: there is none. */
const lastEntry = (index: number): number => {
  let place = Math.floor(fs.fstatSync(index).size / HEADER_BYTES) - 1;
  while (place >= 0 && readEntry(index, place) === undefined) place -= 1;
  return place;
};

const endOf = (log: number, entry: Entry | undefined): number =>
  (entry && readEvent(log, entry.at)?.end) ?? 0;

const openAlways = (path: string): number => fs.openSync(path, fs.existsSync(path) ? 'r+' : 'w+');

/**
 * Events are records of a log, durable when they are acknowledged. The index beside it has an entry for each, and is never
 * synced: a start goes on from its last whole entry, and a reader that meets a torn one scans the log.
 */
const openEvents = (): Keeper => {
  const [log, index] = [openAlways(LOG), openAlways(INDEX)];
  let count = lastEntry(index) + 1;
  // What has an entry is durable.
  let end = count === 0 ? 0 : endOf(log, readEntry(index, count - 1));
  const note = (entries: readonly Entry[]): void => {
    const bytes = Buffer.concat(entries.map(({ id, at }) => headerOf(id, at)));
    fs.writeSync(index, bytes, 0, bytes.length, count * HEADER_BYTES);
    count += entries.length;
  };
  const scanned = [...scan(log, end)];
  note(scanned);
  end = scanned.at(-1)?.end ?? end;
  fs.ftruncateSync(log, end);
  fs.fsyncSync(log);
  syncPath('/');
  const find = (id: number): Event | undefined => {
    const entry = readEntry(index, id);
    if (entry?.id === id) return readEvent(log, entry.at);
    for (const event of scan(log, 0)) if (event.id === id) return event;
    return undefined;
  };
  return {
    put: (batch, text) => {
      const first = Math.max(batch * EVENTS, count);
      const records = Array.from({ length: (batch + 1) * EVENTS - first }, (_, number) =>
        recordOf(first + number, text.slice(0, 20)),
      );
      const from = end;
      end += fs.writeSync(log, Buffer.concat(records), 0, undefined, from);
      fs.fdatasyncSync(log);
      let at = from;
      note(
        records.map((record, number) => {
          at += record.length;
          return { id: first + number, at: at - record.length };
        }),
      );
    },
    has: (batch, text) => find((batch + 1) * EVENTS - 1)?.text === text.slice(0, 20),
  };
};

/** Documents that are there before the first life. */
const PREPARED = 8;

const prepareDocuments = (): void => {
  const all = Array.from({ length: PREPARED }, (_, number) => ({ id: -1 - number, text: textOf(number) }));
  replaceFile(COLLECTION, JSON.stringify(all));
};

export const sqlite = keeping('SQLite, PERSIST and FULL', openRows);
export const documents: Suite = {
  ...keeping('a document database that saves whole files', openDocuments),
  prepare: onSimulatedDisk(prepareDocuments),
};
export const events = keeping('an event store with an index beside its log', openEvents);
export const settings = keeping('a settings file', openSettings);
