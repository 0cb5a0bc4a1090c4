/** A ledger on Emmett's SQLite event store that knows nothing of Powercut. */
import type { Event } from '@event-driven-io/emmett';
import {
  getSQLiteEventStore,
  type SQLiteConnection,
  SQLiteConnectionPool,
  type SQLiteReadEventMetadata,
  sqliteProjection,
} from '@event-driven-io/emmett-sqlite';
import type { Ledger } from '../programs/ledger.js';

/**
 * `inline`: Emmett updates the read model in the transaction that appends. `processor`: a consumer does, with a checkpoint. `careful
 * processor`: the same, and the read model ignores events that it has seen.
 */
export type Way = 'inline' | 'processor' | 'careful processor';

type DepositMade = Event<'DepositMade', { id: number; amount: number }>;

const STREAM = 'account-1';

const SCHEMA = `CREATE TABLE IF NOT EXISTS balances (
  account INTEGER PRIMARY KEY, total INTEGER NOT NULL, position INTEGER NOT NULL
)`;

const upsert = (isCareful: boolean): string => `INSERT INTO balances VALUES (1, ?, ?)
  ON CONFLICT (account) DO UPDATE SET total = total + excluded.total, position = excluded.position
  ${isCareful ? 'WHERE position < excluded.position' : ''}`;

interface Row {
  readonly total: number;
  readonly position: number;
}

/** The read model: the sum, and the position of the last event in it. */
const balanceProjection = (isCareful: boolean) =>
  sqliteProjection<DepositMade>({
    canHandle: ['DepositMade'],
    init: ({ context }) => context.connection.command(SCHEMA).then(() => undefined),
    handle: async (events, { connection }) => {
      for (const { data, metadata } of events) {
        const { globalPosition }: Partial<SQLiteReadEventMetadata> = metadata;
        await connection.command(upsert(isCareful), [data.amount, Number(globalPosition ?? 0n)]);
      }
    },
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const openLedger = async (fileName: string, way: Way): Promise<Ledger> => {
  const pool = SQLiteConnectionPool({ fileName });
  const projection = balanceProjection(way === 'careful processor');
  const store = getSQLiteEventStore({
    fileName,
    projections: way === 'inline' ? [{ type: 'inline', projection }] : [],
  });
  await store.schema.migrate();
  const readBalance = (connection: SQLiteConnection): Promise<Row | null> =>
    connection.querySingle<Row>('SELECT total, position FROM balances');
  if (way !== 'inline') {
    await pool.withConnection((connection) => connection.command(SCHEMA));
    const consumer = store.consumer();
    consumer.processor<DepositMade>({ processorId: 'balance', projection, startFrom: 'CURRENT' });
    void consumer.start();
  }

  const readAll = async () => (await store.readStream<DepositMade>(STREAM)).events;
  const caughtUp = async (): Promise<void> => {
    if (way === 'inline') return;
    const last = (await readAll()).at(-1)?.metadata.globalPosition ?? 0n;
    while (BigInt((await pool.withConnection(readBalance))?.position ?? 0) < last) await pause(50);
  };
  return {
    deposit: async (id, amount) => {
      const { events, currentStreamVersion } = await store.readStream<DepositMade>(STREAM);
      if (events.every(({ data }) => data.id !== id))
        await store.appendToStream<DepositMade>(STREAM, [{ type: 'DepositMade', data: { id, amount } }], {
          expectedStreamVersion: currentStreamVersion,
        });
      // The client reads its own write, so the processor gets the next deposit in another batch.
      await caughtUp();
    },
    deposits: async () => (await readAll()).map(({ data }) => data),
    balance: async () => (await pool.withConnection(readBalance))?.total ?? 0,
    caughtUp,
  };
};
