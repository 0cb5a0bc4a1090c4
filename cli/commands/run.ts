/** `powercut run`: explores suites on all cores and reports what was found. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { harmlessLine } from '../../reports/format.js';
import { renderReportFile, reportFileNames } from '../../reports/formats/report-files.js';
import type { History } from '../../reports/history/history.js';
import { shardOf } from '../../reports/result/merge.js';
import { exitCodeOf, undecidedSuites, verdictPhrase } from '../../reports/verdict.js';
import type { CampaignResult, Shard, SuiteResult } from '../../sim/result/result.js';
import type { Context, Engine, ExitCode } from '../context.js';
import { type Memory, openMemory } from '../history/memory.js';
import { listenForInterrupt } from '../interrupt.js';
import { findSuites, type NamedSuite, withName } from '../loading/find-suites.js';
import { type Outputs, prepareOutputs } from '../output/atomic-outputs.js';
import { printResult } from '../output/reporter.js';
import { Saver } from '../output/saver.js';
import { EXIT_USAGE, messageWithCode, UsageError } from '../usage-error.js';
import { type CampaignOptions, type CampaignOutcome, runCampaign } from './explore-suites.js';

export interface RunOptions extends CampaignOptions {
  readonly workers?: number;
  readonly shard?: Shard;
  /** Only suites with this text in their names. */
  readonly grep?: string;
  readonly json?: string;
  readonly report: string;
  readonly verbose: boolean;
  /** The directory of the history; true: the default one. */
  readonly history?: string | boolean;
  readonly commit?: string;
}

/** @throws UsageError NOTHING_TO_DO */
export const requireWork = (options: RunOptions): void => {
  if (options.runs === 0 && options.workloads === 0) {
    throw new UsageError('NOTHING_TO_DO', '--runs 0 and --workloads 0 leave nothing to explore.');
  }
};

/** A file that is never loaded leaves most of the time to the others. */
const loadingTime = (timeMs: number, names: readonly string[]): number =>
  names.length > 1 ? timeMs / 3 : timeMs;

/** Suites of this shard. @throws UsageError as documented at findSuites; that of the first file where none can be loaded */
const suitesOf = async (
  names: readonly string[],
  options: RunOptions,
  context: Context,
  engine: Engine,
): Promise<readonly NamedSuite[]> => {
  const { time, stallTimeout, shard, grep } = options;
  const { describeFile, directory, stderr } = context;
  const all = await findSuites(names, {
    loadShipped: engine.loadShippedSuites,
    describeFile,
    directory,
    silentMsMax: stallTimeout,
    ...(time === undefined ? {} : { limitMs: loadingTime(time, names) }),
  });
  const failed = all.flatMap(({ error }) => error ?? []);
  const [first, ...others] = failed;
  const isHopeless = first !== undefined && failed.length === all.length;
  for (const { code, message } of isHopeless ? others : failed)
    stderr.write(`powercut: ${harmlessLine(`${message} (${code})`)}\n`);
  if (isHopeless) throw first;
  const named = withName(all, grep);
  return shard === undefined ? named : shardOf(named, shard.index, shard.count);
};

/** Renders and writes each report by itself: where one fails, the others are there. Returns what failed. */
const writeReports = async (
  result: CampaignResult,
  directory: string,
  outputs: Outputs,
  history: History | undefined,
): Promise<readonly UsageError[]> => {
  const failures: UsageError[] = [];
  for (const name of reportFileNames) {
    try {
      await outputs.write(new Map([[resolve(directory, name), renderReportFile(name, result, history)]]));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      failures.push(error);
    }
  }
  return failures;
};

const print = async (result: CampaignResult, options: RunOptions, context: Context): Promise<void> => {
  const { stderr, directory } = context;
  await printResult(result, options, context);
  if (options.reporter !== 'quiet' || exitCodeOf(result) !== 0)
    stderr.write(`Report: ${harmlessLine(resolve(directory, options.report, 'index.html'))}\n`);
};

/** A suite without a verdict is no success: its reasons go to stderr, which people read first in a log. */
const tellUndecided = (result: CampaignResult, { stderr }: Context): void => {
  for (const suite of undecidedSuites(result))
    stderr.write(`powercut: ${harmlessLine(`${suite.name}: ${verdictPhrase(suite)}`)}\n`);
};

interface Ending {
  readonly result: CampaignResult;
  readonly outcome: CampaignOutcome;
  readonly suites: readonly NamedSuite[];
}

/** A violation is one whatever else is wrong. */
const endingCode = ({ result, suites }: Ending, failures: readonly UsageError[]): ExitCode => {
  if (failures.length > 0) return EXIT_USAGE;
  const decided = exitCodeOf(result);
  const isMisconfigured = suites.some(({ error }) => error !== undefined);
  return decided !== 1 && isMisconfigured ? EXIT_USAGE : decided;
};

/** Saves, prints and reports what the campaign found: in that order, so that no step can take away what an earlier one gave. */
const finish = async (
  ending: Ending,
  options: RunOptions,
  context: Context,
  outputs: Outputs,
  saver: Saver,
  memory: Memory,
): Promise<ExitCode> => {
  const { result, outcome } = ending;
  saver.save(result);
  const unsaved = await saver.saved();
  await print(result, options, context);
  const history = await memory.record(result, outcome.regressions.replays, options.reporter);
  const reports = resolve(context.directory, options.report);
  const failures = await writeReports(result, reports, outputs, history);
  await outcome.regressions.updateCorpus(result.suites);
  tellUndecided(result, context);
  const all = unsaved === undefined ? failures : [unsaved, ...failures];
  for (const message of new Set(all.map(messageWithCode)))
    context.stderr.write(`powercut: ${harmlessLine(message)}\n`);
  return endingCode(ending, all);
};

/**
 * Everything that can be wrong with the call is found before the exploration begins.
 *
 * @throws UsageError as documented at findSuites and prepareOutputs, and NOTHING_TO_DO.
 */
export const runCommand = async (
  names: readonly string[],
  options: RunOptions,
  context: Context,
): Promise<ExitCode> => {
  requireWork(options);
  const startedMs = performance.now();
  const { directory } = context;
  const engine = await context.loadEngine();
  const suites = await suitesOf(names, options, context, engine);
  const memory = await openMemory(options, context);
  const interrupt = listenForInterrupt();
  const saved = [
    resolve(directory, options.report, 'result.json'),
    ...(options.json === undefined ? [] : [resolve(directory, options.json)]),
  ];
  const outputs = await prepareOutputs([
    ...reportFileNames.map((name) => resolve(directory, options.report, name)),
    ...saved,
  ]);
  const saver = new Saver(outputs, saved);
  const combined = (results: readonly SuiteResult[], interrupted: boolean): CampaignResult => {
    const seconds = (performance.now() - startedMs) / 1000;
    const result = engine.combineResults(results, { seed: options.seed, seconds, interrupted });
    return options.shard === undefined ? result : { ...result, shard: options.shard };
  };
  try {
    const outcome = await runCampaign({
      suites,
      options,
      workers: options.workers ?? availableParallelism(),
      context,
      interrupt,
      startedMs,
      findings: memory.findings,
      onResults: (results) => saver.save(combined(results, true)),
    });
    const result = combined(outcome.results, outcome.isCutShort);
    return await finish({ result, outcome, suites }, options, context, outputs, saver, memory);
  } catch (error) {
    await outputs.discard();
    throw error;
  } finally {
    interrupt.release();
  }
};
