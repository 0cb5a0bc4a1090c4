/** The exploration of one suite: its disk model, bounds and guard, and the runs it can make. It counts nothing. */
import type * as fc from 'fast-check';
import { checkedSuite } from '../define-suite/define-suite.js';
import { type DiskModel, diskModel } from '../disk/crash-model/disk-models.js';
import { installGuard } from '../guard/guard.js';
import { canHaveZone, localeOf } from '../guard/patches/locale.js';
import { unlessAbandoned } from '../life/abandoned-life.js';
import { type Driven, drive } from '../life/drive.js';
import type { StopReason } from '../result/result.js';
import type { Finding } from '../run/finding.js';
import { playTape, type Tape } from '../run/tape.js';
import { limitsOf, withOverrides } from '../suite/limits.js';
import { sealed } from '../suite/sealed-workload.js';
import type { Json, Suite } from '../suite/suite.js';
import { SimulatorError } from '../util/errors.js';
import { startStopwatch } from '../util/stopwatch.js';
import { beforeClasses, exploreToTheEnd, goOnByClasses } from './classes/explore-to-the-end.js';
import { everySchedule, type Searched, underSchedule } from './exhaustive/every-schedule.js';
import type { Exhausted, ExhaustiveOptions } from './exhaustive/exhausted.js';
import { exploreInSlices, exploreSlice, unexploredSlice } from './exhaustive/exhaustive.js';
import type { ExploreSlices, Slice, SliceExplored } from './exhaustive/slices.js';
import {
  DEFAULT_OPTIONS,
  type ExplorationBounds,
  type ExploreProgress,
  type Phase,
  type StrategyChoice,
} from './options.js';
import type { Recipe } from './random/mutate-input.js';
import {
  type RandomInput,
  type RandomRuns,
  randomInputs,
  runRandom,
  type ScheduledWorkload,
  scheduledWorkloads,
} from './random/run-random.js';

/** Of 'dfs', unless its bound is given. */
const PREEMPTIONS_MAX = 2;
/** Apart from the seed of the workloads, so that more of the ones shift none of the others. */
const RANDOM_SEED_OFFSET = 0x5eed;
/** How long a life may go on when the time is up. Most are over by then. */
const LIFE_GRACE_SECONDS = 0.5;

/** @throws SimulatorError 'TIME_ZONE_FIXED': a worker thread can't switch the time zone of its process */
const requireZone = ({ name, locale }: Suite): void => {
  const { timeZone } = localeOf(locale);
  if (canHaveZone(timeZone)) return;
  throw new SimulatorError(
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
    readonly options: ExplorationBounds,
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

  /** Drives to the end, without a time limit: for results that must be reported. */
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

  /** Inputs of random runs: drawn, or all of them from one recipe. */
  inputs(recipe?: Recipe): ReturnType<typeof randomInputs> {
    return randomInputs(this.suite, this.strategy, recipe);
  }

  private exhaustiveOptions(changes: Partial<ExhaustiveOptions>): ExhaustiveOptions {
    const {
      imagesPerCrashPoint: imageBudget,
      livesPerWorkload: lifeBudget,
      commandsAfterCrash,
    } = this.limits;
    const { depth, sliceStates } = this.options;
    const bounds = {
      imageBudget,
      lifeBudget,
      commandsAfterCrash,
      sliceStates,
      stopped: () => this.stopped(),
    };
    return { model: this.model, depth, ...bounds, ...changes };
  }

  exhaust(workload: readonly Json[], changes: Partial<ExhaustiveOptions> = {}): Promise<Exhausted> {
    return this.driveWithinTime(exploreToTheEnd(this.suite, workload, this.exhaustiveOptions(changes)));
  }

  /** The same, with large generations in slices. */
  private async exhaustInSlices(
    workload: readonly Json[],
    changes: Partial<ExhaustiveOptions>,
    exploreSlices: ExploreSlices,
  ): Promise<Exhausted> {
    const { suite } = this;
    const options = beforeClasses(suite, this.exhaustiveOptions(changes));
    const drive = <T>(driven: Driven<T>): Promise<T> => this.driveWithinTime(driven);
    const exhausted = await exploreInSlices(suite, workload, options, exploreSlices, drive);
    // The time may be up by now: the exploration keeps its results so far.
    const byClasses = this.driveWithinTime(goOnByClasses(suite, workload, options, exhausted));
    return unlessAbandoned(byClasses, () => exhausted);
  }

  exploreSlice(slice: Slice, changes: Partial<ExhaustiveOptions>): Promise<SliceExplored> {
    const sealedSlice = { ...slice, workload: sealed(this.suite, slice.workload) };
    const options = this.exhaustiveOptions(changes);
    const explored = this.driveWithinTime(exploreSlice(this.suite, sealedSlice, options));
    return unlessAbandoned(explored, () => unexploredSlice(sealedSlice, options));
  }

  /** Explores a workload under its schedule or, depth first, under every one; hands each result to `take`, until that returns false. */
  async exhaustScheduled(
    { workload: drawn, schedule }: ScheduledWorkload,
    changes: Partial<ExhaustiveOptions>,
    take: (result: Exhausted) => boolean,
    exploreSlices?: ExploreSlices,
  ): Promise<Searched> {
    const { kind, bound = PREEMPTIONS_MAX } = this.strategy;
    const workload = sealed(this.suite, drawn);
    if (kind === 'dfs') return everySchedule(this, workload, changes, bound, take);
    const scheduled = { ...underSchedule(schedule), ...changes };
    take(
      exploreSlices === undefined
        ? await this.exhaust(workload, scheduled)
        : await this.exhaustInSlices(workload, scheduled, exploreSlices),
    );
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
      if (error instanceof SimulatorError && error.code === 'CRASH_IMPOSSIBLE') return [];
      throw error;
    }
  }

  /** To be driven within the time, with other runs. */
  randomRuns(input: RandomInput): Driven<RandomRuns> {
    const workload = sealed(this.suite, input.workload);
    return runRandom(this.suite, this.model, { ...input, workload });
  }

  random(input: RandomInput): Promise<RandomRuns> {
    return this.driveWithinTime(this.randomRuns(input));
  }
}
