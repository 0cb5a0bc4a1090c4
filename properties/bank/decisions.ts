/**
 * Every answer the bank gave is the one that the commands before it call for: the oracle of a single customer, who
 * sends one command after the other. It knows nothing of logs, models or crashes.
 */
import type { Attempted, Invariant } from '../../sim/suite/suite.js';
import {
  type Account,
  type AccountCommand,
  CommandRejectedError,
  decide,
  evolve,
  NO_ACCOUNT,
} from '../../src/designs/bank/account.js';
import { type BankCommand, describeBankCommand } from '../arbitraries/bank-commands.js';
import { foldedAlong } from '../observation/incremental-fold.js';
import type { BankAnswer, BankLife } from './life.js';

interface Standing {
  readonly account: Account;
  readonly version: number;
}

const NONE_YET: Standing = { account: NO_ACCOUNT, version: 0 };

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
const answerOf = ({ outcome }: Attempted<BankCommand, BankAnswer>): string | undefined => {
  switch (outcome.status) {
    case 'unknown':
      return undefined;
    case 'rejected':
      return `refused, ${outcome.error.code || `${outcome.error.name}: ${outcome.error.message}`}`;
    case 'acknowledged': {
      const { result } = outcome;
      return result === null ? 'nothing' : `${result.kind} at version ${result.version}`;
    }
  }
};

export const decisions: Invariant<BankLife, BankCommand, BankAnswer> = {
  name: 'decisions',
  statement: 'Every answer is the one that the commands before it call for.',
  check: ({ commands }) => judged(commands).wrong,
};

interface Judged {
  readonly accounts: ReadonlyMap<string, Standing>;
  /** The outcome of a command is open, and so is that of everything it may bear on: nothing more can be said. */
  readonly isOpen: boolean;
  readonly wrong: string | undefined;
}

/** What is known of a command never changes, and a history begins much as the one before. */
const judged = foldedAlong<Attempted<BankCommand, BankAnswer>, Judged>(
  { accounts: new Map(), isOpen: false, wrong: undefined },
  (before, attempted) => {
    const { command } = attempted;
    const { accounts, isOpen, wrong } = before;
    if (isOpen || wrong !== undefined || command.type === 'restart') return before;
    const answer = answerOf(attempted);
    if (answer === undefined) return { ...before, isOpen: true };
    const expected = expectedOf(accounts.get(command.account) ?? NONE_YET, command);
    if (answer === expected.answer)
      return { ...before, accounts: new Map(accounts).set(command.account, expected.after) };
    return {
      ...before,
      wrong: `the answer to "${describeBankCommand(command)}" was ${answer}; the commands before it call for: ${expected.answer}`,
    };
  },
);
