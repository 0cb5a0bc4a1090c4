/**
 * `powercut/vitest`: a suite as Vitest tests, bounded and seeded.
 *
 * @module
 */
import { describe, it, type TestContext } from 'vitest';
import { exploreRemembering } from '../cli/corpus/explore-with-corpus.js';
import { askNewProcess } from '../cli/workers/ask-new-process.js';
import { harmless, harmlessLine, replayCommand } from '../reports/format.js';
import { verdictPhrase } from '../reports/verdict.js';
import { exploreInProcess } from '../sim/explore/campaign/explore-in-process.js';
import type { AskNewProcess } from '../sim/explore/campaign/outliving-state.js';
import { boundsOf, type ExplorationBounds, type ExploreOptions } from '../sim/explore/options.js';
import { installGuard } from '../sim/guard/guard.js';
import { serveImportsOfTests } from '../sim/guard/program/vitest-imports.js';
import type { SuiteResult } from '../sim/result/result.js';
import type { Suite } from '../sim/suite/suite.js';

// Before a test's other imports: packages that keep node:fs's functions to themselves then keep those of the simulated world.
installGuard();
serveImportsOfTests();

declare module 'vitest' {
  interface TaskMeta {
    /** What exploring the suite of this test found: plain data, so that it reaches reporters from any worker and shard. */
    powercut?: SuiteResult;
  }
}

/** How {@link testSuite} explores a suite: the options of an exploration, and those of the Vitest test. */
export interface TestSuiteOptions extends Omit<ExploreOptions, 'onProgress' | 'signal'> {
  /** Real milliseconds the test may take. Default: 120,000. */
  readonly timeout?: number;
  /**
   * The file that exports the suite as default, relative to the directory that the tests run in. `powercut replay` needs it, and
   * so does the check for state that outlives a life: without it the result notes that it was not made.
   */
  readonly file?: string;
  /**
   * Whether failures are kept in `.powercut/corpus`, under the directory the tests run in, and played first the next time,
   * until they pass; `powercut run` shares them. Default: true.
   */
  readonly corpus?: boolean;
}

/** A failure that is a story. It has no stack: this file is not its cause. */
class BrokenPromise extends Error {
  override readonly name = 'powercut';

  constructor(story: string) {
    super(story);
    this.stack = `${this.name}: ${story}`;
  }
}

const tell = (result: SuiteResult): string => {
  const stories = result.violations.map(
    ({ story, token }) => `${harmless(story)}\n\nReplay it: ${replayCommand(token, result.file)}`,
  );
  return [`${result.name}: ${verdictPhrase(result)}`, ...stories].join('\n\n');
};

const remembering = async (
  suite: Suite,
  options: ExplorationBounds,
  ask: AskNewProcess | undefined,
): Promise<SuiteResult> => {
  const { result, warnings } = await exploreRemembering(suite, options, process.cwd(), ask);
  for (const { code, message } of warnings) console.warn(`powercut: ${harmlessLine(message)} (${code})`);
  return result;
};

/**
 * Registers one Vitest test that explores `suite` and holds its verdict against what the suite expects.
 * Same options, same verdict: nothing in it is random but by `seed`.
 */
export const testSuite = (suite: Suite, options: TestSuiteOptions = {}): void => {
  const { timeout = 120_000, file, corpus = true, ...given } = options;
  const bounds = boundsOf(given);
  describe(suite.name, () => {
    const verdict = `is ${suite.expected ?? 'safe'} under power cuts`;
    it(verdict, { timeout }, async ({ task, signal }: TestContext) => {
      const all = { ...bounds, signal };
      const ask = file === undefined ? undefined : askNewProcess(suite.name, file, bounds);
      const explored = corpus ? await remembering(suite, all, ask) : await exploreInProcess(suite, all, ask);
      const result = file === undefined ? explored : { ...explored, file };
      task.meta.powercut = result;
      if (!result.asExpected) throw new BrokenPromise(tell(result));
    });
  });
};
