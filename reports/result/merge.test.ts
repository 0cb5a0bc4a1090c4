import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CampaignResult } from '../../sim/result/result.js';
import { sixDesigns } from '../fixtures/results.js';
import type { Combine } from './merge.js';
import { mergeResults, shardOf } from './merge.js';

/** As the simulator's, but with a digest that can be read. */
const combine: Combine = (suites, campaign) => ({
  ...campaign,
  schemaVersion: 2,
  tool: { name: 'powercut', version: '0.1.0' },
  digest: suites.map((suite) => suite.digest).join('+'),
  suites,
});

const whole: CampaignResult = combine(sixDesigns().suites, { seed: 7, seconds: 12, interrupted: false });

const shard = (index: number, count: number): CampaignResult => ({
  ...combine(shardOf(whole.suites, index, count), { seed: 7, seconds: 12 / count, interrupted: false }),
  shard: { index, count },
});

const shards = (count: number): readonly CampaignResult[] =>
  Array.from({ length: count }, (_, index) => shard(index + 1, count));

const codeOf = (results: readonly CampaignResult[]): unknown => {
  try {
    mergeResults(results, combine);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'merged';
};

describe('mergeResults', () => {
  it('of all shards, however many, in any order, some given twice, is what one machine would have said', () => {
    const shuffled = fc
      .integer({ min: 1, max: 9 })
      .chain((count) =>
        fc.tuple(fc.shuffledSubarray([...shards(count)], { minLength: count }), fc.nat(count - 1)),
      );
    fc.assert(
      fc.property(shuffled, ([parts, again]) => {
        const merged = mergeResults(parts, combine);
        expect(merged.suites).toEqual(whole.suites);
        const twice = mergeResults([...parts, ...parts.slice(again, again + 1)], combine);
        expect(twice.suites).toEqual(whole.suites);
        expect(twice.digest).toBe(whole.digest);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('of campaigns of different suites keeps the order given', () => {
    const first = { ...whole, suites: whole.suites.slice(4) };
    const second = { ...whole, suites: whole.suites.slice(0, 4) };
    const names = mergeResults([first, second], combine).suites.map((suite) => suite.name);
    expect(names).toEqual([...first.suites, ...second.suites].map((suite) => suite.name));
  });

  it('adds the seconds, and is interrupted when a part was', () => {
    const [first, second] = shards(2);
    if (first === undefined || second === undefined) throw new Error('two shards');
    const merged = mergeResults([first, { ...second, interrupted: true }], combine);
    expect(merged).toMatchObject({ seconds: 12, interrupted: true });
  });

  it('refuses what is not one campaign', () => {
    const other = { ...shard(2, 2), seed: 8 };
    const older = { ...shard(2, 2), tool: { name: 'powercut', version: '0.0.9' } } as const;
    const changed = {
      ...whole,
      suites: whole.suites.map((suite) => ({ ...suite, digest: `${suite.digest}0` })),
    };
    expect(codeOf([])).toBe('MERGE_NOTHING');
    expect(codeOf([shard(1, 2), other])).toBe('MERGE_SEED');
    expect(codeOf([shard(1, 2), older])).toBe('MERGE_VERSION');
    expect(codeOf([shard(1, 2), shard(2, 3)])).toBe('MERGE_SHARDS');
    expect(codeOf([shard(1, 3), shard(2, 3)])).toBe('MERGE_SHARDS');
    expect(codeOf([whole, changed])).toBe('MERGE_CONFLICT');
  });
});
