/** Explores one suite: every power cut of some workloads, random runs beyond them, and a told story for each failure. */
import * as fc from 'fast-check';
import { type DiskModel, diskModel } from '../disk/models.js';
import { assertJsonCommands } from '../json.js';
import type { GrowthPoint, SuiteResult, Violation } from '../result.js';
import type { Json, Suite } from '../suite.js';
import { Hash } from '../trace/hash.js';
import { installGuard } from '../uncontrolled/guard.js';
import { type Driven, drive } from './drive.js';
import { type Exhausted, type ExhaustiveOptions, explore, type Finding } from './exhaustive.js';
import { FaultCounts } from './fault-counts.js';
import { type HuntOptions, hunt } from './hunt.js';
import { DEFAULT_OPTIONS, type ExploreOptions, type ExploreProgress } from './options.js';
import { pathOf, SiteCoverage } from './path.js';
import { randomInputs, runRandom } from './random.js';
import { costsOfRecovery, costsPerCommand, Statistics } from './statistics.js';
import { startStopwatch } from './stopwatch.js';
import { tellStory } from './story.js';
import { playTape, type Tape } from './tape.js';
import { encodeToken } from './token.js';

/** Further commands a client sends after each power cut, beyond the one it retries. */
const COMMANDS_AFTER_CRASH = 1;
/** Images per crash point that are enumerated; where more are legal, this many are sampled. */
const IMAGE_BUDGET = 64;
/** Lives per workload. Past it the workload is not explored to its end, and the result says so. */
const LIFE_BUDGET = 2_000;
const GROWTH_COMMANDS = [5, 10, 20, 40];
/** Apart from the seed of the workloads, so that more of the ones shift none of the others. */
const RANDOM_SEED_OFFSET = 0x5eed;

/** The exploration of one suite under way. */
class SuiteExploration {
  readonly model: DiskModel;
  readonly statistics = new Statistics();
  readonly faults: FaultCounts;
  readonly sites = new SiteCoverage();
  readonly marks = new Set<string>();
  readonly hash = new Hash();
  readonly seen = new Map<string, number>();
  readonly totals = { crashPoints: 0, legal: 0, checked: 0, distinct: 0, steps: 0, workloads: 0, runs: 0 };
  closed = true;
  sampled = false;
  stoppedBy: string | undefined;
  readonly seconds = startStopwatch();
  private readonly guard = installGuard();

  constructor(
    readonly suite: Suite,
    readonly options: ExploreOptions,
  ) {
    this.model = diskModel(options.disk ?? suite.disk ?? 'posix', suite.sectorBytes);
    this.faults = new FaultCounts(suite.faults ?? []);
  }

  /** What cut the exploration short, if anything did. */
  stopped(): string | undefined {
    if (this.options.signal?.aborted === true) return 'an interruption';
    return this.expired() ? 'time' : undefined;
  }

  readonly expired = (): boolean =>
    this.options.signal?.aborted === true ||
    (this.options.timeMs !== undefined && this.seconds() * 1000 > this.options.timeMs);

  drive<T>(driven: Driven<T>): Promise<T> {
    return drive(driven, this.guard);
  }

  progress(phase: ExploreProgress['phase'], done: number, total: number | undefined): void {
    this.options.onProgress?.({
      suite: this.suite.name,
      phase,
      done,
      total,
      imagesChecked: this.totals.checked,
      violations: this.seen.size,
    });
  }

  private exhaustiveOptions(depth: number): ExhaustiveOptions {
    return {
      model: this.model,
      depth,
      commandsAfterCrash: COMMANDS_AFTER_CRASH,
      imageBudget: IMAGE_BUDGET,
      lifeBudget: LIFE_BUDGET,
      expired: this.expired,
    };
  }

  /** Explores one workload and counts it. */
  async exhaust(workload: readonly Json[]): Promise<readonly Finding[]> {
    assertJsonCommands(this.suite.name, workload);
    const result = await this.drive(
      explore(this.suite, workload, {
        ...this.exhaustiveOptions(this.options.depth),
        sites: true,
        onLife: (life, crashes) => {
          this.faults.add(life);
          for (const mark of life.world.marks) this.marks.add(mark);
          if (crashes.length === 0) this.statistics.addAll(costsPerCommand(life, workload.length));
          else this.statistics.addAll({ ...life.costs, ...costsOfRecovery(life) });
        },
      }),
    );
    this.sites.add(result);
    this.count(result);
    return result.findings;
  }

  private count(result: Exhausted): void {
    const { totals } = this;
    totals.crashPoints += result.crashPoints;
    totals.legal += result.legal;
    totals.checked += result.checked;
    totals.distinct += result.distinct;
    totals.steps += result.steps;
    totals.workloads += 1;
    this.sampled ||= result.sampled;
    this.closed &&= result.closed;
    this.stoppedBy ??= result.stoppedBy;
    this.hash.text(result.digest);
    for (const { broken } of result.findings)
      this.seen.set(broken.invariant, (this.seen.get(broken.invariant) ?? 0) + 1);
  }

  /** Explores a workload for shrinking: nothing is counted. */
  async shrinkExhaustively(workload: readonly Json[]): Promise<readonly Finding[]> {
    return (await this.drive(explore(this.suite, workload, this.exhaustiveOptions(this.options.depth))))
      .findings;
  }

  async random(input: Parameters<typeof runRandom>[2], counted: boolean): Promise<readonly Finding[]> {
    assertJsonCommands(this.suite.name, input.workload);
    const run = await this.drive(runRandom(this.suite, this.model, input, COMMANDS_AFTER_CRASH));
    if (counted) {
      this.totals.runs += 1;
      this.hash.text(run.digest);
      for (const life of run.lives) {
        this.faults.add(life);
        this.totals.steps += life.world.steps.length;
        for (const mark of life.world.marks) this.marks.add(mark);
      }
    }
    return run.findings;
  }

  huntOptions(phase: 'exhaustive' | 'random', known: ReadonlySet<string>): HuntOptions {
    const { seed, runs, workloads, bail } = this.options;
    const total = phase === 'exhaustive' ? workloads : runs;
    return {
      seed: phase === 'exhaustive' ? seed : seed + RANDOM_SEED_OFFSET,
      runs: total,
      expired: this.expired,
      bail,
      known,
      onRun: (done) => this.progress(phase, done, total),
      onShrink: () => this.progress('shrinking', 0, undefined),
    };
  }

  /** Plays a finding once more, tells it, and seals it in a token. */
  async tell(finding: Finding, seen: number): Promise<Violation> {
    const { suite, model } = this;
    const { tape, broken } = finding;
    const played = await this.drive(playTape(suite, model, tape, true));
    const again = played.lives.at(-1)?.broken.find(({ invariant }) => invariant === broken.invariant);
    if (again === undefined) {
      throw new Error(
        `A run of suite '${suite.name}' broke '${broken.invariant}' and, played again, did not: ` +
          'the program depends on something the simulation does not control.',
      );
    }
    return {
      invariant: broken.invariant,
      statement: broken.statement,
      message: again.message,
      story: tellStory(suite, model, tape, played.lives, broken.invariant),
      token: encodeToken({ suite: suite.name, disk: model.name, tape, digest: played.digest }),
      digest: played.digest,
      commands: tape.workload.length,
      crashes: tape.crashes.length,
      seen,
    };
  }
}

/** What recovery costs after ever more commands, everything written having survived. */
const growthOf = async (exploration: SuiteExploration, commands: readonly Json[]): Promise<GrowthPoint[]> => {
  const points: GrowthPoint[] = [];
  for (const count of GROWTH_COMMANDS) {
    if (commands.length < count || exploration.expired()) break;
    const workload = commands.slice(0, count);
    const played = await exploration.drive(recoverAtTheEnd(exploration.suite, exploration.model, workload));
    const last = played.lives.at(-1);
    if (last === undefined || last.broken.length > 0) break;
    points.push({ commands: count, costs: { ...last.costs, ...costsOfRecovery(last) } });
  }
  return points;
};

function* recoverAtTheEnd(
  suite: Suite,
  model: DiskModel,
  workload: readonly Json[],
): ReturnType<typeof playTape> {
  const tape: Tape = { workload, crashes: [], commandsAfterCrash: 0 };
  const [whole] = (yield* playTape(suite, model, tape)).lives;
  if (whole === undefined || model.volatileSurvives === 'none') return yield* playTape(suite, model, tape);
  const crash = { at: whole.world.journal.entries.length, lost: [], fill: 'zero' } as const;
  return yield* playTape(suite, model, { ...tape, crashes: [crash] });
}

const pathCoverage = async (
  exploration: SuiteExploration,
  command: Json | undefined,
): Promise<ReturnType<typeof pathOf>> => {
  if (command === undefined || exploration.expired()) return [];
  const { suite, model, expired } = exploration;
  const result = await exploration.drive(
    explore(suite, [command], {
      model,
      depth: 1,
      commandsAfterCrash: 0,
      imageBudget: IMAGE_BUDGET,
      lifeBudget: LIFE_BUDGET,
      expired,
      sites: true,
    }),
  );
  return pathOf(result, model);
};

/**
 * Explores one suite within the bounds of `options`.
 * @throws PowercutError 'SUITE_BOOT_FAILED', 'UNKNOWN_DISK_MODEL'; and what the suite itself throws outside its promises
 */
export const exploreSuite = async (suite: Suite, options: ExploreOptions): Promise<SuiteResult> => {
  const exploration = new SuiteExploration(suite, options);
  const { model, statistics, totals, seen } = exploration;
  exploration.progress('exhaustive', 0, options.workloads);
  const longest = options.commands ?? DEFAULT_OPTIONS.commands;
  const exhaustive = await hunt(
    suite.commands.map((workload) => workload.slice(0, longest)),
    once(exploration),
    exploration.huntOptions('exhaustive', new Set()),
  );
  const known = new Set(exhaustive.findings.map(({ broken }) => broken.invariant));
  const random = await hunt(
    randomInputs(suite),
    countedOnce(options.runs, (input, counted) => exploration.random(input, counted)),
    exploration.huntOptions('random', known),
  );
  for (const [name, count] of random.seen) seen.set(name, (seen.get(name) ?? 0) + count);

  const violations: Violation[] = [];
  for (const finding of [...exhaustive.findings, ...random.findings]) {
    violations.push(await exploration.tell(finding, seen.get(finding.broken.invariant) ?? 1));
  }
  for (const { digest } of violations) exploration.hash.text(digest);

  const commands = fc.sample(suite.commands, { seed: options.seed, numRuns: 60 }).flat();
  const path = await pathCoverage(
    exploration,
    violations[0] === undefined ? commands[0] : firstCommand(exhaustive.findings, commands),
  );
  const growth = await growthOf(exploration, commands);
  const expected = suite.expected ?? 'safe';
  const verdict = seen.size > 0 ? 'violated' : 'holds';
  const reached = [...exploration.marks].sort();
  const faults = exploration.faults.result();
  const stoppedBy = exploration.stopped() ?? exploration.stoppedBy;
  return {
    name: suite.name,
    expected,
    verdict,
    asExpected: faults.void === undefined && (verdict === 'holds') === (expected === 'safe'),
    ...faults,
    disk: model.name,
    seed: options.seed,
    digest: exploration.hash.digest(),
    exploration: {
      crashPoints: totals.crashPoints,
      images: {
        legal: totals.legal,
        checked: totals.checked,
        distinct: totals.distinct,
        sampled: exploration.sampled,
      },
      depth: options.depth,
      closed: exploration.closed && totals.workloads > 0,
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
      workloads: totals.workloads,
      runs: totals.runs,
      steps: totals.steps,
      seconds: exploration.seconds(),
    },
    violations,
    coverage: {
      disk: model.name,
      sectorBytes: model.sectorBytes,
      sites: exploration.sites.share(),
      marks: { reached, unreached: (suite.marks ?? []).filter((mark) => !exploration.marks.has(mark)) },
      path,
    },
    costs: statistics.costs(),
    growth,
  };
};

const firstCommand = (findings: readonly Finding[], otherwise: readonly Json[]): Json | undefined =>
  findings[0]?.tape.workload[0] ?? otherwise[0];

/** The first `runs` inputs are the campaign's and count; what comes after is shrinking. */
const countedOnce = <T>(runs: number, run: (input: T, counted: boolean) => Promise<readonly Finding[]>) => {
  let done = 0;
  return (input: T): Promise<readonly Finding[]> => run(input, done++ < runs);
};

const once = (exploration: SuiteExploration) =>
  countedOnce<readonly Json[]>(exploration.options.workloads, (workload, counted) =>
    counted ? exploration.exhaust(workload) : exploration.shrinkExhaustively(workload),
  );
