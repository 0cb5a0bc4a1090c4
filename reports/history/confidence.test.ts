import { describe, expect, it } from 'vitest';
import { confidenceIn } from './confidence.js';
import { EMPTY_HISTORY, type History } from './history.js';
import { campaignOn, type Given, passes, violation } from './testing/campaigns.js';
import { updated } from './update-history.js';

const RED: Given = { violations: [violation('a')] };
const GREEN: Given = { replays: [passes('a')] };

/** What is known after campaigns with a seed each, unless they have one. */
const confidenceAfter = (...campaigns: readonly Given[]) => {
  const history = campaigns.reduce<History>(
    (before, given, index) => updated(before, campaignOn(index + 1, { seed: index, ...given })).history,
    EMPTY_HISTORY,
  );
  const [finding] = history.findings;
  if (finding === undefined) throw new Error('There is no finding.');
  return confidenceIn(finding, history);
};

const times = (count: number, given: Given): readonly Given[] => Array.from({ length: count }, () => given);

describe('confidenceIn', () => {
  it('wants five green campaigns for what one campaign found', () => {
    expect(confidenceAfter(RED)).toEqual({ found: 1, looked: 1, green: 0, missing: 5 });
    expect(confidenceAfter(RED, ...times(4, GREEN))).toEqual({ found: 1, looked: 1, green: 4, missing: 1 });
    expect(confidenceAfter(RED, ...times(9, GREEN))).toMatchObject({ green: 9, missing: 0 });
  });

  it('follows the rule of three for what is rarely found', () => {
    // A rate of 2 in 101: 3 / rate is 151.
    const rare = confidenceAfter(RED, ...times(98, GREEN), RED);
    expect(rare).toEqual({ found: 2, looked: 100, green: 0, missing: 150 });
  });

  it('wants fewer for what is always found', () => {
    expect(confidenceAfter(...times(30, RED))).toEqual({ found: 30, looked: 30, green: 0, missing: 1 });
  });

  it('counts a seed once, and no campaign that looked less hard', () => {
    expect(confidenceAfter(RED, ...times(9, { ...GREEN, seed: 7 }))).toMatchObject({ green: 1, missing: 4 });
    expect(confidenceAfter(RED, ...times(9, { ...GREEN, runs: 1 }))).toMatchObject({ green: 0, missing: 5 });
  });
});
