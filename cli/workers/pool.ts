/**
 * Explores suites on all cores, in worker processes.
 *
 * A process is for one suite: no state in memory of an earlier suite can change a later one. If a process is killed (out of
 * memory, a native addon), only the current part of its suite is lost, and nothing that is finished. Workers begin with a suite
 * each; a worker without a new suite helps with one that is under way. The result of a part is the same in every worker, so
 * results, digests included, do not depend on the number of workers.
 *
 * A suite that fails, dies or does not come back is that suite's result, and no other's: it is undecided, with the reason.
 */
import { extname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Assignment } from '../../sim/explore/campaign/agenda.js';
import { outlivingOf } from '../../sim/explore/campaign/outliving-state.js';
import type { Part } from '../../sim/explore/campaign/parts.js';
import type { Tally } from '../../sim/explore/counting/tally.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import type { SampledLife } from '../../sim/explore/recheck/life-sample.js';
import type { Rechecked } from '../../sim/explore/recheck/recheck.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Unit, UnitOptions } from '../messages/messages.js';
import type { Answer, ExploreSlice, TaskWorker } from '../messages/task-worker.js';
import { resultFlaw } from '../messages/validate.js';
import { UsageError } from '../usage-error.js';
import { liveAgainIn, SecondLives } from './second-lives.js';
import type { TakenSlice } from './slice-queue.js';
import type { SparedWorkerOptions } from './spare-workers.js';
import { UnitWork } from './suite-work.js';
import { doubtOf, stopOf, type Trouble, troubleOf, unansweredBy } from './trouble.js';
import { undecidedResult } from './undecided-result.js';
import { WorkerProcess } from './worker-process.js';

export interface PoolOptions extends SparedWorkerOptions {
  readonly workers: number;
  /** Stops the exploration: what is running ends with what it has, what has not begun is left out. */
  readonly signal: AbortSignal;
  /** Milliseconds for all of it. Default: as long as it takes. */
  readonly timeMs?: number;
  readonly onProgress: (progress: ExploreProgress) => void;
  /** A suite is finished. Called once for each result, before any other suite can get in its way. */
  readonly onResult: (result: SuiteResult) => void;
  /** Something went wrong with a suite: what is finished of it is kept, and the other suites go on. */
  readonly onTrouble: (unit: Unit, trouble: Trouble) => void;
  /** Processor time of a worker process, in milliseconds, when it is over. */
  readonly onProcessorTime?: (purpose: Purpose, processorMs: number) => void;
  /** The worker's module; default: the real one. */
  readonly worker?: URL;
  /** Milliseconds after which a suite gets help of a further process. Default: {@link HELP_AFTER_MS}. */
  readonly helpAfterMs?: number;
  /** Who explores a suite. Default: a worker process, of those that have loaded it if there is one. */
  readonly explorerOf?: (unit: Unit, worker: () => TaskWorker) => TaskWorker;
}

/** What a worker process is for: the lives of an exploration, or some of them once more. */
export type Purpose = 'exploring' | 'living again';

/** As many results as units, in their order; undefined for one that was stopped before anything of it was finished. */
export type Explore = (
  units: readonly Unit[],
  options: PoolOptions,
) => Promise<readonly (SuiteResult | undefined)[]>;

/** The worker's module: compiled or not, as this file is. */
export const WORKER = new URL(`../worker/worker${extname(import.meta.url)}`, import.meta.url);

const resultOf = (unit: Unit, result: SuiteResult): SuiteResult =>
  unit.reference.kind === 'file' ? { ...result, file: unit.reference.argument } : result;

/** The result that a worker concluded. @throws UsageError RESULT_INVALID where it is none */
export const concludedBy = (unit: Unit, answer: Answer): SuiteResult => {
  if (answer.kind !== 'concluded') throw unansweredBy(answer);
  const flaw = resultFlaw(answer.result, unit.suite);
  if (flaw !== undefined) throw new UsageError('RESULT_INVALID', `its result can't be reported: ${flaw}`);
  return resultOf(unit, answer.result);
};

/** Time to start a process and load a suite's file, on a busy machine. */
const LOADING_MS_MAX = 20_000;

/** A process takes as long to start, so its help is worth that only to a suite that takes longer. */
const HELP_AFTER_MS = 700;

/** A worker for one suite. */
export const workerFor = (
  { reference }: Unit,
  options: SparedWorkerOptions & Pick<PoolOptions, 'worker'>,
): WorkerProcess => options.spares?.take(reference) ?? new WorkerProcess(options.worker ?? WORKER, options);

/** The exploration of all units under way. */
class Campaign {
  readonly results: (SuiteResult | undefined)[];
  private readonly works: UnitWork[] = [];
  private readonly workers = new Set<TaskWorker>();
  private readonly endMs: number;
  private readonly secondLives = new SecondLives(
    () => this.begun(new WorkerProcess(this.options.worker ?? WORKER, this.options)),
    (worker) => this.over(worker, 'living again'),
  );

  constructor(
    private readonly units: readonly Unit[],
    private readonly options: PoolOptions,
  ) {
    this.results = units.map(() => undefined);
    this.endMs = performance.now() + (options.timeMs ?? Number.POSITIVE_INFINITY);
  }

  private get isOver(): boolean {
    return this.options.signal.aborted || performance.now() >= this.endMs;
  }

  /** A suite that no worker has begun; otherwise the one with the most parts left, of those that may get help. */
  private nextWork(): UnitWork | undefined {
    if (this.isOver) return undefined;
    const unit = this.units[this.works.length];
    if (unit === undefined)
      return this.works
        .filter((work) => work.left > 0 && this.helpInMs(work) <= 0)
        .sort((a, b) => b.left - a.left)[0];
    const work = new UnitWork(unit, this.endMs, (trouble) => this.options.onTrouble(unit, trouble));
    this.works.push(work);
    return work;
  }

  async run(): Promise<void> {
    const { signal, workers } = this.options;
    const interrupt = (): void => {
      for (const work of this.works) work.leaveOff({ kind: 'interruption' });
      for (const worker of this.workers) worker.stop();
    };
    signal.addEventListener('abort', interrupt);
    try {
      await Promise.all(Array.from({ length: workers }, () => this.lane()));
    } finally {
      signal.removeEventListener('abort', interrupt);
      await this.secondLives.close();
      await Promise.all([...this.workers].map((worker) => worker.end()));
    }
  }

  /** What one worker after the other does, as long as there is anything to do. */
  private async lane(): Promise<void> {
    for (;;) {
      const work = this.nextWork();
      if (work !== undefined) await this.doWork(work);
      else {
        const open = this.isOver ? [] : this.works.filter(({ isOpen, left }) => isOpen || left > 0);
        if (open.length === 0) return;
        if (this.options.explorerOf === undefined) this.secondLives.prepare();
        await this.changeOf(open);
      }
    }
  }

  /** Milliseconds until a process may be started to help with a suite. Where others have the processes, none is started. */
  private helpInMs({ ageMs }: UnitWork): number {
    const { explorerOf, helpAfterMs = HELP_AFTER_MS } = this.options;
    return explorerOf === undefined ? helpAfterMs - ageMs : 0;
  }

  /** Resolves when there may be more to take of these suites. */
  private async changeOf(open: readonly UnitWork[]): Promise<void> {
    const waits = open.map((one) => this.helpInMs(one)).filter((ms) => ms > 0);
    const timer = new AbortController();
    const { signal } = timer;
    const changes = open.map((one) => one.changed());
    if (waits.length > 0)
      changes.push(delay(Math.min(...waits), undefined, { signal }).catch(() => undefined));
    await Promise.race(changes);
    timer.abort();
  }

  private async doWork(work: UnitWork): Promise<void> {
    let isMine = false;
    await this.withWorker(work, async (worker) => {
      await this.exploreParts(work, worker);
      isMine = work.takeConclusion();
      if (isMine) await this.conclude(work, worker, work.options());
    });
    // The last worker at it failed: the finished parts of the others are kept.
    isMine ||= work.takeConclusion();
    if (!isMine) return;
    // In an undamaged process; and without shrinking, rechecking and the suite's own descriptions, as these may have failed.
    if (!this.isSettled(work) && work.finished().length > 0)
      await this.withWorker(work, (worker) =>
        this.conclude(work, worker, work.optionsWithoutShrinking(), []),
      );
    const { trouble } = work;
    if (!this.isSettled(work) && trouble !== undefined)
      this.finish(work, undecidedResult(work.unit, doubtOf(trouble), stopOf(trouble)));
  }

  private isSettled({ unit }: UnitWork): boolean {
    return this.results[this.units.indexOf(unit)] !== undefined;
  }

  private finish({ unit }: UnitWork, result: SuiteResult): void {
    this.results[this.units.indexOf(unit)] = result;
    this.options.onResult(result);
  }

  /** Runs a task of a suite in a new worker. A failure is reported, and ends nothing else. */
  private async withWorker(work: UnitWork, act: (worker: TaskWorker) => Promise<void>): Promise<void> {
    const { unit } = work;
    const process = (): TaskWorker => workerFor(unit, this.options);
    const worker = this.begun(this.options.explorerOf?.(unit, process) ?? process());
    try {
      await act(worker);
    } catch (error) {
      work.suffer(troubleOf(error));
    } finally {
      await this.over(worker, 'exploring');
    }
  }

  private begun(worker: TaskWorker): TaskWorker {
    this.workers.add(worker);
    if (this.options.signal.aborted) worker.stop();
    return worker;
  }

  private async over(worker: TaskWorker, purpose: Purpose): Promise<void> {
    this.workers.delete(worker);
    await worker.end();
    this.options.onProcessorTime?.(purpose, worker.processorMs);
  }

  private async exploreParts(work: UnitWork, worker: TaskWorker): Promise<void> {
    for (let next = await work.take(); next !== undefined; next = await work.take())
      await this.exploreTaken(work, next, worker);
  }

  private async exploreTaken(
    work: UnitWork,
    taken: Assignment | TakenSlice,
    worker: TaskWorker,
  ): Promise<void> {
    try {
      if ('slice' in taken) await this.exploreSlice(work, taken, worker);
      else await this.explore(work, taken, worker);
    } catch (error) {
      work.failed(taken, error, worker.found);
      throw error;
    }
  }

  private async exploreSlice(work: UnitWork, taken: TakenSlice, worker: TaskWorker): Promise<void> {
    const { part, slice } = taken;
    const options = work.options();
    const task = { kind: 'slice', reference: work.unit.reference, options, part, slice } as const;
    const answer = await worker.ask(task, () => undefined, options.timeMs);
    if (answer.kind !== 'counted') throw unansweredBy(answer);
    work.counted(taken, answer.counted);
  }

  /**
   * Has slices explored by the lanes that are free, and by a process in place of the one that waits for them. Call `over` when
   * that one answers or fails: nothing of its part is begun any more, and what its place does is done when `over` resolves.
   */
  private handingOut(
    work: UnitWork,
    part: Part,
  ): { readonly exploreSlice: ExploreSlice; readonly over: () => Promise<void> } {
    let helping: Promise<void> | undefined;
    let isOver = false;
    const help = async (): Promise<void> => {
      await this.withWorker(work, async (worker) => {
        while (!isOver) {
          const next = work.takeSlice();
          if (next === undefined) return;
          await this.exploreTaken(work, next, worker);
        }
      });
      helping = undefined;
    };
    const exploreSlice: ExploreSlice = (slice) => {
      const counted = work.handOut(part, slice);
      helping ??= help();
      return counted;
    };
    const over = async (): Promise<void> => {
      isOver = true;
      work.dropSlices(part);
      await helping;
    };
    return { exploreSlice, over };
  }

  private async explore(work: UnitWork, { part, parents }: Assignment, worker: TaskWorker): Promise<void> {
    const { reference } = work.unit;
    const options = work.options();
    const onProgress = (progress: ExploreProgress): void =>
      this.options.onProgress(work.progressWith(part, progress));
    const task = {
      kind: 'explore',
      reference,
      options,
      part,
      ...(parents === undefined ? {} : { parents }),
      ...(this.options.workers > 1 ? { handsOut: true as const } : {}),
    } as const;
    const { exploreSlice, over } = this.handingOut(work, part);
    const answer = await worker.ask(task, onProgress, options.timeMs, exploreSlice).finally(over);
    if (answer.kind !== 'explored') throw unansweredBy(answer);
    work.explored(part, answer.tally);
  }

  private async conclude(
    work: UnitWork,
    worker: TaskWorker,
    options: UnitOptions,
    /** What came of living lives again, where that is not to be found out. */
    again?: readonly Tally[],
  ): Promise<void> {
    const tallies = work.finished();
    if (tallies.length === 0) return;
    const { unit } = work;
    const asked = () => ({ reference: unit.reference, options: work.options() });
    const outliving =
      again ??
      (await outlivingOf(
        tallies,
        (lives) => this.secondLives.ask(asked, lives),
        (lives) => this.inNewProcess(asked(), lives),
      ));
    const task = {
      kind: 'conclude',
      reference: unit.reference,
      options,
      tallies: [...outliving, ...tallies],
      isPlain: again !== undefined,
    } as const;
    // A process that is only now started has to load the suite's file first, however little time there is to conclude in.
    const limitMs = again === undefined ? options.timeMs : LOADING_MS_MAX;
    const answer = await worker.ask(task, this.options.onProgress, limitMs);
    this.finish(work, concludedBy(unit, answer));
  }

  /** Has a worker live lives again that has done nothing before. */
  private async inNewProcess(
    asked: Pick<Unit, 'reference' | 'options'>,
    lives: readonly SampledLife[],
  ): Promise<Rechecked> {
    const worker = this.begun(new WorkerProcess(this.options.worker ?? WORKER, this.options));
    try {
      return await liveAgainIn(worker, asked, lives);
    } finally {
      await this.over(worker, 'living again');
    }
  }
}

/**
 * Explores all units, by at most `workers` processes at once. A suite that fails has an undecided
 * result, and `onTrouble` gets the reason.
 */
export const exploreInWorkers: Explore = async (units, options) => {
  const campaign = new Campaign(units, options);
  await campaign.run();
  return campaign.results;
};
