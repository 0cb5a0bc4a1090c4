import { describe, expect, it } from 'vitest';
import { type Contender, compare } from './paired.js';
import { tableOf } from './table.js';

const busy = (name: string, steps: number): Contender => ({
  name,
  operations: 1,
  run: () => {
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += Math.sqrt(step);
    return sum;
  },
});

describe('a paired comparison', () => {
  it('finds the slower one slower, whoever is named first', async () => {
    const { measured } = await compare('work', busy('half', 50_000), [busy('whole', 100_000)], {
      rounds: 5,
      turnMs: 2,
    });
    expect(measured.map(({ name }) => name)).toEqual(['half', 'whole']);
    expect(measured[0]?.ratio).toEqual({ low: 1, median: 1, high: 1 });
    // Half, by rights; anything on the right side of 1 will do on a busy machine.
    expect(measured[1]?.ratio.median).toBeLessThan(0.9);
  });

  it('counts operations, not calls', async () => {
    const once = busy('once', 20_000);
    const tenfold = { ...once, name: 'tenfold', operations: 10 };
    const { measured } = await compare('work', once, [tenfold], { rounds: 5, turnMs: 2 });
    expect(measured[1]?.ratio.median).toBeGreaterThan(4);
  });

  it('gives every contender its turn in every round, and lets each begin', async () => {
    const turns: string[] = [];
    const note = (name: string): Contender => ({ name, operations: 1, run: () => turns.push(name) });
    await compare('order', note('a'), [note('b'), note('c')], { rounds: 2, turnMs: 0 });
    expect(turns.join('')).toBe('abcbcacab');
  });
});

describe('a table', () => {
  it('has a line for each contender, with its ratio to the baseline', () => {
    const text = tableOf({
      title: 'appends',
      rounds: 15,
      measured: [
        { name: 'raw file', operationsPerSecond: 3312, ratio: { low: 1, median: 1, high: 1 } },
        { name: 'store', operationsPerSecond: 4_100_000, ratio: { low: 0.91, median: 0.955, high: 1.02 } },
      ],
    });
    expect(text).toBe(
      'appends (median of 15 rounds, quartiles)\n' +
        '  raw file  3.31k/s  baseline\n' +
        '  store     4.10M/s  0.955 × (0.910 × to 1.02 ×)\n',
    );
  });
});
