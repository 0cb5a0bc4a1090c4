/** `powercut show-report`: prints where the report is, and opens it in the browser. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { harmlessLine } from '../../reports/format.js';
import type { Context, ExitCode } from '../context.js';
import { wantsBar } from '../output/terminal.js';
import { UsageError } from '../usage-error.js';

export interface ShowReportOptions {
  readonly open: boolean;
}

/** @throws UsageError REPORT_NOT_FOUND */
export const showReportCommand = async (
  directory: string,
  options: ShowReportOptions,
  { directory: from, stdout, stderr, variables, openInBrowser }: Context,
): Promise<ExitCode> => {
  const path = resolve(from, directory, 'index.html');
  const isThere = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isThere)
    throw new UsageError(
      'REPORT_NOT_FOUND',
      `There is no report in '${directory}': 'powercut run' writes one. Name the directory that it was given as --report.`,
    );
  stdout.write(`${harmlessLine(path)}\n`);
  // Where no person is looking, as in CI or a pipe, the path is what is wanted.
  if (!options.open || !wantsBar(stdout, variables)) return 0;
  const failure = await openInBrowser(path);
  if (failure !== undefined)
    stderr.write(`powercut: No browser was opened: ${harmlessLine(failure)}. Open the file yourself.\n`);
  return 0;
};
