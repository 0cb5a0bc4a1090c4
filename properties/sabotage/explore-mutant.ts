/**
 * Explores a suite until some invariant that is wanted breaks: by ever wider stages, so that what is found at once
 * costs next to nothing. Bounds are counts, not times: the same source gives the same result on any machine.
 */
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { runsPerHistory } from '../../sim/explore/random/draw-plan.js';
import { randomInputs, runRandom } from '../../sim/explore/random/run-random.js';
import { installGuard } from '../../sim/guard/guard.js';
import { drive } from '../../sim/life/drive.js';
import type { Finding } from '../../sim/run/finding.js';
import { atLatestEquivalentCrashes, playTape } from '../../sim/run/tape.js';
import { renderStory } from '../../sim/story/story.js';
import type { Suite } from '../../sim/suite/suite.js';
import { hunt } from './hunt.js';

type Stage =
  | {
      readonly kind: 'every power cut';
      readonly workloads: number;
      readonly commands: number;
      readonly depth: number;
      /** Lives per workload. */
      readonly lives: number;
    }
  | { readonly kind: 'random'; readonly runs: number };

const STAGES: readonly Stage[] = [
  { kind: 'every power cut', workloads: 8, commands: 2, depth: 1, lives: 200 },
  { kind: 'random', runs: 60 },
  { kind: 'every power cut', workloads: 4, commands: 3, depth: 2, lives: 500 },
  { kind: 'random', runs: 300 },
];

const COMMANDS_AFTER_CRASH = 1;
const IMAGE_BUDGET = 64;
/** Tries to make the story shorter once it is found, and simulated steps that all of them together may take. */
const SHRINKS_MAX = 400;
const SHRINKING_STEPS_MAX = 400_000;

/** The outcome of exploring one suite. */
export interface Attack {
  readonly suite: string;
  readonly images: number;
  readonly runs: number;
  /** Seconds of processor time until the first violation, or until the bounds were reached. */
  readonly seconds: number;
  /** Absent when nothing broke. */
  readonly violation?: {
    readonly invariant: string;
    readonly message: string;
    readonly commands: number;
    readonly crashes: number;
    /** Only where it is wanted: then the finding is shrunk, too. */
    readonly story?: string;
  };
}

/** Processor time: what else the machine does is none of the tool's doing. */
const startProcessorWatch = (): (() => number) => {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000_000;
  };
};

class Attempt {
  images = 0;
  runs = 0;
  seconds: number | undefined;
  private shrinks = 0;
  private shrinkingSteps = 0;
  private readonly guard = installGuard();
  private readonly model;
  private readonly watch = startProcessorWatch();

  constructor(
    private readonly suite: Suite,
    private readonly isWanted: (invariant: string) => boolean,
    private readonly tells: boolean,
    private readonly seed: number,
  ) {
    this.model = diskModel(suite.disk ?? 'posix');
  }

  /** Only what is wanted counts; the first time the clock is stopped. */
  private wanted(findings: readonly Finding[]): readonly Finding[] {
    const found = findings.filter(({ broken }) => this.isWanted(broken.invariant));
    if (found.length > 0) this.seconds ??= this.watch();
    return found;
  }

  elapsed(): number {
    return this.seconds ?? this.watch();
  }

  async stage(stage: Stage, number: number): Promise<Finding | undefined> {
    const options = {
      seed: this.seed + number,
      runs: stage.kind === 'random' ? stage.runs / runsPerHistory(this.suite) : stage.workloads,
      expired: () =>
        this.seconds !== undefined &&
        (this.shrinks++ > SHRINKS_MAX || this.shrinkingSteps > SHRINKING_STEPS_MAX),
      bail: true,
      shrinks: this.tells,
      onRun: () => {},
      onShrink: () => {},
    };
    const findings =
      stage.kind === 'random'
        ? await hunt(randomInputs(this.suite, { kind: 'mixed' }), (input) => this.random(input), options)
        : await hunt(this.workloads(stage.commands), (workload) => this.exhaust(workload, stage), options);
    return findings[0];
  }

  private workloads(commands: number): Suite['commands'] {
    return this.suite.commands.map((workload) => workload.slice(0, commands));
  }

  private async exhaust(
    workload: Parameters<typeof explore>[1],
    { depth, lives }: Stage & { readonly kind: 'every power cut' },
  ): Promise<readonly Finding[]> {
    const counted = this.seconds === undefined;
    const result = await drive(
      explore(this.suite, workload, {
        model: this.model,
        depth,
        commandsAfterCrash: COMMANDS_AFTER_CRASH,
        imageBudget: IMAGE_BUDGET,
        lifeBudget: lives,
        stopped: () => undefined,
        enough: ({ invariant }) => this.isWanted(invariant),
      }),
      this.guard,
    );
    if (counted) this.images += result.checked;
    if (this.seconds !== undefined) this.shrinkingSteps += result.steps;
    return this.wanted(result.findings);
  }

  private async random(input: Parameters<typeof runRandom>[2]): Promise<readonly Finding[]> {
    const isCounted = this.seconds === undefined;
    const { runs, lives } = await drive(runRandom(this.suite, this.model, input), this.guard);
    if (isCounted) this.runs += runs.length;
    if (this.seconds !== undefined)
      this.shrinkingSteps += lives.reduce((sum, { world }) => sum + world.steps.length, 0);
    return this.wanted(runs.flatMap(({ findings }) => findings));
  }

  async tell(finding: Finding): Promise<string> {
    const { broken } = finding;
    const { lives } = await drive(
      playTape(this.suite, this.model, finding.tape, { sites: true }),
      this.guard,
    );
    const tape = atLatestEquivalentCrashes(finding.tape, lives, this.model);
    return renderStory(this.suite, this.model, tape, lives, { target: broken.invariant });
  }
}

/**
 * Explores `suite` until one of the invariants `wanted` breaks; any, when none is named. `tells`: with a story, which takes
 * several times as long.
 * @throws what the explorer throws: SimulatorError 'SUITE_BOOT_FAILED'
 */
export const attack = async (
  suite: Suite,
  wanted: readonly string[],
  tells: boolean,
  seed = 1,
): Promise<Attack> => {
  const isWanted = (invariant: string): boolean => wanted.length === 0 || wanted.includes(invariant);
  const attempt = new Attempt(suite, isWanted, tells, seed);
  let found: Finding | undefined;
  for (const [number, stage] of STAGES.entries()) {
    found = await attempt.stage(stage, number);
    if (found !== undefined) break;
  }
  const { images, runs } = attempt;
  const result: Attack = { suite: suite.name, images, runs, seconds: attempt.elapsed() };
  if (found === undefined) return result;
  const { broken, tape } = found;
  const violation = {
    invariant: broken.invariant,
    message: broken.message,
    commands: tape.workload.length,
    crashes: tape.crashes.length,
    ...(tells ? { story: await attempt.tell(found) } : {}),
  };
  return { ...result, violation };
};
