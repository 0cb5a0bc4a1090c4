/**
 * The question of the stacks in `stacks/`: is an event ever lost, and is a read model ever stale? The events are deposits, the read model is
 * the balance.
 */
import { defineSuite, fc, type Invariant, type Suite } from 'powercut';
import { freshProgram } from 'powercut/node-fs';
import type { Ledger } from './programs/ledger.js';

type Deposit = { readonly amount: number };

const isKept: Invariant<Ledger, Deposit> = {
  name: 'durability',
  statement: 'Every acknowledged deposit is there, once.',
  check: async ({ commands }, ledger) => {
    const ids = (await ledger.deposits()).map(({ id }) => id);
    for (const { index, outcome } of commands) {
      const count = ids.filter((id) => id === index).length;
      if (count > 1) return `deposit ${index} is there ${count} times`;
      if (count === 0 && outcome.status === 'acknowledged')
        return `deposit ${index} was acknowledged, and is gone`;
    }
    return undefined;
  },
};

const isCurrent: Invariant<Ledger, Deposit> = {
  name: 'projection-equality',
  statement: 'The balance is the sum of the deposits.',
  check: async (_history, ledger) => {
    const expected = (await ledger.deposits()).reduce((sum, { amount }) => sum + amount, 0);
    const actual = await ledger.balance();
    if (actual === expected) return undefined;
    return { message: `the deposits add up to ${expected}, and the balance is ${actual}`, expected, actual };
  },
};

/** How a suite of a ledger is called, what it should find, and what it differs in. */
export interface Variant<Program> {
  readonly name: string;
  readonly program: URL;
  readonly open: (program: Program) => Ledger | Promise<Ledger>;
  readonly expected: 'safe' | 'unsafe';
  /** Concurrent clients in random runs. Default: 1. */
  readonly clients?: number;
  /** The fewest deposits of a workload. Default: 1. */
  readonly least?: number;
}

export const ledgerSuite = <Program>({
  name,
  program,
  open,
  expected,
  clients = 1,
  least = 1,
}: Variant<Program>): Suite =>
  defineSuite({
    name,
    boot: freshProgram(program, open, { sqlite: true }),
    commands: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 9 }) }), {
      minLength: least,
      maxLength: 2,
    }),
    perform: (ledger, { amount }, { index }) => ledger.deposit(index, amount),
    settle: (ledger) => ledger.caughtUp?.(),
    invariants: [isKept, isCurrent],
    describe: ({ amount }) => `deposit ${amount}`,
    disk: 'ext4-delalloc',
    clients,
    sectorBytes: 4096,
    expected,
  });
