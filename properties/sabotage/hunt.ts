/** The hunt: a survey of generated inputs, and the plainest finding of each invariant seen broken. */
import type * as fc from 'fast-check';
import { type SurveyOptions, survey } from '../../sim/explore/campaign/survey.js';
import { type Run, type ShrinkOptions, shrink } from '../../sim/explore/shrink/shrink.js';
import type { Finding } from '../../sim/run/finding.js';

/** Runs through `options.runs` inputs and shrinks what it finds: one finding for each invariant seen broken. */
export const hunt = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: Run<T>,
  options: SurveyOptions & ShrinkOptions,
): Promise<readonly Finding[]> => {
  const { firsts } = await survey(arbitrary, run, options);
  const findings: Finding[] = [];
  for (const first of firsts.values()) findings.push(await shrink(arbitrary, run, first, options));
  return findings;
};
