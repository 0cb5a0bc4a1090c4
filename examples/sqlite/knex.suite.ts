/**
 * Knex on sqlite3: by default SQLite deletes its rollback journal, and does not sync the directory. So a power cut may bring the journal back,
 * and it undoes the last commit. Needs the packages of `stacks/`: `npm run test:packages` installs them.
 */
import type { Suite } from 'powercut';
import { ledgerSuite } from './ledger.js';
import type { Ledger } from './programs/ledger.js';

/** What `stacks/knex-ledger.ts` exports. It is not imported, as its packages are installed apart. */
interface Program {
  openLedger(path: string, settings: Settings): Promise<Ledger>;
}

interface Settings {
  readonly synchronous?: string;
}

const suite = (settings: Settings, expected: 'safe' | 'unsafe'): Suite =>
  ledgerSuite({
    name: `knex, synchronous=${settings.synchronous ?? 'default'}`,
    program: new URL('./stacks/knex-ledger.ts', import.meta.url),
    open: ({ openLedger }: Program) => openLedger('/ledger.db', settings),
    expected,
  });

export default [suite({ synchronous: 'EXTRA' }, 'safe'), suite({}, 'unsafe')];
