/**
 * Every answer the bank gave is the one that the commands before it call for: the oracle of a single customer, who
 * sends one command after the other. It knows nothing of logs, models or crashes.
 */
import type { Attempted, Invariant } from '../../sim/suite.js';
import {
  type Account,
  type AccountCommand,
  CommandRejectedError,
  decide,
  evolve,
  NO_ACCOUNT,
} from '../../src/designs/bank/account.js';
import type { CommandResult } from '../../src/designs/bank-system.js';
import { type BankCommand, describeBankCommand } from '../arbitraries/bank-commands.js';
import type { BankLife } from './life.js';

interface Standing {
  readonly account: Account;
  readonly version: number;
}

/** What a command must lead to: the account after it, and the answer in words. */
const expectedOf = (before: Standing, command: AccountCommand): { after: Standing; answer: string } => {
  try {
    const events = decide(before.account, command);
    const version = before.version + events.length;
    const after = { account: events.reduce(evolve, before.account), version };
    return { after, answer: `${events.length === 0 ? 'nothing-to-do' : 'done'} at version ${version}` };
  } catch (error) {
    if (!(error instanceof CommandRejectedError)) throw error;
    return { after: before, answer: `refused, ${error.code}` };
  }
};

/** The answer there was, in the same words; undefined where there was none. */
const answerOf = ({ outcome }: Attempted<BankCommand>): string | undefined => {
  switch (outcome.status) {
    case 'unknown':
      return undefined;
    case 'rejected':
      return `refused, ${outcome.error.code || `${outcome.error.name}: ${outcome.error.message}`}`;
    case 'acknowledged': {
      const { kind, version } = outcome.result as unknown as CommandResult; // what a bank's `execute` resolves to
      return `${kind} at version ${version}`;
    }
  }
};

export const decisions: Invariant<BankLife, BankCommand> = {
  name: 'decisions',
  statement: 'Every answer is the one that the commands before it call for.',
  check: ({ commands }) => {
    judged = commonBeginning(judged, commands);
    let accounts = judged.at(-1)?.accounts ?? NO_ACCOUNTS;
    for (const attempted of commands.slice(judged.length)) {
      const { command } = attempted;
      if (command.type !== 'restart') {
        const answer = answerOf(attempted);
        // Its outcome is open, and so is that of everything it may bear on: nothing has been sent since.
        if (answer === undefined) return undefined;
        const before = accounts.get(command.account) ?? { account: NO_ACCOUNT, version: 0 };
        const expected = expectedOf(before, command);
        if (answer !== expected.answer) {
          return `the answer to "${describeBankCommand(command)}" was ${answer}; the commands before it call for: ${expected.answer}`;
        }
        accounts = new Map(accounts).set(command.account, expected.after);
      }
      judged.push({ attempted, accounts });
    }
    return undefined;
  },
};

type Accounts = ReadonlyMap<string, Standing>;

const NO_ACCOUNTS: Accounts = new Map();

/** A command whose answer was right, and how the accounts stood after it. */
interface Judged {
  readonly attempted: Attempted<BankCommand>;
  readonly accounts: Accounts;
}

/** The last history that was judged: what is known of a command never changes, and the next begins much the same. */
let judged: Judged[] = [];

const commonBeginning = (before: Judged[], commands: readonly Attempted<BankCommand>[]): Judged[] => {
  const differs = before.findIndex(({ attempted }, index) => attempted !== commands[index]);
  return differs === -1 ? before : before.slice(0, differs);
};
