/** How many campaigns without a finding it takes to believe that it is gone. */
import { type CampaignRecord, type History, type HistoryFinding, isNoLess } from './history.js';

/** The chance, at most, that a finding is still there and was missed by chance. */
const DOUBT = 0.05;

/** What the record says of a finding's rate. Campaigns count by their seeds: the same inputs again tell nothing new. */
export interface Confidence {
  /** Seeds that found it, of those that looked no less hard than the last that did, since it was first seen. */
  readonly found: number;
  readonly looked: number;
  /** Other seeds that looked since it was last seen, and did not find it. */
  readonly green: number;
  /** After this many more of them it is gone with 95 % confidence. */
  readonly missing: number;
}

interface Look {
  readonly seed: number;
  readonly time: string;
  readonly isFound: boolean;
}

const looksOf = (finding: HistoryFinding, campaigns: readonly CampaignRecord[]): readonly Look[] =>
  campaigns.flatMap(({ seed, time, suites }) =>
    suites
      .filter(
        (suite) =>
          suite.name === finding.suite && suite.verdict !== 'undecided' && isNoLess(suite, finding.effort),
      )
      .map(({ findings }) => ({ seed, time, isFound: findings.includes(finding.identity) })),
  );

const seedsOf = (looks: readonly Look[]): number => new Set(looks.map(({ seed }) => seed)).size;

/**
 * For `found` of `looked` campaigns, the rate is taken as found / (looked + 1): never 1. It takes n green campaigns so that
 * (1 - rate)^n is at most 5 %. For a rare finding that is 3 / rate, the rule of three.
 */
export const confidenceIn = (finding: HistoryFinding, { campaigns }: History): Confidence => {
  const looks = looksOf(finding, campaigns).filter(({ time }) => time >= finding.first.time);
  const before = looks.filter(({ time }) => time <= finding.last.time);
  const found = Math.max(1, seedsOf(before.filter(({ isFound }) => isFound)));
  const looked = Math.max(found, seedsOf(before));
  const green = seedsOf(looks.filter(({ time }) => time > finding.last.time));
  const needed = Math.ceil(Math.log(DOUBT) / Math.log(1 - found / (looked + 1)));
  return { found, looked, green, missing: Math.max(0, needed - green) };
};
