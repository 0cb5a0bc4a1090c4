/**
 * A part of the exploration of one suite: some of its workloads, or some of its random runs. Which parts there are
 * depends on the options alone, and what a part comes to on nothing but suite, options and part, so it is all one
 * whether one process explores all of them or ten do.
 */

import { CrashCoverage } from '../../coverage/crash-coverage.js';
import type { Crash } from '../../disk/crash-model/durability.js';
import type { LifeRecord } from '../../life/life-record.js';
import type { Note, UndecidedReason } from '../../result/result.js';
import { stopReasons } from '../../result/stop-reasons.js';
import type { Finding, First } from '../../run/finding.js';
import type { Tape } from '../../run/tape.js';
import type { Suite } from '../../suite/suite.js';
import { Evidencing, NO_EVIDENCE } from '../counting/evidence.js';
import { countFaults } from '../counting/fault-counts.js';
import { costsOfRecovery, costsPerCommand, Statistics } from '../counting/life-costs.js';
import { distinctNotes, notesOf } from '../counting/notes.js';
import { Reaching } from '../counting/reaching.js';
import { EMPTY_TALLY, type FirstFound, type Tally } from '../counting/tally.js';
import type { Exhausted } from '../exhaustive/exhausted.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds, Phase } from '../options.js';
import { RUNS_PER_HISTORY_MAX, runsPerHistory } from '../random/draw-plan.js';
import type { RandomInput, ScheduledWorkload } from '../random/run-random.js';
import { Sampling } from '../recheck/life-sample.js';
import { type SurveyOptions, survey } from './survey.js';

export interface Part {
  readonly phase: Phase;
  /** Index of the first workload or run. */
  readonly from: number;
  readonly count: number;
}
/** Few enough parts that passing over the runs of the ones before takes no time, many enough to share out. */
const RANDOM_PARTS_MAX = 32;
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
}: Pick<ExplorationBounds, 'workloads' | 'runs' | 'strategy'>): readonly Part[] => [
  ...slices('exhaustive', workloads, 1),
  // Depth first search draws nothing.
  ...slices('random', strategy?.kind === 'dfs' ? 0 : runs, runsPerPart(runs)),
];

export type OnFound = (first: FirstFound) => void;

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
      kills: counts.kills + result.kills,
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

  options(onFound: OnFound): SurveyOptions {
    const { explorer, part } = this;
    const { bail } = explorer.options;
    const perInput = part.phase === 'random' ? runsPerHistory(explorer.suite) : 1;
    return {
      seed: explorer.seedOf(part.phase),
      from: part.from / perInput,
      runs: Math.ceil(part.count / perInput),
      expired: explorer.expired,
      bail,
      onFound: (first) => onFound({ phase: part.phase, ...first }),
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
    const evidence = this.evidence.tally();
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
      evidence,
      exhaustiveEvidence: phase === 'exhaustive' ? evidence : NO_EVIDENCE,
      doubts,
      notes,
      sample: this.sampling.sample(),
      reached: this.reaching.reached,
    };
  }
}

/**
 * Explores one part. What the suite itself throws outside its promises is passed on.
 * @param onFound called at once for what the tally holds in the end, as it may not come to that
 * @throws SimulatorError 'SUITE_BOOT_FAILED', 'UNKNOWN_DISK_MODEL'
 */
export const explorePart = async (
  suite: Suite,
  options: ExplorationBounds,
  part: Part,
  onFound: OnFound = () => undefined,
): Promise<Tally> => {
  const explorer = new Explorer(suite, options);
  const counting = new Counting(explorer, part);
  const { firsts } =
    part.phase === 'exhaustive'
      ? await survey(explorer.workloads(), counting.workload, counting.options(onFound))
      : await survey(explorer.inputs(), counting.run, counting.options(onFound));
  return counting.tally(firsts);
};
