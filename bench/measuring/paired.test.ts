import { describe, expect, it } from 'vitest';
import { type Contender, compare } from './paired.js';
import { tableOf } from './table.js';

/** A machine that gets slower all the time, on which each contender takes its share of it. */
const machine = (): {
  clock: () => number;
  takes: (name: string, ms: number, operations?: number) => Contender;
} => {
  let timeMs = 0;
  let slowness = 1;
  return {
    clock: () => timeMs,
    takes: (name, ms, operations = 1) => ({
      name,
      operations,
      run: () => {
        timeMs += ms * slowness;
        slowness *= 1.001;
      },
    }),
  };
};

describe('compare: a paired comparison', () => {
  it('finds the ratio, though the machine gets slower all the while', async () => {
    const { clock, takes } = machine();
    const { measured } = await compare('work', takes('half', 1), [takes('whole', 2)], { turnMs: 10, clock });
    expect(measured.map(({ name }) => name)).toEqual(['half', 'whole']);
    expect(measured[0]?.ratio).toEqual({ low: 1, median: 1, high: 1 });
    expect(measured[1]?.ratio.median).toBeCloseTo(0.5, 1);
  });

  it('counts operations, not calls', async () => {
    const { clock, takes } = machine();
    const { measured } = await compare('work', takes('one', 1), [takes('ten', 1, 10)], { turnMs: 5, clock });
    expect(measured[1]?.ratio.median).toBeCloseTo(10, 0);
  });

  it('repeats a contender until its turn is over', async () => {
    const { clock, takes } = machine();
    const { measured } = await compare('work', takes('one', 1), [], { turnMs: 40, rounds: 1, clock });
    expect(measured[0]?.operationsPerSecond).toBeGreaterThan(800);
    expect(clock()).toBeGreaterThanOrEqual(80);
  });

  it('gives every contender its turn in every round, and lets each begin', async () => {
    const turns: string[] = [];
    const note = (name: string): Contender => ({ name, operations: 1, run: () => turns.push(name) });
    await compare('order', note('a'), [note('b'), note('c')], { rounds: 2, turnMs: 0 });
    expect(turns.join('')).toBe('abcbcacab');
  });
});

describe('tableOf', () => {
  it('has a line for each contender, with its ratio to the baseline', () => {
    const text = tableOf({
      title: 'appends',
      rounds: 15,
      measured: [
        { name: 'raw file', operationsPerSecond: 3312, ratio: { low: 1, median: 1, high: 1 } },
        { name: 'store', operationsPerSecond: 4_100_000, ratio: { low: 0.91, median: 0.955, high: 1.02 } },
        { name: 'good', operationsPerSecond: 4968, ratio: { low: 1.4, median: 1.5, high: 1.6 }, bar: 1.5 },
        { name: 'bad', operationsPerSecond: 4935, ratio: { low: 1.4, median: 1.49, high: 1.6 }, bar: 1.5 },
      ],
    });
    expect(text).toBe(
      'appends (median of 15 rounds, quartiles)\n' +
        '  raw file  3.31k/s  baseline\n' +
        '  store     4.10M/s  0.955 × (0.910 × to 1.02 ×)\n' +
        '  good      4.97k/s  1.50 × (1.40 × to 1.60 ×), bar 1.50 ×: met\n' +
        '  bad       4.93k/s  1.49 × (1.40 × to 1.60 ×), bar 1.50 ×: MISSED\n',
    );
  });
});
