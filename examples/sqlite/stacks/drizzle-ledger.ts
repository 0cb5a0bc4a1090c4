/** A ledger on Drizzle and better-sqlite3 that knows nothing of Powercut. */
import Database from 'better-sqlite3';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { integer, sqliteTable } from 'drizzle-orm/sqlite-core';
import type { Ledger } from '../programs/ledger.js';

const deposits = sqliteTable('deposits', {
  id: integer('id').primaryKey(),
  amount: integer('amount').notNull(),
});

const balances = sqliteTable('balances', {
  account: integer('account').primaryKey(),
  total: integer('total').notNull(),
});

const ACCOUNT = 1;

export interface LedgerSettings {
  /** Whether event and read model are written in one transaction. */
  readonly isAtomic: boolean;
  /** Default: what better-sqlite3 has. */
  readonly synchronous?: string;
}

export const openLedger = (path: string, { isAtomic, synchronous }: LedgerSettings): Ledger => {
  const client = new Database(path);
  client.pragma('journal_mode = WAL');
  if (synchronous !== undefined) client.pragma(`synchronous = ${synchronous}`);
  // A retry that changes nothing syncs nothing: what a killed process left must be durable before it is acknowledged.
  client.pragma('wal_checkpoint(TRUNCATE)');
  const db = drizzle({ client, schema: { deposits, balances } });
  db.run(sql`CREATE TABLE IF NOT EXISTS deposits (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)`);
  db.run(sql`CREATE TABLE IF NOT EXISTS balances (account INTEGER PRIMARY KEY, total INTEGER NOT NULL)`);

  const save = (on: Pick<typeof db, 'insert'>, id: number, amount: number): void => {
    const { changes } = on.insert(deposits).values({ id, amount }).onConflictDoNothing().run();
    if (changes === 0) return;
    on.insert(balances)
      .values({ account: ACCOUNT, total: amount })
      .onConflictDoUpdate({
        target: balances.account,
        set: { total: sql`${balances.total} + ${amount}` },
      })
      .run();
  };

  return {
    deposit: async (id, amount) => {
      if (isAtomic) db.transaction((tx) => save(tx, id, amount));
      else save(db, id, amount);
    },
    deposits: async () => db.select().from(deposits).orderBy(deposits.id).all(),
    balance: async () => {
      const row = db.select().from(balances).where(eq(balances.account, ACCOUNT)).get();
      return row?.total ?? 0;
    },
  };
};
