/**
 * A shop on better-sqlite3 that knows nothing of Powercut. An order and its message are saved in one transaction. A relay publishes
 * the messages that wait, and marks each when it is published.
 */
import Database from 'better-sqlite3';

export interface Shop {
  /** Resolves when the order is saved. The same order again changes nothing. */
  place(order: number): Promise<void>;
  orders(): readonly number[];
  /** Resolves when no message waits. */
  relayed(): Promise<void>;
}

/**
 * `outbox`: as above. `no checkpoint`: the same, but for the checkpoint at the start. `marks first`: the relay marks a message, and publishes it then. `no outbox`: the order is saved, and its message
 * is published then.
 */
export type Way = 'outbox' | 'no checkpoint' | 'marks first' | 'no outbox';

export interface ShopSettings {
  readonly way: Way;
  /** Default: what better-sqlite3 has. */
  readonly synchronous?: string;
}

/** Hands a message to a broker, which acknowledges it. */
type Publish = (order: number) => Promise<void>;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, published INTEGER NOT NULL DEFAULT 0);
`;

export const openShop = (path: string, { way, synchronous }: ShopSettings, publish: Publish): Shop => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  if (synchronous !== undefined) db.pragma(`synchronous = ${synchronous}`);
  // A killed process may have left commits that are in the page cache only. Nothing may be published of them before they are synced.
  if (way !== 'no checkpoint') db.pragma('wal_checkpoint(TRUNCATE)');
  db.exec(SCHEMA);
  const addOrder = db.prepare('INSERT OR IGNORE INTO orders VALUES (?)');
  const addMessage = db.prepare('INSERT OR IGNORE INTO outbox (id) VALUES (?)');
  const mark = db.prepare('UPDATE outbox SET published = 1 WHERE id = ?');
  const waiting = db.prepare<[], number>('SELECT id FROM outbox WHERE published = 0 ORDER BY id').pluck();
  const allOrders = db.prepare<[], number>('SELECT id FROM orders ORDER BY id').pluck();

  const save = db.transaction((order: number) => {
    addOrder.run(order);
    addMessage.run(order);
  });

  const relayOne = async (order: number): Promise<void> => {
    if (way === 'marks first') mark.run(order);
    await publish(order);
    if (way !== 'marks first') mark.run(order);
  };
  let relaying = Promise.resolve();
  const wakeRelay = (): void => {
    relaying = relaying.then(async () => {
      for (const order of waiting.all()) await relayOne(order);
    });
  };
  wakeRelay();

  return {
    place: async (order) => {
      if (way === 'no outbox') {
        const { changes } = addOrder.run(order);
        if (changes > 0) await publish(order);
        return;
      }
      save(order);
      wakeRelay();
    },
    orders: () => allOrders.all(),
    relayed: () => relaying,
  };
};
