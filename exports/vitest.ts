/**
 * `powercut/vitest`: a suite as Vitest tests, bounded and seeded.
 *
 * @module
 */
import { describe, it, type TestContext } from 'vitest';
import { exploreRemembering } from '../cli/corpus/explore-with-corpus.js';
import { fileOfSuite } from '../cli/loading/suite-file.js';
import { askNewProcess } from '../cli/workers/ask-new-process.js';
import { harmless, harmlessLine, replayCommand } from '../reports/format.js';
import { verdictPhrase } from '../reports/verdict.js';
import { exploreInProcess } from '../sim/explore/campaign/explore-in-process.js';
import type { AskNewProcess } from '../sim/explore/campaign/outliving-state.js';
import { boundsOf, type ExplorationBounds, type ExploreOptions } from '../sim/explore/options.js';
import { installGuard } from '../sim/guard/guard.js';
import { serveImportsOfTests } from '../sim/guard/program/vitest-imports.js';
import type { SuiteResult, Violation } from '../sim/result/result.js';
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
   * so does the check for state that outlives a life. Default: the file that calls `defineSuite`, if it exports the suite as default;
   * otherwise the result notes that the check was not made.
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

const storiesOf = (violations: readonly Violation[], file: string | undefined): readonly string[] =>
  violations.map(({ story, token }) => `${harmless(story)}\n\nReplay it: ${replayCommand(token, file)}`);

/** The verdict, the stories that no other test tells, and where the others are. */
const tell = (result: SuiteResult, toldElsewhere: ReadonlySet<string>): string => {
  const isElsewhere = ({ invariant }: Violation): boolean => toldElsewhere.has(invariant);
  const elsewhere = new Set(result.violations.filter(isElsewhere).map(({ invariant }) => invariant));
  return [
    `${harmlessLine(result.name)}: ${verdictPhrase(result)}`,
    ...(elsewhere.size === 0 ? [] : [`See the test of ${harmlessLine([...elsewhere].join(', '))}.`]),
    ...storiesOf(
      result.violations.filter((violation) => !isElsewhere(violation)),
      result.file,
    ),
  ].join('\n\n');
};

const remembering = async (
  suite: Suite,
  options: ExplorationBounds,
  ask: AskNewProcess,
): Promise<SuiteResult> => {
  const { result, warnings } = await exploreRemembering(suite, options, process.cwd(), ask);
  for (const { code, message } of warnings) console.warn(`powercut: ${harmlessLine(message)} (${code})`);
  return result;
};

/** Explores the suite for all of its tests. The result goes into the meta of the test that asked first. */
const explore = async (
  suite: Suite,
  { file: given, corpus = true, timeout: _, ...options }: TestSuiteOptions,
  { task, signal }: TestContext,
): Promise<SuiteResult> => {
  const bounds = boundsOf(options);
  const all = { ...bounds, signal };
  let file = given;
  const ask: AskNewProcess = async (lives) => {
    file ??= await fileOfSuite(suite, task.file.filepath, process.cwd());
    if (file === undefined)
      throw new Error("the suite is no file's default export that testSuite knows of: name its 'file'");
    return askNewProcess(suite.name, file, bounds)(lives);
  };
  const explored = await (corpus ? remembering(suite, all, ask) : exploreInProcess(suite, all, ask));
  const result = file === undefined ? explored : { ...explored, file };
  task.meta.powercut = result;
  return result;
};

/** The names of the tests that run beside this one: `-t` may have left some out. */
const besides = ({ task }: TestContext): ReadonlySet<string> =>
  new Set(
    task.suite?.tasks.filter(({ mode }) => mode !== 'skip' && mode !== 'todo').map(({ name }) => name) ?? [],
  );

interface Judged {
  readonly name: string;
  /** The name of the test of the verdict. */
  readonly verdict: string;
  readonly bail: boolean;
}

/** Fails where the invariant is violated, and where nothing is known of it. */
const judge = ({ name, verdict, bail }: Judged, result: SuiteResult, context: TestContext): void => {
  const own = result.violations.filter(({ invariant }) => invariant === name);
  if (own.length > 0) throw new BrokenPromise(storiesOf(own, result.file).join('\n\n'));
  if (bail && result.verdict === 'violated')
    context.skip('The exploration stopped at the violation of another invariant.');
  if (result.verdict !== 'undecided') return;
  if (besides(context).has(verdict)) context.skip(verdictPhrase(result));
  throw new BrokenPromise(tell(result, new Set()));
};

/**
 * Registers the tests of a suite: one holds its verdict against what the suite expects, and if that is 'safe', there is one for each
 * invariant, named as it is. They share one exploration. `vitest -t durability` thus runs the tests of that invariant.
 * Same options, same verdict: nothing in it is random but by `seed`.
 */
export const testSuite = (suite: Suite, options: TestSuiteOptions = {}): void => {
  const { expected = 'safe', name: title, invariants } = suite;
  const { timeout = 120_000, bail = false } = options;
  const verdict = `is ${expected} under power cuts`;
  const names = new Set(expected === 'safe' ? invariants.map(({ name }) => name) : []);
  describe(title, () => {
    let exploration: Promise<SuiteResult> | undefined;
    const explored = (context: TestContext): Promise<SuiteResult> => {
      exploration ??= explore(suite, options, context);
      return exploration;
    };
    it(verdict, { timeout }, async (context) => {
      const result = await explored(context);
      const elsewhere = [...besides(context)].filter((name) => names.has(name));
      if (!result.asExpected) throw new BrokenPromise(tell(result, new Set(elsewhere)));
    });
    for (const name of names) {
      it(name, { timeout }, async (context) =>
        judge({ name, verdict, bail }, await explored(context), context),
      );
    }
  });
};
