/** `powercut run`: explores suites on all cores and reports what was found. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { printable } from '../reports/format.js';
import { shardOf } from '../reports/merge.js';
import { renderReportFiles, reportFileNames } from '../reports/report-files.js';
import { renderCampaign } from '../reports/terminal/campaign.js';
import { exitCodeOf, undecidedSuites, verdictPhrase } from '../reports/verdict.js';
import type { StrategyChoice } from '../sim/explore/options.js';
import { withRegressions } from '../sim/explore/regression.js';
import type { CampaignResult, SuiteResult } from '../sim/result.js';
import type { DiskModelName } from '../sim/suite.js';
import type { Context, Engine, ExitCode } from './context.js';
import { tellGithub } from './github.js';
import type { Interrupt } from './interrupt.js';
import { listenForInterrupt } from './interrupt.js';
import { type LimitOptions, overridesOf } from './limit-options.js';
import type { Outputs } from './outputs.js';
import { prepareOutputs } from './outputs.js';
import type { ProgressSink } from './progress.js';
import { barProgress, lineProgress } from './progress.js';
import { Regressions } from './regressions.js';
import type { NamedSuite } from './suites.js';
import { findSuites } from './suites.js';
import type { Unit } from './task.js';
import { appearanceOn, wantsBar } from './terminal.js';
import { UsageError } from './usage-error.js';
import type { Shard } from './values.js';

export interface RunOptions extends LimitOptions {
  readonly seed: number;
  readonly runs: number;
  readonly workloads: number;
  readonly commands: number;
  readonly depth: number;
  readonly strategy: StrategyChoice;
  readonly disk?: DiskModelName;
  readonly workers?: number;
  readonly shard?: Shard;
  /** Milliseconds for the whole campaign. */
  readonly time?: number;
  readonly json?: string;
  readonly report: string;
  readonly bail: boolean;
  readonly strict: boolean;
  readonly verbose: boolean;
  /** Failures of earlier runs are played first, and those of this one are kept. */
  readonly corpus: boolean;
}

/** A worker died: its suite has no result, so there is nothing to say about it, least of all success. */
const EXIT_FAILED = 2;

/** What one suite may take, so that all of them together keep to the time given. */
const timeOfEach = (timeMs: number, suites: number, workers: number): number =>
  Math.max(1, Math.floor(timeMs / Math.ceil(suites / workers)));

const unitsOf = (suites: readonly NamedSuite[], options: RunOptions, workers: number): readonly Unit[] => {
  const { seed, runs, workloads, commands, depth, strategy, disk, bail, strict, time } = options;
  const shared = {
    seed,
    runs,
    workloads,
    commands,
    depth,
    strategy,
    bail,
    strict,
    ...overridesOf(options),
    ...(disk === undefined ? {} : { disk }),
    ...(time === undefined ? {} : { timeMs: timeOfEach(time, suites.length, workers) }),
  };
  return suites.map(({ reference }) => ({ reference, options: shared }));
};

/** The files a campaign writes: absolute paths and what is in them. */
const filesOf = (
  result: CampaignResult,
  options: RunOptions,
  directory: string,
): ReadonlyMap<string, string> => {
  const files = new Map<string, string>();
  for (const [name, contents] of renderReportFiles(result)) {
    files.set(resolve(directory, options.report, name), contents);
  }
  if (options.json !== undefined) {
    files.set(resolve(directory, options.json), `${JSON.stringify(result, undefined, 1)}\n`);
  }
  return files;
};

const requireWork = (options: RunOptions): void => {
  if (options.runs === 0 && options.workloads === 0) {
    throw new UsageError('NOTHING_TO_DO', '--runs 0 and --workloads 0 leave nothing to explore.');
  }
};

/** Stops the campaign at the first surprise when it was asked to, or when the person at the keyboard does. */
const stopSignals = (
  interrupt: Interrupt,
  bail: boolean,
): { readonly signal: AbortSignal; readonly onResult: (result: SuiteResult) => void } => {
  const bailed = new AbortController();
  return {
    signal: AbortSignal.any([interrupt.signal, bailed.signal]),
    onResult: (result) => {
      if (bail && !result.asExpected) bailed.abort();
    },
  };
};

interface Explored {
  readonly result: CampaignResult;
  /** Set when the campaign did not come to its end: the exit code says why, whatever the verdicts are. */
  readonly cutShort: ExitCode | undefined;
  readonly regressions: Regressions;
}

interface Campaign {
  readonly suites: readonly NamedSuite[];
  readonly options: RunOptions;
  readonly workers: number;
  readonly context: Context;
  readonly interrupt: Interrupt;
  readonly onDeath: () => void;
}

/** Plays what failed in earlier runs, within the time that all of the campaign may take. */
const playRegressions = async (campaign: Campaign): Promise<Regressions> => {
  const { suites, options, workers, context, interrupt, onDeath } = campaign;
  if (!options.corpus) return Regressions.none(context);
  const signals = [
    interrupt.signal,
    ...(options.time === undefined ? [] : [AbortSignal.timeout(options.time)]),
  ];
  return Regressions.play(suites, unitsOf(suites, options, workers), context, {
    workers,
    signal: AbortSignal.any(signals),
    onDeath: (message) => {
      onDeath();
      context.stderr.write(`powercut: ${message}\n`);
    },
  });
};

/** Explores the suites, and adds to what is found what still fails of earlier runs. */
const exploreAll = async (
  campaign: Campaign,
  regressions: Regressions,
): Promise<{ readonly results: readonly (SuiteResult | undefined)[]; readonly aborted: boolean }> => {
  const { suites, options, workers, context, interrupt, onDeath } = campaign;
  const planned = { suites: suites.length, workloads: options.workloads, runs: options.runs };
  const progress: ProgressSink = wantsBar(context.stderr, context.variables)
    ? barProgress(context.stderr, planned)
    : lineProgress(context.stderr);
  interrupt.signal.addEventListener('abort', () =>
    progress.say('Stopping; what was found is kept. Once more to kill.'),
  );
  const { signal, onResult } = stopSignals(interrupt, options.bail);
  const whole = (result: SuiteResult): SuiteResult =>
    withRegressions(result, regressions.failing(result.name));
  const { time } = options;
  const inTime = time === undefined ? options : { ...options, time: Math.max(1, time - regressions.spentMs) };
  try {
    const results = await context.explore(unitsOf(suites, inTime, workers), {
      workers,
      signal,
      onProgress: progress.update,
      onDeath: (message) => {
        onDeath();
        progress.say(`powercut: ${message}`);
      },
      onResult: (result) => {
        onResult(whole(result));
        progress.finished(whole(result));
      },
    });
    return {
      results: results.map((result) => result && whole(result)),
      aborted: signal.aborted,
    };
  } finally {
    progress.end();
  }
};

const explored = async (
  suites: readonly NamedSuite[],
  options: RunOptions,
  context: Context,
  engine: Engine,
  interrupt: Interrupt,
): Promise<Explored> => {
  const started = performance.now();
  let deaths = 0;
  const workers = options.workers ?? availableParallelism();
  const onDeath = (): void => {
    deaths += 1;
  };
  const campaign: Campaign = { suites, options, workers, context, interrupt, onDeath };
  const regressions = await playRegressions(campaign);
  const stopped = regressions.concluded;
  const { results, aborted } =
    stopped.length > 0 ? { results: stopped, aborted: true } : await exploreAll(campaign, regressions);
  const combined = engine.combineResults(
    results.filter((result) => result !== undefined),
    {
      seed: options.seed,
      seconds: (performance.now() - started) / 1000,
      interrupted: aborted || deaths > 0,
    },
  );
  const result = options.shard === undefined ? combined : { ...combined, shard: options.shard };
  const cutShort = deaths > 0 ? EXIT_FAILED : undefined;
  return { result, cutShort, regressions };
};

const print = (result: CampaignResult, options: RunOptions, context: Context): void => {
  const { stdout, variables, directory } = context;
  stdout.write(
    renderCampaign(result, {
      ...appearanceOn(stdout, variables),
      verbose: options.verbose,
    }),
  );
  context.stderr.write(`Report: ${resolve(directory, options.report, 'index.html')}\n`);
};

/** A suite without a verdict is no success: its reasons are told where a log is read first. */
const tellUndecided = (result: CampaignResult, context: Context): void => {
  for (const suite of undecidedSuites(result)) {
    context.stderr.write(`powercut: ${printable(`${suite.name}: ${verdictPhrase(suite)}`)}\n`);
  }
};

/**
 * Everything that can be wrong with the call is found before the exploration begins.
 *
 * @throws UsageError as documented at findSuites, prepareOutputs and exploreInWorkers, and NOTHING_TO_DO.
 */
export const runCommand = async (
  names: readonly string[],
  options: RunOptions,
  context: Context,
): Promise<ExitCode> => {
  requireWork(options);
  const { directory } = context;
  const engine = await context.loadEngine();
  const all = await findSuites(names, engine.loadShippedSuites, directory);
  const suites = options.shard === undefined ? all : shardOf(all, options.shard.index, options.shard.count);
  const interrupt = listenForInterrupt();
  const outputs: Outputs = await prepareOutputs([
    ...reportFileNames.map((name) => resolve(directory, options.report, name)),
    ...(options.json === undefined ? [] : [resolve(directory, options.json)]),
  ]);
  try {
    const { result, cutShort, regressions } = await explored(suites, options, context, engine, interrupt);
    await outputs.write(filesOf(result, options, directory));
    print(result, options, context);
    await regressions.settle(result.suites);
    await tellGithub(result, context);
    tellUndecided(result, context);
    return cutShort ?? exitCodeOf(result);
  } catch (error) {
    await outputs.discard();
    throw error;
  } finally {
    interrupt.release();
  }
};
