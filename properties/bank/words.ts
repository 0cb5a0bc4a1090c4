/** What comes out of a bank, in the words of a story. */
import type { CommandResult } from '../../src/designs/bank/bank-system.js';
import type { Letter } from '../../src/designs/bank/letters.js';
import { shortly } from '../arbitraries/bank-commands.js';

export const describeBankResult = ({ kind, version }: CommandResult): string =>
  kind === 'done'
    ? `done, the account is now at version ${version}`
    : `nothing to do, the account is at version ${version}`;

export const describeLetter = ({ about, account, to }: Letter): string =>
  `a ${about} letter to ${shortly(to)} about account ${shortly(account)}`;
