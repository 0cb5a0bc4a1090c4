/** The names by which addresses in a report lead to runs: digests, which are the same in every report of the same run. */
import type { ReplayResult, SuiteResult, Violation } from '../../sim/result/result.js';

/** Violations that one run shows, with its steps where the result has them. */
export interface ShownRun {
  readonly id: string;
  readonly suite: SuiteResult;
  readonly violations: readonly Violation[];
  readonly run: ReplayResult | undefined;
}

/** The address of a place in the page. */
export const hashOf = (values: Readonly<Record<string, string>>): string => `#${new URLSearchParams(values)}`;

/** The runs of all suites, each once, in the order of their first violations. */
export const runsIn = (suites: readonly SuiteResult[]): readonly ShownRun[] => {
  const used = new Map<string, number>();
  return suites.flatMap((suite) => {
    const byToken = new Map<string, Violation[]>();
    for (const violation of suite.violations)
      byToken.set(violation.token, [...(byToken.get(violation.token) ?? []), violation]);
    return [...byToken].map(([token, violations]): ShownRun => {
      const digest = violations[0]?.digest ?? '';
      const count = (used.get(digest) ?? 0) + 1;
      used.set(digest, count);
      const run = suite.runs?.find((one) => one.token === token);
      return { id: count === 1 ? digest : `${digest}-${count}`, suite, violations, run };
    });
  });
};
