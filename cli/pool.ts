/**
 * Explores suites on all cores, each suite in a thread of its own.
 *
 * A fresh thread for every suite: nothing an earlier suite left in memory can change what a later one does,
 * so results, digests included, do not depend on the number of workers. That leaves a pool nothing to reuse,
 * and a thread's own `exit` event is the one sure sign of its death, which is told and never waited out.
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ExploreProgress } from '../sim/explore/options.js';
import type { SuiteResult } from '../sim/result.js';
import type { FromWorker, ToWorker, Unit } from './task.js';
import { messageOf, UsageError } from './usage-error.js';

export interface PoolOptions {
  readonly workers: number;
  /** Stops the exploration: what is running ends with what it has, what has not begun is left out. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExploreProgress) => void;
  readonly onResult: (result: SuiteResult) => void;
  /** A worker died under a suite (out of memory, process.exit): the other suites go on. */
  readonly onDeath: (message: string) => void;
  /** The worker's module; default: the real one. */
  readonly worker?: URL;
}

/** As many results as units, in their order; undefined for one that was stopped before it began, or died. */
export type Explore = (
  units: readonly Unit[],
  options: PoolOptions,
) => Promise<readonly (SuiteResult | undefined)[]>;

// Compiled or not, as this file is.
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

const nameOf = ({ reference }: Unit): string =>
  reference.kind === 'shipped' ? reference.name : reference.argument;

const resultOf = (unit: Unit, result: SuiteResult): SuiteResult =>
  unit.reference.kind === 'file' ? { ...result, file: unit.reference.argument } : result;

type Ending =
  | { readonly status: 'explored'; readonly result: SuiteResult }
  | { readonly status: 'died'; readonly message: string };

const failureOf = (unit: Unit, message: FromWorker & { readonly kind: 'failed' }): UsageError => {
  const error = new UsageError(message.code ?? 'EXPLORATION_FAILED', `${nameOf(unit)}: ${message.message}`);
  if (message.stack !== undefined) error.stack = message.stack;
  return error;
};

/** One thread, from its start to its end. Rejects with what the suite itself failed with. */
const runUnit = (unit: Unit, options: PoolOptions, running: Set<Worker>): Promise<Ending> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(options.worker ?? WORKER, { workerData: unit });
    running.add(worker);
    const stop = (): void => worker.postMessage('stop' satisfies ToWorker);
    options.signal.addEventListener('abort', stop);
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'progress') options.onProgress(message.progress);
      if (message.kind === 'explored')
        resolve({ status: 'explored', result: resultOf(unit, message.result) });
      if (message.kind === 'failed') reject(failureOf(unit, message));
    });
    let reason = 'it ended itself';
    worker.on('error', (error) => {
      reason = messageOf(error);
    });
    worker.on('exit', () => {
      running.delete(worker);
      options.signal.removeEventListener('abort', stop);
      // Too late to matter when the thread has answered: a promise is settled once.
      resolve({ status: 'died', message: `${nameOf(unit)}: its worker died: ${reason}.` });
    });
  });

/**
 * Explores all units, at most `workers` at once.
 *
 * @throws UsageError with the code of the first error in a suite itself; all other work is then given up.
 */
export const exploreInWorkers: Explore = async (units, options) => {
  const results: (SuiteResult | undefined)[] = units.map(() => undefined);
  const running = new Set<Worker>();
  let next = 0;
  // Each lane takes the next unit when it is free; a stop leaves the units that no lane has taken.
  const lane = async (): Promise<void> => {
    while (!options.signal.aborted) {
      const index = next++;
      const unit = units[index];
      if (unit === undefined) return;
      const ending = await runUnit(unit, options, running);
      if (ending.status === 'died') {
        options.onDeath(ending.message);
      } else {
        results[index] = ending.result;
        options.onResult(ending.result);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(options.workers, units.length) }, lane));
    return results;
  } finally {
    next = units.length;
    await Promise.all([...running].map((worker) => worker.terminate()));
  }
};
