/** A ledger on Kysely and better-sqlite3 that knows nothing of Powercut. */
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect, sql } from 'kysely';
import type { Ledger } from '../programs/ledger.js';

interface Tables {
  readonly deposits: { readonly id: number; readonly amount: number };
  readonly balances: { readonly account: number; readonly total: number };
}

const ACCOUNT = 1;

/**
 * `one transaction`: event and read model together. `two statements`: one after the other. `outside`: a transaction whose second statement
 * is sent to the database and not to the transaction. Kysely has one connection for SQLite, so it waits for itself.
 */
export type Way = 'one transaction' | 'two statements' | 'outside';

export interface LedgerSettings {
  readonly way: Way;
  /** Default: what better-sqlite3 has. */
  readonly synchronous?: string;
}

const addDeposit = async (on: Kysely<Tables>, id: number, amount: number): Promise<boolean> => {
  const added = await on
    .insertInto('deposits')
    .values({ id, amount })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (added.numInsertedOrUpdatedRows ?? 0n) > 0n;
};

const addToBalance = async (on: Kysely<Tables>, amount: number): Promise<void> => {
  await on
    .insertInto('balances')
    .values({ account: ACCOUNT, total: amount })
    .onConflict((conflict) =>
      conflict.column('account').doUpdateSet({ total: sql<number>`balances.total + ${amount}` }),
    )
    .execute();
};

export const openLedger = async (path: string, { way, synchronous }: LedgerSettings): Promise<Ledger> => {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  if (synchronous !== undefined) database.pragma(`synchronous = ${synchronous}`);
  // A retry that changes nothing syncs nothing: what a killed process left must be durable before it is acknowledged.
  database.pragma('wal_checkpoint(TRUNCATE)');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  await sql`CREATE TABLE IF NOT EXISTS deposits (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL)`.execute(
    db,
  );
  await sql`CREATE TABLE IF NOT EXISTS balances (account INTEGER PRIMARY KEY, total INTEGER NOT NULL)`.execute(
    db,
  );

  return {
    deposit: async (id, amount) => {
      if (way === 'two statements') {
        if (await addDeposit(db, id, amount)) await addToBalance(db, amount);
        return;
      }
      await db.transaction().execute(async (transaction) => {
        if (!(await addDeposit(transaction, id, amount))) return;
        await addToBalance(way === 'outside' ? db : transaction, amount);
      });
    },
    deposits: () => db.selectFrom('deposits').selectAll().orderBy('id').execute(),
    balance: async () => {
      const row = await db
        .selectFrom('balances')
        .select('total')
        .where('account', '=', ACCOUNT)
        .executeTakeFirst();
      return row?.total ?? 0;
    },
  };
};
