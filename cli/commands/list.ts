/** `powercut list`: the suites that can be run, with what each is expected to show. */
import { harmlessLine } from '../../reports/format.js';
import type { Context, ExitCode } from '../context.js';
import { findAllSuites, withName } from '../loading/find-suites.js';

export interface ListOptions {
  /** Only suites with this text in their names. */
  readonly grep?: string;
}

/** @throws UsageError as documented at findAllSuites and withName. */
export const listCommand = async (
  names: readonly string[],
  { grep }: ListOptions,
  context: Context,
): Promise<ExitCode> => {
  const engine = await context.loadEngine();
  const { describeFile, directory } = context;
  const all = await findAllSuites(names, {
    loadShipped: engine.loadShippedSuites,
    describeFile,
    directory,
  });
  const suites = withName(all, grep);
  const width = Math.max(...suites.map(({ suite }) => harmlessLine(suite.name).length));
  for (const { suite } of suites) {
    const expected = `expected ${suite.expected}`.padEnd('expected unsafe'.length);
    const rules = `${suite.invariants} invariants`;
    context.stdout.write(`${harmlessLine(suite.name).padEnd(width)}  ${expected}  ${suite.disk}  ${rules}\n`);
  }
  return 0;
};
