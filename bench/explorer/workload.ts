/** The work that explorer and baselines are measured by: ten customers of a bank, and every command does something. */
import type { Json } from '../../sim/suite/suite.js';

const OWNERS = ['Ann', 'Bob', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jane'];

/** Each opens an account; then they take turns, two deposits for each withdrawal. */
export const bankWorkload = (commands: number): readonly Json[] =>
  Array.from({ length: commands }, (_, index): Json => {
    const account = `account ${index % OWNERS.length}`;
    const owner = OWNERS[index];
    if (owner !== undefined) return { type: 'open', account, owner };
    return index % 3 === 0
      ? { type: 'withdraw', account, cents: 500 }
      : { type: 'deposit', account, cents: 2000 };
  });
