import { describe, expect, it } from 'vitest';
import { type Account, type AccountCommand, decide, evolve, NO_ACCOUNT } from './account.js';

const open: AccountCommand = { type: 'open', account: 'a', owner: 'Ann' };
const deposit = (cents: number): AccountCommand => ({ type: 'deposit', account: 'a', cents });
const withdraw = (cents: number): AccountCommand => ({ type: 'withdraw', account: 'a', cents });
const close: AccountCommand = { type: 'close', account: 'a' };

/** The account after commands that all succeed. */
const accountAfter = (...commands: AccountCommand[]): Account =>
  commands.reduce((account, command) => decide(account, command).reduce(evolve, account), NO_ACCOUNT);

const types = (account: Account, command: AccountCommand): string[] =>
  decide(account, command).map(({ type }) => type);

describe('decide and evolve', () => {
  it('is opened, filled, emptied and closed', () => {
    expect(accountAfter(open, deposit(500), withdraw(200))).toEqual({
      status: 'open',
      owner: 'Ann',
      cents: 300,
    });
    expect(accountAfter(open, deposit(500), withdraw(500), close)).toEqual({
      status: 'closed',
      owner: 'Ann',
    });
  });

  it('pays out what is left when it is closed, in one batch', () => {
    expect(types(accountAfter(open), close)).toEqual(['closed']);
    expect(decide(accountAfter(open, deposit(500)), close)).toEqual([
      { type: 'withdrawn', data: { account: 'a', cents: 500 } },
      { type: 'closed', data: { account: 'a', owner: 'Ann' } },
    ]);
  });

  it('has nothing to do for what is so already', () => {
    expect(types(accountAfter(open), open)).toEqual([]);
    expect(types(accountAfter(open, close), close)).toEqual([]);
  });

  it.each<[string, Account, AccountCommand]>([
    ['ACCOUNT_NOT_OPEN', NO_ACCOUNT, deposit(1)],
    ['ACCOUNT_NOT_OPEN', NO_ACCOUNT, close],
    ['ACCOUNT_CLOSED', accountAfter(open, close), withdraw(1)],
    ['ACCOUNT_CLOSED', accountAfter(open, close), open],
    ['ACCOUNT_TAKEN', accountAfter(open), { ...open, owner: 'Bob' }],
    ['INSUFFICIENT_FUNDS', accountAfter(open, deposit(5)), withdraw(6)],
    ['INVALID_AMOUNT', accountAfter(open), deposit(0)],
    ['INVALID_AMOUNT', accountAfter(open), deposit(-1)],
    ['INVALID_AMOUNT', accountAfter(open), deposit(0.5)],
    ['INVALID_AMOUNT', accountAfter(open), deposit(Number.NaN)],
    ['INVALID_AMOUNT', accountAfter(open, deposit(Number.MAX_SAFE_INTEGER)), deposit(1)],
  ])('refuses with %s', (code, account, command) => {
    expect(() => decide(account, command)).toThrow(expect.objectContaining({ code }));
  });
});
