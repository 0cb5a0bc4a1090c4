/**
 * Failures of earlier runs that persist, reported beside an exploration's findings. They are no part of them: counts and
 * digests are those of the exploration alone. Apart from their replay, as a command that reports starts without the simulator.
 */
import type { SuiteResult } from '../../result/result.js';
import { verdictOf } from './decide-verdict.js';
import type { Replayed } from './replay-regressions.js';

/** A failure of an earlier run that the suite still has. */
export type StillFailing = Omit<Extract<Replayed, { readonly kind: 'fails' }>, 'kind'>;

const size = ({ violation: { commands, crashes } }: StillFailing): number => commands + crashes;

/** Adds failures that persist to a suite's result: for each invariant without a finding, the smallest run. */
export const withRegressions = (result: SuiteResult, failing: readonly StillFailing[]): SuiteResult => {
  const violations = [...result.violations];
  const runs = [...(result.runs ?? [])];
  for (const { violation, run } of [...failing].sort((a, b) => size(a) - size(b))) {
    if (violations.some(({ invariant }) => invariant === violation.invariant)) continue;
    violations.push(violation);
    if (run !== undefined && !runs.some(({ token }) => token === run.token)) runs.push(run);
  }
  if (violations.length === result.violations.length) return result;
  const { undecided = [], ...rest } = result;
  const { expected, notes } = result;
  const shown = runs.length === 0 ? {} : { runs };
  return {
    ...rest,
    violations,
    ...shown,
    ...verdictOf({ expected, isViolated: true, reasons: undecided, notes }),
  };
};
