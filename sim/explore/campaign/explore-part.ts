/**
 * A part of the exploration of one suite: some of its workloads, or some of its random runs. Which parts there are
 * depends on the options alone, and what a part comes to on nothing but suite, options and part, so it is all one
 * whether one process explores all of them or ten do.
 */
import type * as fc from 'fast-check';
import { CrashCoverage } from '../../coverage/crash-coverage.js';
import { checkedSuite } from '../../define-suite/define-suite.js';
import { type DiskModel, diskModel } from '../../disk/crash-model/disk-models.js';
import type { Crash } from '../../disk/crash-model/durability.js';
import { installGuard } from '../../guard/guard.js';
import { canHaveZone, localeOf } from '../../guard/patches/locale.js';
import { unlessAbandoned } from '../../life/abandoned-life.js';
import { type Driven, drive } from '../../life/drive.js';
import type { LifeRecord } from '../../life/run-life.js';
import type { Note, StopReason, UndecidedReason } from '../../result/result.js';
import { stopReasons } from '../../result/stop-reasons.js';
import { playTape, type Tape } from '../../run/tape.js';
import { limitsOf, withOverrides } from '../../suite/limits.js';
import { sealed } from '../../suite/sealed-workload.js';
import type { Json, Suite } from '../../suite/suite.js';
import { PowercutError } from '../../util/errors.js';
import { startStopwatch } from '../../util/stopwatch.js';
import { everySchedule, type Searched, underSchedule } from '../exhaustive/every-schedule.js';
import { type Exhausted, type ExhaustiveOptions, explore, type Finding } from '../exhaustive/exhaustive.js';
import {
  DEFAULT_OPTIONS,
  type ExploreOptions,
  type ExploreProgress,
  type StrategyChoice,
} from '../options.js';
import { RUNS_PER_HISTORY_MAX, runsPerHistory } from '../random/draw-plan.js';
import {
  type RandomInput,
  type RandomRuns,
  randomInputs,
  runRandom,
  type ScheduledWorkload,
  scheduledWorkloads,
} from '../random/run-random.js';
import { Sampling } from '../recheck/life-sample.js';
import { type First, type SurveyOptions, survey } from '../shrink/shrink.js';
import { distinctNotes } from './decide-verdict.js';
import { Evidencing } from './evidence.js';
import { countFaults } from './fault-counts.js';
import { costsOfRecovery, costsPerCommand, Statistics } from './life-costs.js';
import { notesOf } from './notes.js';
import { Reaching } from './reaching.js';
import { EMPTY_TALLY, type Phase, type Tally } from './tally.js';

export interface Part {
  readonly phase: Phase;
  /** Index of the first workload or run. */
  readonly from: number;
  readonly count: number;
}

/** Of 'dfs', unless its bound is given. */
const PREEMPTIONS_MAX = 2;
/** Apart from the seed of the workloads, so that more of the ones shift none of the others. */
const RANDOM_SEED_OFFSET = 0x5eed;
/** Few enough parts that passing over the runs of the ones before takes no time, many enough to share out. */
const RANDOM_PARTS_MAX = 32;
/** How long a life may go on when the time is up. Most are over by then. */
const LIFE_GRACE_SECONDS = 0.5;
/** Runs of a part that is worth a process. */
const RUNS_PER_PART_MIN = 24;

const slices = (phase: Phase, total: number, size: number): Part[] =>
  Array.from({ length: Math.ceil(total / size) }, (_, part) => ({
    phase,
    from: part * size,
    count: Math.min(size, total - part * size),
  }));

/** Whole histories: the runs that share their first life are of one part. */
const runsPerPart = (runs: number): number =>
  Math.ceil(Math.max(RUNS_PER_PART_MIN, runs / RANDOM_PARTS_MAX) / RUNS_PER_HISTORY_MAX) *
  RUNS_PER_HISTORY_MAX;

/** All parts of an exploration, in the order in which one process goes through them. */
export const partsOf = ({
  workloads,
  runs,
  strategy,
}: Pick<ExploreOptions, 'workloads' | 'runs' | 'strategy'>): readonly Part[] => [
  ...slices('exhaustive', workloads, 1),
  // Depth first search draws nothing.
  ...slices('random', strategy?.kind === 'dfs' ? 0 : runs, runsPerPart(runs)),
];

/** @throws PowercutError 'TIME_ZONE_FIXED': a worker thread can't switch the time zone of its process */
const requireZone = ({ name, locale }: Suite): void => {
  const { timeZone } = localeOf(locale);
  if (canHaveZone(timeZone)) return;
  throw new PowercutError(
    'TIME_ZONE_FIXED',
    `Suite '${name}' runs in the time zone ${timeZone}, which this thread can't switch to. ` +
      `Set the variable TZ=${timeZone} before the process starts, or run Vitest with pool: 'forks'.`,
  );
};

/** Explores one suite within the bounds of its options, and counts nothing. */
export class Explorer {
  readonly model: DiskModel;
  readonly seconds = startStopwatch();
  private readonly guard = installGuard();
  private expiredAt: number | undefined;

  readonly suite: Suite;
  readonly limits: ReturnType<typeof limitsOf>;

  constructor(
    suite: Suite,
    readonly options: ExploreOptions,
  ) {
    this.suite = withOverrides(checkedSuite(suite), options);
    this.limits = limitsOf(this.suite);
    requireZone(this.suite);
    this.guard.begin();
    this.model = diskModel(options.disk ?? suite.disk ?? 'posix', suite.sectorBytes);
  }

  /** What cut the exploration short, if anything did. */
  stopped(): StopReason | undefined {
    if (this.options.signal?.aborted === true) return { kind: 'interruption' };
    return this.expired() ? { kind: 'time' } : undefined;
  }

  readonly expired = (): boolean =>
    this.options.signal?.aborted === true ||
    (this.options.timeMs !== undefined && this.seconds() * 1000 > this.options.timeMs);

  private readonly isOverdue = (): boolean => {
    if (!this.expired()) return false;
    const seconds = this.seconds();
    this.expiredAt ??= seconds;
    return seconds - this.expiredAt > LIFE_GRACE_SECONDS;
  };

  /** To its end, however long it takes: for what has to be told. */
  drive<T>(driven: Driven<T>): Promise<T> {
    return drive(driven, this.guard);
  }

  /** @throws LifeAbandoned once the time is up, unless the computation makes something of it itself */
  driveWithinTime<T>(driven: Driven<T>): Promise<T> {
    return drive(driven, this.guard, this.isOverdue);
  }

  progress(progress: Omit<ExploreProgress, 'suite'>): void {
    this.options.onProgress?.({ suite: this.suite.name, ...progress });
  }

  seedOf(phase: Phase): number {
    return phase === 'exhaustive' ? this.options.seed : this.options.seed + RANDOM_SEED_OFFSET;
  }

  get strategy(): StrategyChoice {
    return this.options.strategy ?? DEFAULT_OPTIONS.strategy;
  }

  /** The workloads that are explored exhaustively: those of the suite, cut to a length that can be. */
  workloads(): fc.Arbitrary<ScheduledWorkload> {
    const longest = this.options.commands ?? DEFAULT_OPTIONS.commands;
    return scheduledWorkloads(this.suite, this.strategy, longest);
  }

  inputs(): ReturnType<typeof randomInputs> {
    return randomInputs(this.suite, this.strategy);
  }

  exhaust(workload: readonly Json[], changes: Partial<ExhaustiveOptions> = {}): Promise<Exhausted> {
    const {
      imagesPerCrashPoint: imageBudget,
      livesPerWorkload: lifeBudget,
      commandsAfterCrash,
    } = this.limits;
    const bounds = { imageBudget, lifeBudget, commandsAfterCrash, stopped: () => this.stopped() };
    const { model } = this;
    const { depth } = this.options;
    return this.driveWithinTime(
      explore(this.suite, workload, {
        model,
        depth,
        ...bounds,
        ...changes,
      }),
    );
  }

  /** Explores a workload under its schedule or, depth first, under every one; hands each result to `take`, until that returns false. */
  async exhaustScheduled(
    { workload: drawn, schedule }: ScheduledWorkload,
    changes: Partial<ExhaustiveOptions>,
    take: (result: Exhausted) => boolean,
  ): Promise<Searched> {
    const { kind, bound = PREEMPTIONS_MAX } = this.strategy;
    const workload = sealed(this.suite, drawn);
    if (kind === 'dfs') return everySchedule(this, workload, changes, bound, take);
    take(await this.exhaust(workload, { ...underSchedule(schedule), ...changes }));
    return { schedules: 1, stops: [] };
  }

  /** What a tape breaks; nothing where it can't be played, as its cuts belong to another run. */
  async play(tape: Tape): Promise<readonly Finding[]> {
    try {
      const workload = sealed(this.suite, tape.workload);
      const play = playTape(this.suite, this.model, { ...tape, workload });
      const played = await unlessAbandoned(this.driveWithinTime(play), () => undefined);
      if (played === undefined) return [];
      const { lives } = played;
      const volatile = tape.crashes.reduce((sum, { lost }) => sum + lost.length, 0);
      return (lives.at(-1)?.broken ?? []).map((broken) => ({ broken, tape, volatile }));
    } catch (error) {
      if (error instanceof PowercutError && error.code === 'CRASH_IMPOSSIBLE') return [];
      throw error;
    }
  }

  random(input: RandomInput): Promise<RandomRuns> {
    const workload = sealed(this.suite, input.workload);
    return this.driveWithinTime(runRandom(this.suite, this.model, { ...input, workload }));
  }
}

/** Counts what one part comes to. */
class Counting {
  private readonly statistics = new Statistics();
  private readonly coverage: CrashCoverage;
  private readonly marks = new Set<string>();
  private readonly fired: number[] = [];
  private readonly digests: string[] = [];
  private readonly evidence = new Evidencing();
  private readonly sampling: Sampling;
  private readonly reaching: Reaching;
  private doubts: readonly UndecidedReason[] = [];
  private notes: readonly Note[] = [];
  private readonly seen = new Map<string, number>();
  private counts: Tally = EMPTY_TALLY;

  constructor(
    private readonly explorer: Explorer,
    private readonly part: Part,
  ) {
    this.coverage = new CrashCoverage(explorer.model);
    this.sampling = new Sampling(explorer.options.seed, part.phase, part.from);
    this.reaching = new Reaching(explorer.suite);
  }

  readonly workload = async (input: ScheduledWorkload): Promise<readonly Finding[]> => {
    const { workload } = input;
    const { explorer } = this;
    const findings: Finding[] = [];
    const onLife = (life: LifeRecord, crashes: readonly Crash[], tape: Tape): void => {
      this.life(life, tape);
      if (crashes.length === 0) this.statistics.addAll(costsPerCommand(life, workload.length));
      else this.statistics.addAll({ ...life.costs, ...costsOfRecovery(life) });
    };
    const { schedules, stops } = await explorer.exhaustScheduled(
      input,
      { coverage: this.coverage, onLife },
      (result) => {
        this.exhausted(result);
        findings.push(...result.findings);
        return !(explorer.options.bail && findings.length > 0);
      },
    );
    const { counts } = this;
    this.counts = {
      ...counts,
      workloads: counts.workloads + 1,
      schedules: counts.schedules + schedules,
      stops: stopReasons(counts.stops, stops),
    };
    return findings;
  };

  private exhausted(result: Exhausted): void {
    const { counts } = this;
    this.counts = {
      ...counts,
      crashPoints: counts.crashPoints + result.crashPoints,
      legal: counts.legal + result.legal,
      checked: counts.checked + result.checked,
      distinct: counts.distinct + result.distinct,
      steps: counts.steps + result.steps,
      sampled: counts.sampled || result.sampled,
      stops: stopReasons(counts.stops, result.stops),
    };
    this.digests.push(result.digest);
    for (const { broken } of result.findings) this.saw(broken.invariant, 1);
  }

  readonly run = async (input: RandomInput): Promise<readonly Finding[]> => {
    const { counts } = this;
    // The last history of all has as many runs as are still wanted.
    const branches = input.plan.branches.slice(0, this.part.count - counts.runs);
    const { runs, lives, digest } = await this.explorer.random({
      ...input,
      plan: { ...input.plan, branches },
    });
    const steps = lives.reduce((sum, { world }) => sum + world.steps.length, counts.steps);
    this.counts = { ...counts, runs: counts.runs + runs.length, steps };
    const { branches: _, ...plan } = input.plan;
    for (const life of lives) this.life(life, { ...plan, workload: input.workload });
    this.digests.push(digest);
    for (const { findings } of runs)
      for (const name of new Set(findings.map(({ broken }) => broken.invariant))) this.saw(name, 1);
    return runs.flatMap(({ findings }) => findings);
  };

  private life(life: LifeRecord, how: Omit<Tape, 'crashes'>): void {
    this.sampling.offer(life, how);
    countFaults(this.fired, life);
    const { marks, doubts } = life.world;
    for (const mark of marks) this.marks.add(mark);
    this.evidence.add(life);
    this.reaching.add(life);
    if (doubts.length > 0) this.doubts = distinctNotes([...this.doubts, ...doubts]);
    const notes = notesOf(life);
    if (notes.length > 0) this.notes = distinctNotes([...this.notes, ...notes]);
  }

  private saw(invariant: string, times: number): void {
    this.seen.set(invariant, (this.seen.get(invariant) ?? 0) + times);
  }

  options(): SurveyOptions {
    const { explorer, part } = this;
    const { bail } = explorer.options;
    const perInput = part.phase === 'random' ? runsPerHistory(explorer.suite) : 1;
    return {
      seed: explorer.seedOf(part.phase),
      from: part.from / perInput,
      runs: Math.ceil(part.count / perInput),
      expired: explorer.expired,
      bail,
      onRun: (done) =>
        explorer.progress({
          phase: part.phase,
          done: Math.min(done * perInput, part.count),
          total: part.count,
          imagesChecked: this.counts.checked,
          violations: this.seen.size,
        }),
    };
  }

  tally(firsts: ReadonlyMap<string, First>): Tally {
    const { counts, statistics, coverage, marks, fired, digests, seen, doubts, notes } = this;
    const { phase } = this.part;
    const cutShort = this.explorer.stopped();
    return {
      ...counts,
      seconds: this.explorer.seconds(),
      costs: statistics.sums,
      coverage: coverage.collected(),
      marks: [...marks],
      fired,
      digests,
      seen,
      firsts: new Map([...firsts].map(([name, first]) => [name, { phase, ...first }])),
      stops: stopReasons(counts.stops, cutShort === undefined ? [] : [cutShort]),
      cutShort,
      evidence: this.evidence.tally(),
      doubts,
      notes,
      sample: this.sampling.sample(),
      reached: this.reaching.reached,
    };
  }
}

/**
 * Explores one part. What the suite itself throws outside its promises is passed on.
 * @throws PowercutError 'SUITE_BOOT_FAILED', 'UNKNOWN_DISK_MODEL'
 */
export const explorePart = async (suite: Suite, options: ExploreOptions, part: Part): Promise<Tally> => {
  const explorer = new Explorer(suite, options);
  const counting = new Counting(explorer, part);
  const { firsts } =
    part.phase === 'exhaustive'
      ? await survey(explorer.workloads(), counting.workload, counting.options())
      : await survey(explorer.inputs(), counting.run, counting.options());
  return counting.tally(firsts);
};
