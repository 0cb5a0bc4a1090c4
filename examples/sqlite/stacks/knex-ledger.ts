/** A ledger on Knex and sqlite3 that knows nothing of Powercut. */

import knex, { type Knex } from 'knex';
import type { Deposited, Ledger } from '../programs/ledger.js';

const ACCOUNT = 1;

export interface LedgerSettings {
  /** Default: what SQLite has, FULL. */
  readonly synchronous?: string;
}

/** What is used of a connection of sqlite3. */
interface Connection {
  run(sql: string, done: (error: Error | null) => void): void;
}

const createTables = async (db: Knex): Promise<void> => {
  if (await db.schema.hasTable('balances')) return;
  await db.transaction(async (transaction) => {
    await transaction.schema.createTable('deposits', (table) => {
      table.integer('id').primary();
      table.integer('amount').notNullable();
    });
    await transaction.schema.createTable('balances', (table) => {
      table.integer('account').primary();
      table.integer('total').notNullable();
    });
  });
};

export const openLedger = async (filename: string, { synchronous }: LedgerSettings): Promise<Ledger> => {
  const db = knex({
    client: 'sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      afterCreate: (connection: Connection, done: (error: Error | null) => void) => {
        if (synchronous === undefined) done(null);
        else connection.run(`PRAGMA synchronous = ${synchronous}`, done);
      },
    },
  });
  await createTables(db);
  return {
    deposit: async (id, amount) => {
      await db.transaction(async (transaction) => {
        const known = await transaction<Deposited>('deposits').where({ id });
        // Written again where it is there: a transaction that changes nothing would sync nothing.
        await transaction('deposits').insert({ id, amount }).onConflict('id').merge();
        if (known.length > 0) return;
        await transaction('balances')
          .insert({ account: ACCOUNT, total: amount })
          .onConflict('account')
          .merge({ total: transaction.raw('balances.total + ?', [amount]) });
      });
    },
    deposits: () => db<Deposited>('deposits').select('id', 'amount').orderBy('id'),
    balance: async () => {
      const row = await db<{ account: number; total: number }>('balances')
        .where({ account: ACCOUNT })
        .first();
      return row?.total ?? 0;
    },
  };
};
