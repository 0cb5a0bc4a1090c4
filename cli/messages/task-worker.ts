/** A worker as a campaign uses it, wherever it does its tasks: in a process of this machine, or on another one. */
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import type { FirstFound } from '../../sim/explore/counting/tally.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import type { FromWorker, Task } from './messages.js';

/** The answer of a worker, or why there is none. */
export type Answer = Exclude<FromWorker, { readonly kind: 'progress' | 'spent' | 'found' | 'slice' }>;

/** Explores a slice of a large workload, wherever. */
export type ExploreSlice = (slice: Slice) => Promise<SliceCounted>;

export interface TaskWorker {
  /** Milliseconds of processor time that it had used when it answered last. */
  readonly processorMs: number;
  /** Its findings since the last request. */
  readonly found: readonly FirstFound[];
  /**
   * @param limitMs How long it may take, apart from some seconds' grace. Default: as long as it takes.
   * @param exploreSlice Called for each slice that the worker hands out. Its rejection is that of the task.
   * @throws WorkerDied
   */
  ask(
    task: Task,
    onProgress: (progress: ExploreProgress) => void,
    limitMs?: number,
    exploreSlice?: ExploreSlice,
  ): Promise<Answer>;
  /** Makes it answer with the result so far, for this task and later ones. */
  stop(): void;
  /** Resolves when it is gone. */
  end(): Promise<void>;
}
