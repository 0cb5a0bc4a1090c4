/** Plays failures of earlier runs again, on all cores: each suite in a worker process of its own, as when it is explored. */
import type { Failure, Replayed } from '../../sim/explore/campaign/replay-regressions.js';
import { EMPTY_TALLY } from '../../sim/explore/counting/tally.js';
import type { StopReason, SuiteResult } from '../../sim/result/result.js';
import type { Unit } from '../messages/messages.js';
import { concludedBy, workerFor } from './pool.js';
import type { SparedWorkerOptions } from './spare-workers.js';
import { type Trouble, troubleOf, unansweredBy } from './trouble.js';
import type { WorkerProcess } from './worker-process.js';

export interface UnitFailures {
  readonly unit: Unit;
  readonly failures: readonly Failure[];
}

export interface ReplayPoolOptions extends SparedWorkerOptions {
  readonly workers: number;
  /** Gives up what is under way: of that, nothing is said. */
  readonly signal: AbortSignal;
  readonly onTrouble: (unit: Unit, trouble: Trouble) => void;
}

export interface UnitReplayed {
  /** One for each failure, in their order. */
  readonly replayed: readonly Replayed[];
  /** Of a suite that still fails and is to stop at the first violation: what there is to say without exploring it. */
  readonly result?: SuiteResult;
}

/** As many answers as suites, in their order; undefined for one that failed or was stopped. */
export type ReplayFailures = (
  suites: readonly UnitFailures[],
  options: ReplayPoolOptions,
) => Promise<readonly (UnitReplayed | undefined)[]>;

const REGRESSION: StopReason = { kind: 'regression' };
const NOT_EXPLORED = { ...EMPTY_TALLY, cutShort: REGRESSION, stops: [REGRESSION] };

const nothing = (): void => undefined;

const replayOne = async ({ unit, failures }: UnitFailures, worker: WorkerProcess): Promise<UnitReplayed> => {
  const { reference, options } = unit;
  const asked = { reference, options };
  const answer = await worker.ask({ kind: 'replay', ...asked, failures }, nothing, options.timeMs);
  if (answer.kind !== 'replayed') throw unansweredBy(answer);
  const { replayed } = answer;
  if (!options.bail || !replayed.some(({ kind }) => kind === 'fails')) return { replayed };
  const conclude = { kind: 'conclude', ...asked, tallies: [NOT_EXPLORED] } as const;
  return { replayed, result: concludedBy(unit, await worker.ask(conclude, nothing, options.timeMs)) };
};

/** Never rejects for a failure of a suite: `onTrouble` gets it. */
export const replayInWorkers: ReplayFailures = async (suites, options) => {
  const { workers, signal, onTrouble } = options;
  const answers: (UnitReplayed | undefined)[] = suites.map(() => undefined);
  const left = suites.entries();
  const lane = async (): Promise<void> => {
    for (const [index, suite] of left) {
      if (signal.aborted) return;
      const worker = workerFor(suite.unit, options);
      const giveUp = (): void => void worker.end();
      signal.addEventListener('abort', giveUp);
      try {
        answers[index] = await replayOne(suite, worker);
      } catch (error) {
        const trouble = troubleOf(error);
        if (!signal.aborted) onTrouble(suite.unit, trouble);
      } finally {
        signal.removeEventListener('abort', giveUp);
        await worker.end();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, suites.length) }, lane));
  return answers;
};
