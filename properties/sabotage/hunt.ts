/** The hunt: a survey of generated inputs, and a finding of each invariant seen broken, shrunk if wanted. */
import type * as fc from 'fast-check';
import { type SurveyOptions, survey } from '../../sim/explore/campaign/survey.js';
import { type Run, type ShrinkOptions, shrink } from '../../sim/explore/shrink/shrink.js';
import type { Finding } from '../../sim/run/finding.js';

export interface HuntOptions extends SurveyOptions, ShrinkOptions {
  /** False: each finding as it was found. Shrinking takes several times as long as finding. */
  readonly shrinks: boolean;
}

/** Runs through `options.runs` inputs: one finding for each invariant seen broken. */
export const hunt = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: Run<T>,
  options: HuntOptions,
): Promise<readonly Finding[]> => {
  const { firsts } = await survey(arbitrary, run, options);
  if (!options.shrinks) return [...firsts.values()].map(({ finding }) => finding);
  const findings: Finding[] = [];
  for (const first of firsts.values()) findings.push(await shrink(arbitrary, run, first, options));
  return findings;
};
