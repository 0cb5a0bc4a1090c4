/** `powercut/vitest`: a suite as Vitest tests, bounded and seeded. */
import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../sim/explore/explore-suite.js';
import { DEFAULT_OPTIONS, type ExploreOptions } from '../sim/explore/options.js';
import type { Suite } from '../sim/suite.js';

export interface TestSuiteOptions extends Partial<Omit<ExploreOptions, 'onProgress' | 'signal'>> {
  /** Real milliseconds the test may take. Default: 120,000. */
  readonly timeout?: number;
}

/** What a failing test shows instead of a stack: the story, and how to play it again. */
const failureOf = (violations: readonly { story: string; token: string }[]): string =>
  violations
    .map(({ story, token }) => `${story}\n\nReplay it: npx powercut replay ${token}`)
    .join('\n\n---\n\n');

/**
 * Registers one Vitest test that explores `suite` and holds its verdict against what the suite expects.
 * Same options, same verdict: nothing in it is random but by `seed`.
 */
export const testSuite = (suite: Suite, options: TestSuiteOptions = {}): void => {
  const { timeout = 120_000, ...bounds } = options;
  describe(suite.name, () => {
    it(`is ${suite.expected ?? 'safe'} under power cuts`, { timeout }, async () => {
      const result = await exploreSuite(suite, { ...DEFAULT_OPTIONS, ...bounds });
      if (result.asExpected) return;
      const told =
        result.expected === 'unsafe'
          ? 'It was expected to be found unsafe, and nothing was found.'
          : failureOf(result.violations);
      expect.fail(told);
    });
  });
};
