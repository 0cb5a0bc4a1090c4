/** `powercut report`: makes the report of results that are already there, merging the shards of a campaign. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { renderReportFiles, reportFileNames } from '../../reports/formats/report-files.js';
import { MergeError, mergeResults } from '../../reports/result/merge.js';
import { ResultError, readOracle, readResult } from '../../reports/result/read-result.js';
import { renderCampaign } from '../../reports/terminal/campaign.js';
import { exitCodeOf } from '../../reports/verdict.js';
import type { CampaignResult } from '../../sim/result/result.js';
import type { Context, ExitCode } from '../context.js';
import { REPORT_DIRECTORY } from '../defaults.js';
import { prepareOutputs } from '../output/atomic-outputs.js';
import { tellGithub } from '../output/github.js';
import { appearanceOn } from '../output/terminal.js';
import { messageOf, UsageError } from '../usage-error.js';

export interface ReportOptions {
  readonly out: string;
  readonly verbose: boolean;
  /** What `npm run sabotage -- --json` wrote. */
  readonly sabotage?: string;
}

const readText = async (path: string, argument: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new UsageError('RESULT_UNREADABLE', `Cannot read '${argument}': ${messageOf(thrown)}.`);
  }
};

const readAll = async (names: readonly string[], directory: string): Promise<readonly CampaignResult[]> => {
  const results: CampaignResult[] = [];
  for (const name of names) {
    results.push(readResult(await readText(resolve(directory, name), name), name));
  }
  return results;
};

/** @throws UsageError; ResultError and MergeError, which tell their own story, come out as one. */
export const reportCommand = async (
  names: readonly string[],
  options: ReportOptions,
  context: Context,
): Promise<ExitCode> => {
  const { directory, stdout, variables } = context;
  const sources = names.length > 0 ? names : [join(REPORT_DIRECTORY, 'result.json')];
  try {
    const results = await readAll(sources, directory);
    const engine = await context.loadEngine();
    const merged = mergeResults(results, engine.combineResults);
    const { sabotage } = options;
    const result: CampaignResult =
      sabotage === undefined
        ? merged
        : { ...merged, oracle: readOracle(await readText(resolve(directory, sabotage), sabotage), sabotage) };
    const outputs = await prepareOutputs(
      reportFileNames.map((name) => resolve(directory, options.out, name)),
    );
    const files = renderReportFiles(result);
    await outputs.write(
      new Map([...files].map(([name, text]) => [resolve(directory, options.out, name), text])),
    );
    stdout.write(
      renderCampaign(result, {
        ...appearanceOn(stdout, variables),
        verbose: options.verbose,
      }),
    );
    await tellGithub(result, context, 'all');
    return exitCodeOf(result);
  } catch (thrown) {
    if (thrown instanceof ResultError || thrown instanceof MergeError) {
      throw new UsageError(thrown.code, thrown.message);
    }
    throw thrown;
  }
};
