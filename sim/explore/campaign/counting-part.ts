/** Counts what the exploration of one part shows: its lives, images, evidence and coverage, as a tally. */

import { CrashCoverage } from '../../coverage/crash-coverage.js';
import type { Collected } from '../../coverage/merge-coverage.js';
import type { Crash } from '../../disk/crash-model/durability.js';
import type { Driven } from '../../life/drive.js';
import type { LifeRecord } from '../../life/life-record.js';
import type { Note, StopReason, UndecidedReason, WorkloadReach } from '../../result/result.js';
import { stopReasons } from '../../result/stop-reasons.js';
import type { Finding, First } from '../../run/finding.js';
import type { Tape } from '../../run/tape.js';
import { Evidencing, NO_EVIDENCE } from '../counting/evidence.js';
import { countFaults } from '../counting/fault-counts.js';
import { costsOfRecovery, costsPerCommand, Statistics } from '../counting/life-costs.js';
import { distinctNotes, notesOf } from '../counting/notes.js';
import { Reaching } from '../counting/reaching.js';
import { EMPTY_TALLY, type FirstFound, plus, plusExplored, type Tally } from '../counting/tally.js';
import type { Exhausted } from '../exhaustive/exhausted.js';
import type { Slice, SliceExplored } from '../exhaustive/slices.js';
import type { Explorer } from '../explorer.js';
import { FeatureReader } from '../guide/features.js';
import type { SeenRun } from '../guide/guide.js';
import type { RandomPlan } from '../random/draw-plan.js';
import { livesBefore } from '../random/place-in-run.js';
import {
  livesOfRuns,
  type RandomInput,
  type RandomRuns,
  type ScheduledWorkload,
} from '../random/run-random.js';
import { Sampling } from '../recheck/life-sample.js';
import type { Part } from './parts.js';

/** What became of a slice, and what was counted in it: plain data that crosses processes. */
export interface SliceCounted {
  readonly explored: SliceExplored;
  /** Its coverage is that where none of the states that it found is recovered from. */
  readonly tally: Tally;
  /** Its coverage where all of them are. */
  readonly coverage: Collected;
}

/** Explores slices, here or elsewhere. As many results, in their order. */
export type CountSlices = (slices: readonly Slice[]) => Promise<readonly SliceCounted[]>;

/** How far a workload was explored, from how far each of its schedules was. */
const leastOf = (reach: readonly WorkloadReach[], stops: readonly StopReason[]): WorkloadReach => ({
  crashes: reach.length === 0 ? 0 : Math.min(...reach.map(({ crashes }) => crashes)),
  closed: stops.length === 0 && reach.length > 0 && reach.every(({ closed }) => closed),
});

export type OnFound = (first: FirstFound) => void;

/** Tallies one part, or one slice of it. */
export class Counting {
  private readonly statistics = new Statistics();
  private readonly coverage: CrashCoverage;
  private readonly marks = new Set<string>();
  private readonly fired: number[] = [];
  private readonly digests: string[] = [];
  private readonly evidence = new Evidencing();
  private readonly sampling: Sampling;
  private readonly features = new FeatureReader();
  private readonly runsSeen: SeenRun[] = [];
  private readonly reaching: Reaching;
  private doubts: readonly UndecidedReason[] = [];
  private notes: readonly Note[] = [];
  private readonly seen = new Map<string, number>();
  private counts: Tally = EMPTY_TALLY;

  /** Of the slices of its workload. */
  private slices: Tally = EMPTY_TALLY;

  constructor(
    private readonly explorer: Explorer,
    private readonly part: Part,
    private readonly exploreSlices: CountSlices = (slices) => countSlicesHere(explorer, part, slices),
    /** What tells it from other countings of the same part. */
    label = 0,
  ) {
    this.coverage = new CrashCoverage(explorer.model);
    this.sampling = new Sampling(explorer.options.seed, part.phase, part.from + label);
    this.reaching = new Reaching(explorer.suite);
  }

  get runs(): number {
    return this.counts.runs;
  }

  readonly workload = async (input: ScheduledWorkload): Promise<readonly Finding[]> => {
    const { explorer, coverage } = this;
    const findings: Finding[] = [];
    const reach: WorkloadReach[] = [];
    const sliced: (SliceCounted & Pick<Slice, 'generation'>)[] = [];
    const { schedules, stops } = await explorer.exhaustScheduled(
      input,
      { coverage, onLife: this.onLife, ...this.lifeBudget() },
      (result) => {
        this.exhausted(result);
        for (const { generation, tally, coverage: ifChecked } of sliced) {
          const isChecked = result.closed || generation < result.crashesDone;
          this.slices = plus(this.slices, isChecked ? { ...tally, coverage: ifChecked } : tally);
        }
        reach.push({ crashes: result.crashesDone, closed: result.closed });
        findings.push(...result.findings);
        return !(explorer.options.bail && findings.length > 0);
      },
      async (slices) => {
        const counted = await this.exploreSlices(slices);
        sliced.push(...counted.map((one, index) => ({ ...one, generation: slices[index]?.generation ?? 0 })));
        return counted.map((one) => one.explored);
      },
    );
    const { counts } = this;
    this.counts = {
      ...counts,
      workloads: counts.workloads + 1,
      reach: [...counts.reach, leastOf(reach, stops)],
      schedules: counts.schedules + schedules,
      stops: stopReasons(counts.stops, stops),
    };
    return findings;
  };

  /** Explores a slice of the part's workload. */
  async slice(slice: Slice): Promise<SliceCounted> {
    const { explorer, coverage } = this;
    const explored = await explorer.exploreSlice(slice, { coverage, onLife: this.onLife });
    const tally = { ...this.tally(new Map()), stops: [], cutShort: undefined, seconds: 0 };
    coverage.resolveClaims(
      () => true,
      () => false,
    );
    return { explored, tally, coverage: coverage.collected() };
  }

  private readonly onLife = (life: LifeRecord, crashes: readonly Crash[], tape: Tape): void => {
    this.life(life, tape);
    if (crashes.length === 0) this.statistics.addAll(costsPerCommand(life, tape.workload.length));
    else this.statistics.addAll({ ...life.costs, ...costsOfRecovery(life) });
  };

  private lifeBudget(): { readonly lifeBudget?: number } {
    const { lives } = this.part;
    return lives === undefined ? {} : { lifeBudget: Math.min(lives, this.explorer.limits.livesPerWorkload) };
  }

  private exhausted(result: Exhausted): void {
    const { counts } = this;
    this.counts = { ...counts, ...plusExplored(counts, result) };
    this.digests.push(result.digest);
    for (const { broken } of result.findings) this.saw(broken.invariant, 1);
  }

  *run(input: RandomInput): Driven<readonly Finding[]> {
    const { counts } = this;
    // The last history of all has as many runs as are still wanted.
    const branches = input.plan.branches.slice(0, this.part.count - counts.runs);
    const made = yield* this.explorer.randomRuns({ ...input, plan: { ...input.plan, branches } });
    const { runs, lives, digest } = made;
    this.see(input, branches, made);
    const steps = lives.reduce((sum, { world }) => sum + world.steps.length, counts.steps);
    this.counts = { ...counts, runs: counts.runs + runs.length, steps };
    const { branches: _, ...plan } = input.plan;
    for (const life of lives) this.life(life, { ...plan, workload: input.workload });
    this.digests.push(digest);
    for (const { findings } of runs)
      for (const name of new Set(findings.map(({ broken }) => broken.invariant))) this.saw(name, 1);
    return runs.flatMap(({ findings }) => findings);
  }

  /** Notes what guidance is to know of runs. */
  private see({ plan, drawn }: RandomInput, branches: RandomPlan['branches'], made: RandomRuns): void {
    if (drawn === undefined || this.explorer.options.guided === false) return;
    for (const [index, lives] of livesOfRuns(made).entries()) {
      const features = this.features.of(lives, made.runs[index]?.tape.crashes ?? []);
      const steps = lives.reduce((sum, { world }) => sum + world.steps.length, 0);
      const recipe = { ...drawn, plan: { ...plan, branches: branches.slice(index, index + 1) } };
      // What the first life showed counts once for all runs that share it.
      const own = [...features].filter(([, place]) => index === 0 || livesBefore(place) > 0);
      this.runsSeen.push({ features: new Map(own), steps, recipe });
    }
  }

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

  progress(done: number): void {
    const { phase, count } = this.part;
    this.explorer.progress({
      phase,
      done,
      total: count,
      imagesChecked: this.counts.checked,
      violations: this.seen.size,
    });
  }

  tally(firsts: ReadonlyMap<string, First & Pick<FirstFound, 'recipe'>>): Tally {
    const { counts, statistics, coverage, marks, fired, digests, seen, doubts, notes } = this;
    const { phase } = this.part;
    const cutShort = this.explorer.stopped();
    const evidence = this.evidence.tally();
    const counted: Tally = {
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
      runsSeen: this.runsSeen,
    };
    return this.slices === EMPTY_TALLY ? counted : plus(counted, this.slices);
  }
}

/** Slices as numbers that tell them from each other and from all parts. */
const LABEL = 1_000_003;
const GENERATION = 4_099;

/** Explores one slice of a part's workload. */
export const countSlice = (explorer: Explorer, part: Part, slice: Slice): Promise<SliceCounted> => {
  const label = LABEL * (1 + GENERATION * slice.generation + slice.index);
  return new Counting(explorer, part, undefined, label).slice(slice);
};

const countSlicesHere = async (
  explorer: Explorer,
  part: Part,
  slices: readonly Slice[],
): Promise<readonly SliceCounted[]> => {
  const counted: SliceCounted[] = [];
  for (const slice of slices) counted.push(await countSlice(explorer, part, slice));
  return counted;
};
