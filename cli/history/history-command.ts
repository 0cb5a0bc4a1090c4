/** `powercut history`: lists what campaigns have found over time, and writes it as a page. */

import { resolve } from 'node:path';
import { harmlessLine, printableJson } from '../../reports/format.js';
import { confidenceIn } from '../../reports/history/confidence.js';
import { renderTrendPage } from '../../reports/html/trend/trend.js';
import { renderHistory } from '../../reports/terminal/history.js';
import type { Context, ExitCode } from '../context.js';
import { TREND_FILE } from '../defaults.js';
import { prepareOutputs } from '../output/atomic-outputs.js';
import { appearanceOn } from '../output/terminal.js';
import { GithubApi, githubSettings } from './github-api.js';
import { syncIssues } from './github-issues.js';
import { readHistory } from './history-directory.js';
import { warnOfHistory } from './memory.js';

export interface HistoryOptions {
  readonly json: boolean;
  /** Of the page. */
  readonly report?: string;
  readonly githubIssues: boolean;
}

/**
 * Ends with 0, whatever the history says of the program.
 * @throws UsageError OUTPUT_UNWRITABLE, and those of `githubSettings` and `syncIssues`
 */
export const historyCommand = async (
  named: string,
  { json, report, githubIssues }: HistoryOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stdout, stderr, variables } = context;
  const github = githubIssues ? githubSettings(variables) : undefined;
  const { history, warning } = await readHistory(directory, named);
  warnOfHistory(context, warning === undefined ? [] : [warning]);
  const page = report === undefined ? undefined : resolve(directory, report, TREND_FILE);
  if (page !== undefined)
    await (await prepareOutputs([page])).write(new Map([[page, renderTrendPage(history)]]));
  if (json) {
    const findings = history.findings.map((finding) => ({
      ...finding,
      confidence: confidenceIn(finding, history),
    }));
    stdout.write(`${printableJson({ findings, campaigns: history.campaigns }, 2)}\n`);
  } else {
    stdout.write(renderHistory(history, appearanceOn(stdout, variables)));
  }
  if (page !== undefined) stderr.write(`Report: ${harmlessLine(page)}\n`);
  if (github !== undefined)
    await syncIssues(
      history,
      new GithubApi(github),
      (line) => void stderr.write(`${harmlessLine(line)}\n`),
      github.run,
    );
  return 0;
};
