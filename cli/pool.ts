/**
 * Explores suites on all cores, in worker processes.
 *
 * A process is for one suite: nothing an earlier suite left in memory can change what a later one does, and what
 * kills a process (the system short of memory, a native addon) takes with it the part of the suite that it was at, and
 * nothing that is finished. Workers begin with a suite each; who finds none left to begin helps with one that is under
 * way. What the parts of a suite come to is the same whoever explored them, so results, digests included, do not
 * depend on the number of workers.
 */
import { extname } from 'node:path';
import type { ExploreProgress } from '../sim/explore/options.js';
import { outlivingOf } from '../sim/explore/outliving.js';
import type { Part } from '../sim/explore/part.js';
import type { Rechecked } from '../sim/explore/recheck.js';
import type { SampledLife } from '../sim/explore/sample.js';
import type { SuiteResult } from '../sim/result.js';
import type { Unit } from './task.js';
import { UnitWork } from './unit-work.js';
import { UsageError } from './usage-error.js';
import { type Answer, WorkerDied, WorkerProcess } from './worker-process.js';

export interface PoolOptions {
  readonly workers: number;
  /** Stops the exploration: what is running ends with what it has, what has not begun is left out. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExploreProgress) => void;
  readonly onResult: (result: SuiteResult) => void;
  /** A worker died under a suite: what is finished of it is kept, and the other suites go on. */
  readonly onDeath: (message: string) => void;
  /** The worker's module; default: the real one. */
  readonly worker?: URL;
}

/** As many results as units, in their order; undefined for one that was stopped before anything of it was finished. */
export type Explore = (
  units: readonly Unit[],
  options: PoolOptions,
) => Promise<readonly (SuiteResult | undefined)[]>;

/** The worker's module: compiled or not, as this file is. */
export const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** What a person calls the suite by. */
export const unitName = ({ reference }: Unit): string =>
  reference.kind === 'shipped' ? reference.name : reference.argument;

export const resultOf = (unit: Unit, result: SuiteResult): SuiteResult =>
  unit.reference.kind === 'file' ? { ...result, file: unit.reference.argument } : result;

/** Why there is no answer to what was asked. */
export const failureOf = (unit: Unit, answer: Answer): Error => {
  if (answer.kind !== 'failed') return new Error(`a worker answered '${answer.kind}' to another question`);
  const error = new UsageError(answer.code ?? 'EXPLORATION_FAILED', `${unitName(unit)}: ${answer.message}`);
  if (answer.stack !== undefined) error.stack = answer.stack;
  return error;
};

/** The exploration of all units under way. */
class Campaign {
  readonly results: (SuiteResult | undefined)[];
  private readonly works: UnitWork[] = [];
  private readonly workers = new Set<WorkerProcess>();
  private givenUp = false;

  constructor(
    private readonly units: readonly Unit[],
    private readonly options: PoolOptions,
  ) {
    this.results = units.map(() => undefined);
    options.signal.addEventListener('abort', () => {
      for (const work of this.works) work.leaveOff({ kind: 'interruption' });
      for (const worker of this.workers) worker.stop();
    });
  }

  /** A suite that nobody has begun; when there is none, the one of which most is left. */
  private nextWork(): UnitWork | undefined {
    if (this.givenUp || this.options.signal.aborted) return undefined;
    const unit = this.units[this.works.length];
    if (unit === undefined)
      return this.works.filter(({ left }) => left > 0).sort((a, b) => b.left - a.left)[0];
    const work = new UnitWork(unit);
    this.works.push(work);
    return work;
  }

  /** What one worker after the other does, as long as there is anything to do. */
  async lane(): Promise<void> {
    for (let work = this.nextWork(); work !== undefined; work = this.nextWork()) {
      await this.withWorker(work, this.exploreParts);
      // Whoever was the last one at it died: what the others finished is kept.
      if (work.takeConclusion()) await this.withWorker(work, this.conclude);
    }
  }

  /** Has a new worker do something of a suite. Its death is told, and ends nothing else. */
  private async withWorker(
    work: UnitWork,
    act: (work: UnitWork, worker: WorkerProcess) => Promise<void>,
  ): Promise<void> {
    const worker = new WorkerProcess(this.options.worker ?? WORKER);
    this.workers.add(worker);
    if (this.options.signal.aborted) worker.stop();
    try {
      await act(work, worker);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      if (!this.givenUp) this.options.onDeath(`${unitName(work.unit)}: its worker died: ${error.message}.`);
    } finally {
      this.workers.delete(worker);
      await worker.end();
    }
  }

  private readonly exploreParts = async (work: UnitWork, worker: WorkerProcess): Promise<void> => {
    for (let part = work.take(); part !== undefined; part = work.take()) {
      try {
        await this.explore(work, part, worker);
      } catch (error) {
        work.failed({ kind: 'worker-death' });
        throw error;
      }
    }
    if (work.takeConclusion()) await this.conclude(work, worker);
  };

  private async explore(work: UnitWork, part: Part, worker: WorkerProcess): Promise<void> {
    const { reference } = work.unit;
    const task = { kind: 'explore', reference, options: work.options(), part } as const;
    const answer = await worker.ask(task, (progress) =>
      this.options.onProgress(work.progressWith(part, progress)),
    );
    if (answer.kind !== 'explored') throw failureOf(work.unit, answer);
    work.explored(part, answer.tally);
  }

  private readonly conclude = async (work: UnitWork, worker: WorkerProcess): Promise<void> => {
    const tallies = work.finished();
    if (tallies.length === 0) return;
    const { unit } = work;
    const outliving = await outlivingOf(tallies, (lives) => this.inNewProcess(work, lives));
    const task = {
      kind: 'conclude',
      reference: unit.reference,
      options: work.options(),
      tallies: [...outliving, ...tallies],
    } as const;
    const answer = await worker.ask(task, this.options.onProgress);
    if (answer.kind !== 'concluded') throw failureOf(unit, answer);
    const result = resultOf(unit, answer.result);
    this.results[this.units.indexOf(unit)] = result;
    this.options.onResult(result);
  };

  /** Has a worker live lives again that has done nothing before. */
  private async inNewProcess({ unit }: UnitWork, lives: readonly SampledLife[]): Promise<Rechecked> {
    const worker = new WorkerProcess(this.options.worker ?? WORKER);
    this.workers.add(worker);
    try {
      const answer = await worker.ask({ kind: 'recheck', ...unit, lives }, () => undefined);
      if (answer.kind !== 'rechecked') throw failureOf(unit, answer);
      return answer.rechecked;
    } finally {
      this.workers.delete(worker);
      await worker.end();
    }
  }

  /** Ends all workers, whatever they are at. */
  async giveUp(): Promise<void> {
    this.givenUp = true;
    await Promise.all([...this.workers].map((worker) => worker.end()));
  }
}

/**
 * Explores all units, by at most `workers` processes at once.
 *
 * @throws UsageError with the code of the first error in a suite itself; all other work is then given up.
 */
export const exploreInWorkers: Explore = async (units, options) => {
  const campaign = new Campaign(units, options);
  try {
    await Promise.all(Array.from({ length: options.workers }, () => campaign.lane()));
    return campaign.results;
  } finally {
    await campaign.giveUp();
  }
};
