/**
 * Drizzle on better-sqlite3: does the default of a write-ahead log keep what was acknowledged, and is the read model current after a crash?
 * Needs the packages of `stacks/`: `npm run test:packages` installs them.
 */
import type { Suite } from 'powercut';
import { ledgerSuite } from './ledger.js';
import type { Ledger } from './programs/ledger.js';

/** What `stacks/drizzle-ledger.ts` exports. It is not imported, as its packages are installed apart. */
interface Program {
  openLedger(path: string, settings: Settings): Ledger;
}

interface Settings {
  readonly isAtomic: boolean;
  readonly synchronous?: string;
}

const suite = (settings: Settings, expected: 'safe' | 'unsafe'): Suite =>
  ledgerSuite({
    name: `drizzle, ${settings.isAtomic ? 'one transaction' : 'two statements'}, synchronous=${settings.synchronous ?? 'default'}`,
    program: new URL('./stacks/drizzle-ledger.ts', import.meta.url),
    open: ({ openLedger }: Program) => openLedger('/ledger.db', settings),
    expected,
  });

export default [
  suite({ isAtomic: true, synchronous: 'FULL' }, 'safe'),
  suite({ isAtomic: true }, 'unsafe'),
  suite({ isAtomic: false, synchronous: 'FULL' }, 'unsafe'),
];
