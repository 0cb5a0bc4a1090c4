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
    let judged = NOTHING_JUDGED;
    for (const attempted of commands) {
      const next = judgedAfter(judged, attempted);
      if (next.wrong !== undefined) return next.wrong;
      // Its outcome is open, and so is that of everything it may bear on: nothing has been sent since.
      if (next.isOpen) return undefined;
      judged = next;
    }
    return undefined;
  },
};

/** What the first commands of a history come to. */
interface Judged {
  readonly accounts: ReadonlyMap<string, Standing>;
  readonly wrong?: string;
  readonly isOpen?: boolean;
  /** What they come to with one more, by what is known of that one: histories share their beginnings. */
  readonly after: WeakMap<Attempted<BankCommand>, Judged>;
}

const NOTHING_JUDGED: Judged = { accounts: new Map(), after: new WeakMap() };

const judgedAfter = (before: Judged, attempted: Attempted<BankCommand>): Judged => {
  let judged = before.after.get(attempted);
  if (judged === undefined) {
    judged = judge(before, attempted);
    before.after.set(attempted, judged);
  }
  return judged;
};

const judge = ({ accounts }: Judged, attempted: Attempted<BankCommand>): Judged => {
  const { command } = attempted;
  const after = new WeakMap<Attempted<BankCommand>, Judged>();
  if (command.type === 'restart') return { accounts, after };
  const answer = answerOf(attempted);
  if (answer === undefined) return { accounts, isOpen: true, after };
  const before = accounts.get(command.account) ?? { account: NO_ACCOUNT, version: 0 };
  const expected = expectedOf(before, command);
  if (answer !== expected.answer) {
    const wrong = `the answer to "${describeBankCommand(command)}" was ${answer}; the commands before it call for: ${expected.answer}`;
    return { accounts, wrong, after };
  }
  return { accounts: new Map(accounts).set(command.account, expected.after), after };
};
