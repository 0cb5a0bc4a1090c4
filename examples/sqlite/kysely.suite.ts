/**
 * Kysely on better-sqlite3: the questions of `drizzle.suite.ts`, and one more: a transaction that sends a statement to the database
 * instead of the transaction waits for itself. Needs the packages of `stacks/`: `npm run test:packages` installs them.
 */
import type { Suite } from 'powercut';
import { ledgerSuite } from './ledger.js';
import type { Ledger } from './programs/ledger.js';

/** What `stacks/kysely-ledger.ts` exports. It is not imported, as its packages are installed apart. */
interface Program {
  openLedger(path: string, settings: Settings): Promise<Ledger>;
}

interface Settings {
  readonly way: 'one transaction' | 'two statements' | 'outside';
  readonly synchronous?: string;
}

const suite = (settings: Settings, expected: 'safe' | 'unsafe'): Suite =>
  ledgerSuite({
    name: `kysely, ${settings.way}, synchronous=${settings.synchronous ?? 'default'}`,
    program: new URL('./stacks/kysely-ledger.ts', import.meta.url),
    open: ({ openLedger }: Program) => openLedger('/ledger.db', settings),
    expected,
  });

export default [
  suite({ way: 'one transaction', synchronous: 'FULL' }, 'safe'),
  suite({ way: 'one transaction' }, 'unsafe'),
  suite({ way: 'two statements', synchronous: 'FULL' }, 'unsafe'),
  suite({ way: 'outside', synchronous: 'FULL' }, 'unsafe'),
];
