/** A campaign: failures of earlier runs first, then every suite. Each has a result. */
import { harmless, harmlessLine } from '../../reports/format.js';
import type { HistoryFinding } from '../../reports/history/history.js';
import { withRegressions } from '../../sim/explore/campaign/add-regressions.js';
import type { StrategyChoice } from '../../sim/explore/options.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { DiskModelName } from '../../sim/suite/suite.js';
import type { Context } from '../context.js';
import { Regressions } from '../corpus/regressions.js';
import type { ReporterName } from '../defaults.js';
import type { Interrupt } from '../interrupt.js';
import type { NamedSuite } from '../loading/find-suites.js';
import type { Unit } from '../messages/messages.js';
import { progressFor } from '../output/reporter.js';
import { doubtOf, stopOf, type Trouble, troubleOf, unitName } from '../workers/trouble.js';
import { doubted, undecidedResult } from '../workers/undecided-result.js';
import { type LimitOptions, overridesOf } from './limit-options.js';

export interface CampaignOptions extends LimitOptions {
  readonly seed: number;
  readonly runs: number;
  readonly workloads: number;
  readonly commands: number;
  readonly depth: number;
  readonly strategy: StrategyChoice;
  readonly disk?: DiskModelName;
  /** Milliseconds for the whole campaign. */
  readonly time?: number;
  /** Milliseconds that a suite may block its thread. */
  readonly stallTimeout: number;
  readonly bail: boolean;
  readonly strict: boolean;
  /** Failures of earlier runs are played first, and those of this one are kept. */
  readonly corpus: boolean;
  readonly reporter: ReporterName;
}

/** What one suite may take, so that all of them together keep to the time given. */
const timeOfEach = (timeMs: number, suites: number, workers: number): number =>
  Math.max(1, Math.floor(timeMs / Math.ceil(suites / workers)));

const unitsOf = (
  suites: readonly NamedSuite[],
  options: CampaignOptions,
  workers: number,
  timeMs: number | undefined,
): readonly Unit[] => {
  const { seed, runs, workloads, commands, depth, strategy, disk, bail, strict } = options;
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
    ...(timeMs === undefined ? {} : { timeMs: timeOfEach(timeMs, suites.length, workers) }),
  };
  return suites.map(({ reference, suite }) => ({ reference, suite, options: shared }));
};

/** Stops the campaign at the first surprise under --bail, or at Ctrl-C. */
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

export interface Campaign {
  readonly suites: readonly NamedSuite[];
  readonly options: CampaignOptions;
  readonly workers: number;
  readonly context: Context;
  readonly interrupt: Interrupt;
  /** By `performance.now()`, when the command was called: its time counts from there. */
  readonly startedMs: number;
  /** What a history knows: its runs are played first, as saved failures are. */
  readonly findings?: readonly HistoryFinding[];
  /** All results there are so far. Called with each new one. */
  readonly onResults: (results: readonly SuiteResult[]) => void;
}

/** Exploration ends this share of the time early, or this long, so that checking and reporting what was found ends in time. */
const ENDING_SHARE = 0.1;
const ENDING_MS_MAX = 2_000;

/** What is left to explore in of the time given; undefined where none was. At least a millisecond. */
const timeLeft = ({ options: { time }, startedMs }: Campaign): { readonly timeMs?: number } => {
  if (time === undefined) return {};
  const exploring = time - Math.min(ENDING_MS_MAX, time * ENDING_SHARE);
  return { timeMs: Math.max(1, Math.ceil(exploring - (performance.now() - startedMs))) };
};

const tellTrouble =
  ({ stderr }: Context, say: (line: string) => void) =>
  (unit: Unit, { code, message, stack }: Trouble): void => {
    say(`powercut: ${harmlessLine(`${unitName(unit)}: ${message}`)}. (${code})`);
    // Where a loop that never ends is: nothing else tells.
    if (code === 'SUITE_STUCK' && stack !== undefined) stderr.write(`${harmless(stack)}\n`);
  };

/** Plays what failed in earlier runs, within the time that all of the campaign may take. */
const playRegressions = async (
  campaign: Campaign,
  units: readonly Unit[],
  troubles: Map<string, Trouble>,
): Promise<Regressions> => {
  const { suites, options, workers, context, interrupt, findings = [] } = campaign;
  if (!options.corpus && findings.length === 0) return Regressions.none(context);
  const { timeMs } = timeLeft(campaign);
  const signals = [interrupt.signal, ...(timeMs === undefined ? [] : [AbortSignal.timeout(timeMs)])];
  const tell = tellTrouble(context, (line) => context.stderr.write(`${line}\n`));
  return Regressions.play(suites, units, context, {
    workers,
    corpus: options.corpus,
    findings,
    silentMsMax: options.stallTimeout,
    signal: AbortSignal.any(signals),
    onTrouble: (unit, trouble) => {
      troubles.set(unit.suite.name, trouble);
      tell(unit, { ...trouble, message: `replaying saved failures: ${trouble.message}` });
    },
  });
};

/** Explores the suites, and adds to what is found what still fails of earlier runs. */
const exploreAll = async (
  campaign: Campaign,
  units: readonly Unit[],
  whole: (result: SuiteResult) => SuiteResult,
): Promise<{ readonly results: readonly (SuiteResult | undefined)[]; readonly aborted: boolean }> => {
  const { options, workers, context, interrupt, onResults } = campaign;
  const planned = { suites: units.length, workloads: options.workloads, runs: options.runs };
  const progress = progressFor(options.reporter, context, planned);
  interrupt.signal.addEventListener('abort', () =>
    progress.say('Stopping. Results so far are kept. Press Ctrl-C again to kill.'),
  );
  const { signal, onResult } = stopSignals(interrupt, options.bail);
  const soFar = new Map<string, SuiteResult>();
  try {
    const results = await context.explore(units, {
      workers,
      silentMsMax: options.stallTimeout,
      ...timeLeft(campaign),
      signal,
      onProgress: progress.update,
      onTrouble: tellTrouble(context, progress.say),
      onResult: (explored) => {
        const result = whole(explored);
        soFar.set(result.name, result);
        onResults(units.flatMap(({ suite }) => soFar.get(suite.name) ?? []));
        progress.finished(result);
        onResult(result);
      },
    });
    return { results: results.map((result) => result && whole(result)), aborted: signal.aborted };
  } finally {
    progress.end();
  }
};

const OUT_OF_TIME = {
  code: 'NOTHING_EXPLORED',
  message: 'The time was up before its exploration began.',
} as const;

export interface CampaignOutcome {
  readonly results: readonly SuiteResult[];
  /** By a signal, at the first violation, or by the death of a worker. Suites that had not begun by then are left out. */
  readonly isCutShort: boolean;
  readonly regressions: Regressions;
}

/** The results of all suites, in their order, and whether some are missing. Those of files that failed are among them. */
export const runCampaign = async (campaign: Campaign): Promise<CampaignOutcome> => {
  const { suites, options, workers } = campaign;
  const loaded = suites.filter(({ error }) => error === undefined);
  const units = (): readonly Unit[] => unitsOf(loaded, options, workers, timeLeft(campaign).timeMs);
  const troubles = new Map<string, Trouble>();
  const regressions = await playRegressions({ ...campaign, suites: loaded }, units(), troubles);
  const whole = (result: SuiteResult): SuiteResult => {
    const told = withRegressions(result, regressions.failing(result.name));
    const trouble = troubles.get(result.name);
    return trouble === undefined ? told : doubted(told, doubtOf(trouble));
  };
  const stopped = regressions.concluded;
  const { results, aborted } =
    stopped.length > 0 ? { results: stopped, aborted: true } : await exploreAll(campaign, units(), whole);
  const byName = new Map(
    results.flatMap((result) => (result === undefined ? [] : [[result.name, result] as const])),
  );
  const all = unitsOf(suites, options, workers, undefined).flatMap((unit, index): readonly SuiteResult[] => {
    const error = suites[index]?.error;
    const result = byName.get(unit.suite.name);
    if (result !== undefined) return [result];
    if (error !== undefined) {
      const trouble = troubleOf(error);
      return [undecidedResult(unit, doubtOf(trouble), stopOf(trouble))];
    }
    return aborted ? [] : [undecidedResult(unit, OUT_OF_TIME, { kind: 'time' })];
  });
  const isCutShort =
    aborted || all.some(({ undecided }) => undecided?.some(({ code }) => code === 'WORKER_DIED'));
  return { results: all, isCutShort, regressions };
};
