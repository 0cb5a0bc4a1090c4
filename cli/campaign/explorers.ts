/**
 * Explorers of a campaign's suites: they look up first what is known of a unit already, and have the others explored, by worker
 * processes of this machine or by the machines on a queue. Lives are lived again here.
 */
import type { Part } from '../../sim/explore/campaign/parts.js';
import type { FirstFound, Tally } from '../../sim/explore/counting/tally.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import type { Task } from '../messages/messages.js';
import type { Answer, ExploreSlice, TaskWorker } from '../messages/task-worker.js';
import type { UnitResult } from './check-result.js';
import type { CampaignUnit, PartUnit } from './unit.js';

/** What came of a unit, wherever it is explored. Rejects as {@link TaskWorker.ask} does. */
export type ExploreUnit = (
  unit: CampaignUnit,
  /** Explores it here, in the worker process of this suite. */
  here: () => Promise<UnitResult>,
  /** How long to wait for it. */
  limitMs: number | undefined,
) => Promise<UnitResult>;

/** A number of places, each for one at a time. */
export class Places {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async take(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  giveBack(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}

type TaskOf<Kind extends Task['kind']> = Extract<Task, { readonly kind: Kind }>;

const unitOf = (suite: number, task: TaskOf<'explore' | 'slice'>): PartUnit => {
  const { part } = task;
  if (task.kind === 'slice') return { suite, assignment: { part }, slice: task.slice };
  const { parents } = task;
  return { suite, assignment: parents === undefined ? { part } : { part, parents } };
};

/** Explores the units of one suite. A worker process is started here only for what is done here. */
export class SuiteExplorer implements TaskWorker {
  found: readonly FirstFound[] = [];
  private process: TaskWorker | undefined;
  private isStopped = false;

  constructor(
    /** Its place in the campaign's record, and its name. */
    private readonly suite: { readonly place: number; readonly name: string },
    private readonly exploreUnit: ExploreUnit,
    private readonly start: () => TaskWorker,
    /** Of this machine: as many tasks are done here at once. */
    private readonly places: Places,
    private readonly onExplored: (tally: Tally) => void,
  ) {}

  get processorMs(): number {
    return this.process?.processorMs ?? 0;
  }

  async ask(
    task: Task,
    onProgress: (progress: ExploreProgress) => void,
    limitMs?: number,
    exploreSlice?: ExploreSlice,
  ): Promise<Answer> {
    this.found = [];
    if (task.kind === 'conclude') return this.conclude(task, onProgress, limitMs);
    if (task.kind !== 'explore' && task.kind !== 'slice') return this.askHere(task, onProgress, limitMs);
    const here = async (): Promise<UnitResult> =>
      resultOf(await this.askHere(task, onProgress, limitMs, exploreSlice), this.process?.found ?? []);
    const unit = unitOf(this.suite.place, task);
    const result = await this.exploreUnit(unit, here, limitMs);
    const whole =
      result.kind === 'too large'
        ? await this.exploreUnit({ ...unit, inSlices: true }, here, limitMs)
        : result;
    if (whole.kind === 'explored') onProgress(this.progressOf(task.part, whole.tally));
    return this.answer(whole);
  }

  /**
   * Shrinking takes a while, and a process that has explored the suite is fast at it. Where time is limited, or something went wrong
   * before, it is done here.
   */
  private async conclude(
    task: TaskOf<'conclude'>,
    onProgress: (progress: ExploreProgress) => void,
    limitMs: number | undefined,
  ): Promise<Answer> {
    const here = (): Promise<Answer> => this.askHere(task, onProgress, limitMs);
    if (task.isPlain === true || task.options.timeMs !== undefined) return here();
    const unit = { suite: this.suite.place, tallies: task.tallies };
    const result = await this.exploreUnit(unit, async () => resultOf(await here(), []), limitMs);
    // Stopped, it concludes with what there is.
    return result.kind === 'concluded' || result.kind === 'failed' ? this.answer(result) : here();
  }

  /** Of a part that is explored: meanwhile no other machine tells. */
  private progressOf({ phase, count }: Part, { checked, seen }: Tally): ExploreProgress {
    const { name } = this.suite;
    return { suite: name, phase, done: count, total: count, imagesChecked: checked, violations: seen.size };
  }

  private answer(result: UnitResult): Answer {
    switch (result.kind) {
      case 'explored':
        this.onExplored(result.tally);
        return result;
      case 'counted':
      case 'concluded':
        return result;
      case 'failed': {
        const { found, ...failed } = result;
        this.found = found;
        return failed;
      }
      case 'too large':
        throw new Error('A part that is explored in slices was too large.');
      default:
        return result satisfies never;
    }
  }

  private async askHere(
    task: Task,
    onProgress: (progress: ExploreProgress) => void,
    limitMs?: number,
    exploreSlice?: ExploreSlice,
  ): Promise<Answer> {
    const { places } = this;
    let out = 0;
    /** The place is free while all that goes on is elsewhere. */
    const withoutPlace: ExploreSlice | undefined =
      exploreSlice &&
      (async (slice) => {
        out += 1;
        if (out === 1) places.giveBack();
        try {
          return await exploreSlice(slice);
        } finally {
          out -= 1;
          if (out === 0) await places.take();
        }
      });
    await places.take();
    try {
      this.process ??= this.start();
      if (this.isStopped) this.process.stop();
      return await this.process.ask(task, onProgress, limitMs, withoutPlace);
    } finally {
      this.places.giveBack();
    }
  }

  stop(): void {
    this.isStopped = true;
    this.process?.stop();
  }

  async end(): Promise<void> {
    await this.process?.end();
  }
}

/** The answer of a worker process as the result of a unit. @throws Error where it answered something else */
export const resultOf = (answer: Answer, found: readonly FirstFound[]): UnitResult => {
  switch (answer.kind) {
    case 'explored':
    case 'counted':
    case 'concluded':
      return answer;
    case 'failed': {
      const { code = 'SUITE_FAILED', message, stack } = answer;
      return { kind: 'failed', code, message, stack, found };
    }
    default:
      throw new Error(`A worker answered '${answer.kind}' to a part of an exploration.`);
  }
};
