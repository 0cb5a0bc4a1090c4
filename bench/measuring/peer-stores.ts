/**
 * The stores that a developer would otherwise pick, each written to as its own documentation advises for events: a
 * version per stream, an id per event, JSON, and, but for the one in memory, durable before it is acknowledged.
 *
 * They are packages of their own, in `peers/`, because one of them compiles for a minute: the project's install does
 * without them, and so does the benchmark where they are not installed.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface PeerEvent {
  readonly type: string;
  readonly data: unknown;
}

/** One store of someone else's. */
export interface Peer {
  readonly name: string;
  /** Resolves, or returns, when the events are durable; in memory: when they are there. */
  readonly append: (streamName: string, events: readonly PeerEvent[]) => unknown;
  /** How it is best written to by many at a time; where absent, by `append`. */
  readonly appendAmongOthers?: (streamName: string, events: readonly PeerEvent[]) => Promise<unknown>;
  readonly close: () => unknown;
}

/** The peers' package, seen from a file of this folder: from the source, or from where it was compiled to. */
export const peersSeenFrom = (file: string): URL => {
  const found = ['../peers/', '../../../bench/peers/']
    .map((path) => new URL(path, file))
    .find((folder) => existsSync(new URL('package.json', folder)));
  if (found === undefined) throw new Error(`the folder bench/peers is not where ${file} looks for it`);
  return found;
};

const PEERS = peersSeenFrom(import.meta.url);

export const HOW_TO_INSTALL =
  'The peers are not installed, so they are left out. To install them (some minutes, and a C++ compiler): npm ci --prefix bench/peers';

export const peersAreInstalled = (): boolean => existsSync(new URL('node_modules', PEERS));

const load = createRequire(new URL('package.json', PEERS));

interface Statement {
  run(...values: readonly unknown[]): unknown;
  get(...values: readonly unknown[]): { readonly version: number } | undefined;
}

interface Sqlite {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
  transaction<A extends readonly unknown[]>(body: (...values: A) => void): (...values: A) => void;
  close(): void;
}

const sqlite = (directory: string): Peer => {
  const Database = load('better-sqlite3') as new (path: string) => Sqlite; // its only export
  const db = new Database(`${directory}/events.sqlite`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (stream, version))`);
  const last = db.prepare('SELECT max(version) AS version FROM events WHERE stream = ?');
  const insert = db.prepare('INSERT INTO events (stream, version, id, type, data) VALUES (?, ?, ?, ?, ?)');
  const append = db.transaction((streamName: string, events: readonly PeerEvent[]) => {
    let version = last.get(streamName)?.version ?? 0;
    for (const { type, data } of events)
      insert.run(streamName, ++version, randomUUID(), type, JSON.stringify(data));
  });
  return { name: 'better-sqlite3, WAL, synchronous=FULL', append, close: () => db.close() };
};

interface Lmdb {
  get(key: string): unknown;
  put(key: string, value: unknown): unknown;
  transaction(body: () => void): Promise<unknown>;
  transactionSync(body: () => void): unknown;
  close(): Promise<void>;
}

const lmdb = (directory: string): Peer => {
  const { open } = load('lmdb') as { open(options: unknown): Lmdb }; // the part of its exports that we use
  // Otherwise a transaction is acknowledged before it is flushed.
  const db = open({ path: `${directory}/lmdb`, overlappingSync: false });
  let position = 0;
  const append = (streamName: string, events: readonly PeerEvent[]): void => {
    let version = Number(db.get(streamName) ?? 0);
    for (const { type, data } of events) {
      const place = String(++position).padStart(12, '0');
      db.put(`event-${place}`, { streamName, version: ++version, id: randomUUID(), type, data });
    }
    db.put(streamName, version);
  };
  return {
    name: 'lmdb',
    append: (streamName, events) => db.transactionSync(() => append(streamName, events)),
    appendAmongOthers: (streamName, events) => db.transaction(() => append(streamName, events)),
    close: () => db.close(),
  };
};

interface Level {
  batch(operations: readonly unknown[], options: { readonly sync: boolean }): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

const level = async (directory: string): Promise<Peer> => {
  // The part of its exports that we use.
  const { ClassicLevel } = load('classic-level') as { ClassicLevel: new (path: string) => Level };
  const db = new ClassicLevel(`${directory}/level`);
  await db.open();
  const versions = new Map<string, number>();
  let position = 0;
  return {
    name: 'classic-level, sync',
    append: (streamName, events) => {
      let version = versions.get(streamName) ?? 0;
      const puts = events.map(({ type, data }) => ({
        type: 'put',
        key: `event-${String(++position).padStart(12, '0')}`,
        value: JSON.stringify({ streamName, version: ++version, id: randomUUID(), type, data }),
      }));
      versions.set(streamName, version);
      return db.batch([...puts, { type: 'put', key: streamName, value: String(version) }], { sync: true });
    },
    close: () => db.close(),
  };
};

interface EventStorage {
  once(event: 'ready', listener: () => void): void;
  commit(streamName: string, events: readonly unknown[], callback: () => void): void;
  close(): void;
}

const eventStorage = async (directory: string): Promise<Peer> => {
  const EventStore = load('event-storage') as new (name: string, options: unknown) => EventStorage; // its main export
  const store = new EventStore('events', {
    storageDirectory: `${directory}/event-storage`,
    storageConfig: { syncOnFlush: true },
  });
  await new Promise<void>((resolve) => store.once('ready', resolve));
  return {
    name: 'event-storage, syncOnFlush',
    append: (streamName, events) =>
      new Promise<void>((resolve) => {
        const withIds = events.map((event) => ({ id: randomUUID(), ...event }));
        store.commit(streamName, withIds, resolve);
      }),
    close: () => store.close(),
  };
};

interface Emmett {
  appendToStream(streamName: string, events: readonly PeerEvent[]): Promise<unknown>;
}

const emmett = (): Peer => {
  // The part of its exports that we use.
  const { getInMemoryEventStore } = load('@event-driven-io/emmett') as { getInMemoryEventStore(): Emmett };
  const store = getInMemoryEventStore();
  return {
    name: 'Emmett, in memory',
    append: (streamName, events) => store.appendToStream(streamName, events),
    close: () => {},
  };
};

/** All of them, on files in `directory`. Close them. */
export const openPeers = async (directory: string): Promise<readonly Peer[]> => [
  sqlite(directory),
  lmdb(directory),
  await level(directory),
  await eventStorage(directory),
  emmett(),
];
