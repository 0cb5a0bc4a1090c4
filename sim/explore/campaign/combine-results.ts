/** Puts the results of suites together into the result of a campaign. */
import { type CampaignResult, RESULT_SCHEMA_VERSION, type SuiteResult } from '../../result/result.js';
import { Hash } from '../../util/hash.js';
import { VERSION } from '../../util/version.js';

export interface CampaignContext {
  readonly seed: number;
  /** Real seconds the whole campaign took. */
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** The campaign's result. Its digest depends on the suites' order, names and digests, and on nothing else. */
export const combineResults = (
  suites: readonly SuiteResult[],
  { seed, seconds, interrupted }: CampaignContext,
): CampaignResult => {
  const hash = new Hash();
  for (const { name, digest } of suites) hash.text(name).text(digest);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    tool: { name: 'powercut', version: VERSION },
    seed,
    digest: hash.digest(),
    interrupted,
    seconds,
    suites,
  };
};
