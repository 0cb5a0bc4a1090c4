/**
 * Puts the shards of one campaign together: the same result, digest included, as one machine would have found.
 *
 * A shard is every nth suite of the campaign's list, so the whole list is the shards read in turn. The same
 * shard given twice counts once. Results that are not parts of one campaign are refused, never averaged.
 */
import type { CampaignResult, SuiteResult } from '../../sim/result/result.js';
import { PowercutError } from '../../src/powercut-error.js';

export type MergeErrorCode =
  | 'MERGE_NOTHING'
  | 'MERGE_SEED'
  | 'MERGE_VERSION'
  | 'MERGE_SHARDS'
  | 'MERGE_CONFLICT';

declare module '../../src/powercut-error.js' {
  interface PowercutErrorCodes {
    /** Of results that are merged. */
    readonly merge: MergeErrorCode;
  }
}

/** The results given are not parts of one campaign. */
export class MergeError extends PowercutError {
  override readonly name = 'MergeError';

  constructor(
    readonly code: MergeErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Makes a campaign's result of its suites in order: the digest is the simulator's business, not the reports'. */
export type Combine = (
  suites: readonly SuiteResult[],
  campaign: { readonly seed: number; readonly seconds: number; readonly interrupted: boolean },
) => CampaignResult;

/** Suite i of the list belongs to shard i modulo n: this is the rule of `--shard`, and its inverse below. */
export const shardOf = <Item>(items: readonly Item[], index: number, count: number): readonly Item[] =>
  items.filter((_, position) => position % count === index - 1);

/** The suites in the campaign's order: shards read in turn; results that are no shards one after the other. */
const inOrder = (results: readonly CampaignResult[]): readonly SuiteResult[] => {
  if (results[0]?.shard === undefined) return results.flatMap((result) => result.suites);
  const shards = [...results].sort((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
  const rounds = Math.max(0, ...shards.map((shard) => shard.suites.length));
  return Array.from({ length: rounds }, (_, round) =>
    shards.flatMap((shard) => shard.suites.slice(round, round + 1)),
  ).flat();
};

const requireOneCampaign = (results: readonly CampaignResult[], first: CampaignResult): void => {
  for (const result of results) {
    if (result.seed !== first.seed) {
      throw new MergeError(
        'MERGE_SEED',
        `The results have different seeds, ${first.seed} and ${result.seed}: merge the shards of one campaign.`,
      );
    }
    if (result.tool.version !== first.tool.version) {
      throw new MergeError(
        'MERGE_VERSION',
        `The results come from powercut ${first.tool.version} and ${result.tool.version}: run all shards with one version.`,
      );
    }
    if (result.shard?.count !== first.shard?.count) {
      throw new MergeError(
        'MERGE_SHARDS',
        'The results are of campaigns split into different numbers of shards: merge the shards of one campaign.',
      );
    }
  }
};

/** Each name once; two results for one name are the same result (the time it took aside), or a conflict. */
const distinct = (suites: readonly SuiteResult[]): readonly SuiteResult[] => {
  const kept = new Map<string, SuiteResult>();
  for (const suite of suites) {
    const earlier = kept.get(suite.name);
    if (earlier === undefined) {
      kept.set(suite.name, suite);
    } else if (earlier.digest !== suite.digest || earlier.verdict !== suite.verdict) {
      throw new MergeError(
        'MERGE_CONFLICT',
        `Two results for the suite '${suite.name}' differ (digests ${earlier.digest} and ${suite.digest}): run all shards of the same code with the same options.`,
      );
    }
  }
  return [...kept.values()];
};

/** Shards that the campaign has and the results have not. */
const missingShards = (results: readonly CampaignResult[]): readonly number[] => {
  const count = results[0]?.shard?.count ?? 0;
  const present = new Set(results.map((result) => result.shard?.index));
  return Array.from({ length: count }, (_, index) => index + 1).filter((index) => !present.has(index));
};

/**
 * One result of several: shards of a campaign, or campaigns of different suites with one seed.
 *
 * @throws MergeError MERGE_NOTHING, MERGE_SEED, MERGE_VERSION, MERGE_SHARDS (not one campaign; or shards are
 *   missing), MERGE_CONFLICT (one suite, two outcomes).
 */
export const mergeResults = (results: readonly CampaignResult[], combine: Combine): CampaignResult => {
  const [first] = results;
  if (first === undefined) throw new MergeError('MERGE_NOTHING', 'There is no result to merge.');
  if (results.length === 1) return first;
  requireOneCampaign(results, first);
  const missing = missingShards(results);
  if (missing.length > 0) {
    throw new MergeError(
      'MERGE_SHARDS',
      `Shard ${missing.join(', ')} of ${first.shard?.count} is missing: give the results of all shards.`,
    );
  }
  const suites = distinct(inOrder(results));
  return combine(suites, {
    seed: first.seed,
    seconds: results.reduce((sum, result) => sum + result.seconds, 0),
    interrupted: results.some((result) => result.interrupted),
  });
};
