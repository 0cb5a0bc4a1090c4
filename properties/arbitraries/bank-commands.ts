/**
 * The commands that the bank gets. Customers use few accounts, so that their commands meet. Some commands have nothing
 * to do (opened again, closed again). Some are refused (taken by another, too little money, closed). Now and then the
 * operator restarts the bank cleanly. Shrinks to one command: Ann opens account a.
 */
import * as fc from 'fast-check';
import type { AccountCommand } from '../../src/designs/bank/account.js';
import { hostileText, OVER_A_SECTOR } from './hostile-text.js';

const MOST_COMMANDS = 8;

/** 'restart': shut down cleanly and started again. The disk state after it is explored like any other. */
export type BankCommand = AccountCommand | { readonly type: 'restart' };

const account = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constant('a') },
  { weight: 2, arbitrary: fc.constant('b') },
  { weight: 1, arbitrary: fc.constant('__proto__') },
);
/** Small and few, so that a withdrawal is sometimes covered and sometimes not. */
const cents = fc.constantFrom(500, 100, 2000);

const open = fc.record({
  type: fc.constant('open' as const),
  account,
  owner: hostileText(['Ann', 'Bob'], OVER_A_SECTOR),
});
const deposit = fc.record({ type: fc.constant('deposit' as const), account, cents });
const withdraw = fc.record({ type: fc.constant('withdraw' as const), account, cents });
const close = fc.record({ type: fc.constant('close' as const), account });

const customerCommand: fc.Arbitrary<AccountCommand> = fc.oneof(
  { weight: 3, arbitrary: open },
  { weight: 4, arbitrary: deposit },
  { weight: 2, arbitrary: withdraw },
  { weight: 2, arbitrary: close },
);

const bankCommand: fc.Arbitrary<BankCommand> = fc.oneof(
  { weight: 11, arbitrary: customerCommand },
  { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
);

/** The first command opens an account: before that there is nothing to ask for. */
const afterOpening = <Command>(command: fc.Arbitrary<Command>) =>
  fc
    .tuple(open, fc.array(command, { maxLength: MOST_COMMANDS - 1, size: 'max' }))
    .map(([first, rest]): readonly (AccountCommand | Command)[] => [first, ...rest]);

export const bankCommands: fc.Arbitrary<readonly BankCommand[]> = afterOpening(bankCommand);

/** Without restarts: for customers who do not wait for each other. */
export const customerCommands: fc.Arbitrary<readonly AccountCommand[]> = afterOpening(customerCommand);

export const euros = (amount: number): string => (amount / 100).toFixed(2);

/** A command in plain words: 'Ann opens account a', 'deposit 5.00 to account a'. */
export const describeBankCommand = (command: BankCommand): string => {
  switch (command.type) {
    case 'open':
      return `${shortly(command.owner)} opens account ${command.account}`;
    case 'deposit':
      return `deposit ${euros(command.cents)} to account ${command.account}`;
    case 'withdraw':
      return `withdraw ${euros(command.cents)} from account ${command.account}`;
    case 'close':
      return `close account ${command.account}`;
    case 'restart':
      return 'shut the bank down in good order and start it again';
  }
};

const PLAIN_NAME = /^[\p{Letter}\p{Mark} ]{1,30}$/u;

/** A name as it can stand in a sentence: quoted where it is not plain, cut where it is long. */
export const shortly = (name: string): string => {
  if (PLAIN_NAME.test(name) && name.trim() === name) return name;
  return JSON.stringify(name.length <= 30 ? name : `${name.slice(0, 27)}...`);
};
