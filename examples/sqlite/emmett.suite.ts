/**
 * Emmett's SQLite event store: its events, an inline projection, and a processor with its checkpoint. Is an event ever lost, is the read model
 * ever stale, and what does a crash between an append and the processor's checkpoint leave? Needs the packages of `stacks/`:
 * `npm run test:packages` installs them.
 */
import type { Suite } from 'powercut';
import { ledgerSuite } from './ledger.js';
import type { Ledger } from './programs/ledger.js';

type Way = 'inline' | 'processor' | 'careful processor';

/** What `stacks/emmett-ledger.ts` exports. It is not imported, as its packages are installed apart. */
interface Program {
  openLedger(path: string, way: Way): Promise<Ledger>;
}

const suite = (way: Way, expected: 'safe' | 'unsafe', clients = 1): Suite =>
  ledgerSuite({
    name: `emmett, ${way}${clients > 1 ? `, ${clients} clients` : ''}`,
    program: new URL('./stacks/emmett-ledger.ts', import.meta.url),
    open: ({ openLedger }: Program) => openLedger('/ledger.db', way),
    clients,
    // Of one batch the checkpoint is right.
    least: way === 'processor' ? 2 : 1,
    expected,
  });

export default [
  suite('inline', 'safe'),
  suite('inline', 'unsafe', 2),
  suite('processor', 'unsafe'),
  suite('careful processor', 'safe'),
];
