/** `powercut campaign result`: what a campaign found, so far or in the end. */
import { resolve } from 'node:path';
import { renderReportFile, renderReportFiles } from '../../../reports/formats/report-files.js';
import { exitCodeOf } from '../../../reports/verdict.js';
import type { Context, ExitCode } from '../../context.js';
import type { ReporterName } from '../../defaults.js';
import { historyNamed } from '../../history/memory.js';
import { prepareOutputs } from '../../output/atomic-outputs.js';
import { printResult } from '../../output/reporter.js';
import { UsageError } from '../../usage-error.js';
import { campaignNamed, type QueueOption, withPlace } from './place.js';

export interface ResultOptions extends QueueOption {
  readonly report?: string;
  readonly json?: string;
  readonly reporter: ReporterName;
  readonly verbose: boolean;
  /** The directory of the history; true: the default one. */
  readonly history?: string | boolean;
}

/** @throws UsageError as documented at `connect`; CAMPAIGN_NOT_FOUND, QUEUE_DATA_INVALID, OUTPUT_UNWRITABLE */
export const resultCommand = (
  name: string | undefined,
  options: ResultOptions,
  context: Context,
): Promise<ExitCode> =>
  withPlace(options, context, async (place) => {
    const campaign = await campaignNamed(name, place);
    const outcome = await place.data(campaign).outcome();
    if (outcome === undefined)
      throw new UsageError(
        'CAMPAIGN_NOT_FOUND',
        `Campaign '${campaign}' has no result yet: no suite of it is finished.`,
      );
    const { combineResults } = await context.loadEngine();
    const { results, isComplete, seed, seconds } = outcome;
    const result = combineResults(results, { seed, seconds, interrupted: !isComplete });
    const { directory } = context;
    const files = new Map<string, string>();
    if (options.report !== undefined)
      for (const [file, text] of renderReportFiles(result, await historyNamed(options.history, context)))
        files.set(resolve(directory, options.report, file), text);
    if (options.json !== undefined)
      files.set(resolve(directory, options.json), renderReportFile('result.json', result));
    const outputs = await prepareOutputs([...files.keys()]);
    await outputs.write(files);
    await printResult(result, options, context);
    return exitCodeOf(result);
  });
