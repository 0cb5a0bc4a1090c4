/** What comes out of a bank, in the words of a story. */
import type { Json } from '../../sim/suite/suite.js';
import type { CommandResult } from '../../src/designs/bank/bank-system.js';
import type { Letter } from '../../src/designs/bank/letters.js';
import { shortly } from '../arbitraries/bank-commands.js';

export const describeBankResult = (result: Json): string => {
  const { kind, version } = result as unknown as CommandResult; // what a bank's `execute` resolves to
  return kind === 'done'
    ? `done, the account is now at version ${version}`
    : `nothing to do, the account is at version ${version}`;
};

export const describeLetter = (effect: Json): string => {
  const { about, account, to } = effect as unknown as Letter; // the bank has no other effect on the outside world
  return `a ${about} letter to ${shortly(to)} about account ${shortly(account)}`;
};
