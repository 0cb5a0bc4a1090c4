import { describe, expect, it } from 'vitest';
import { bugsIn, summaryOf } from './stability.js';

const found = (invariant: string, ...identities: readonly string[]) =>
  identities.map((identity, seed) => ({ suite: 'notes', seed, invariant, identity }));

describe('summaryOf', () => {
  it('counts bugs with one identity, findings with the usual one, and pairs that differ', () => {
    const bugs = [
      ...bugsIn('first', [...found('order', 'a', 'a', 'b'), ...found('durability', 'c')]),
      ...bugsIn('second', found('order', 'd', 'd')),
      ...bugsIn('third', found('order', 'a', 'a')),
    ];
    expect(summaryOf(bugs).split('\n')).toEqual([
      '2 of 3 bugs have one identity, whatever the seed',
      '6 of 7 findings have the usual identity of their bug',
      '2 of 3 pairs of bugs of one invariant in one suite have different usual identities',
    ]);
  });
});
