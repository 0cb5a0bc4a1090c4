/** `powercut list`: the suites that can be run, with what each is expected to show. */
import { printable } from '../reports/format.js';
import type { Context, ExitCode } from './context.js';
import { findSuites } from './suites.js';

/** @throws UsageError as documented at findSuites. */
export const listCommand = async (names: readonly string[], context: Context): Promise<ExitCode> => {
  const engine = await context.loadEngine();
  const suites = await findSuites(names, engine.loadShippedSuites, context.directory);
  const width = Math.max(...suites.map(({ suite }) => printable(suite.name).length));
  for (const { suite } of suites) {
    const expected = `expected ${suite.expected ?? 'safe'}`.padEnd('expected unsafe'.length);
    const rules = `${suite.invariants.length} invariants`;
    context.stdout.write(
      `${printable(suite.name).padEnd(width)}  ${expected}  ${suite.disk ?? 'posix'}  ${rules}\n`,
    );
  }
  return 0;
};
