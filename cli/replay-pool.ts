/** Plays failures of earlier runs again, on all cores: each suite in a worker process of its own, as when it is explored. */
import type { Failure, Replayed } from '../sim/explore/regression.js';
import { EMPTY_TALLY } from '../sim/explore/tally.js';
import type { StopReason, SuiteResult } from '../sim/result.js';
import { failureOf, resultOf, unitName, WORKER } from './pool.js';
import type { Unit } from './task.js';
import { WorkerDied, WorkerProcess } from './worker-process.js';

export interface UnitFailures {
  readonly unit: Unit;
  readonly failures: readonly Failure[];
}

export interface ReplayPoolOptions {
  readonly workers: number;
  /** Gives up what is under way: of that, nothing is said. */
  readonly signal: AbortSignal;
  readonly onDeath: (message: string) => void;
}

export interface UnitReplayed {
  /** One for each failure, in their order. */
  readonly replayed: readonly Replayed[];
  /** Of a suite that still fails and is to stop at the first violation: what there is to say without exploring it. */
  readonly result?: SuiteResult;
}

/** As many answers as suites, in their order; undefined for one whose worker died or was stopped. */
export type ReplayFailures = (
  suites: readonly UnitFailures[],
  options: ReplayPoolOptions,
) => Promise<readonly (UnitReplayed | undefined)[]>;

const REGRESSION: StopReason = { kind: 'regression' };
const NOT_EXPLORED = { ...EMPTY_TALLY, cutShort: REGRESSION, stops: [REGRESSION] };

const nothing = (): void => undefined;

const replayOne = async ({ unit, failures }: UnitFailures, worker: WorkerProcess): Promise<UnitReplayed> => {
  const answer = await worker.ask({ kind: 'replay', ...unit, failures }, nothing);
  if (answer.kind !== 'replayed') throw failureOf(unit, answer);
  const { replayed } = answer;
  if (!unit.options.bail || !replayed.some(({ kind }) => kind === 'fails')) return { replayed };
  const concluded = await worker.ask({ kind: 'conclude', ...unit, tallies: [NOT_EXPLORED] }, nothing);
  if (concluded.kind !== 'concluded') throw failureOf(unit, concluded);
  return { replayed, result: resultOf(unit, concluded.result) };
};

/** @throws UsageError with the code of the first error in a suite itself, as exploreInWorkers does */
export const replayInWorkers: ReplayFailures = async (suites, { workers, signal, onDeath }) => {
  const answers: (UnitReplayed | undefined)[] = suites.map(() => undefined);
  const left = suites.entries();
  const lane = async (): Promise<void> => {
    for (const [index, suite] of left) {
      if (signal.aborted) return;
      const worker = new WorkerProcess(WORKER);
      const giveUp = (): void => void worker.end();
      signal.addEventListener('abort', giveUp);
      try {
        answers[index] = await replayOne(suite, worker);
      } catch (error) {
        if (!(error instanceof WorkerDied)) throw error;
        if (!signal.aborted)
          onDeath(`${unitName(suite.unit)}: its worker died replaying earlier failures: ${error.message}.`);
      } finally {
        signal.removeEventListener('abort', giveUp);
        await worker.end();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, suites.length) }, lane));
  return answers;
};
