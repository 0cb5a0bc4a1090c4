/** What may be asked of an exploration, and what it says while it works. */
import type { Overrides } from '../suite/limits.js';
import type { DiskModelName } from '../suite/suite.js';

/** Who makes the choices of random runs: which call goes next, and whether a timer goes first. */
export interface StrategyChoice {
  /**
   * 'random': a seeded draw at each choice. 'pct': random priorities, changed at a few places. 'mixed': some runs this,
   * some that. 'dfs': no random runs; instead each workload is explored on every schedule with few preemptions.
   */
  readonly kind: 'mixed' | 'random' | 'pct' | 'dfs';
  /** The depth of 'pct' (default: drawn for each run), or the preemptions of 'dfs' (default: 2). */
  readonly bound?: number;
}

/** How far a suite is explored. The same options give the same result. */
export interface ExploreOptions extends Overrides {
  readonly seed: number;
  /** Random runs per suite. */
  readonly runs: number;
  /** Workloads per suite that are explored exhaustively. */
  readonly workloads: number;
  /** The longest workload explored exhaustively: what is generated longer is cut to this many commands. Default: 8. */
  readonly commands?: number;
  /** How many successive power cuts exhaustive exploration goes through. 0: no power cut at all. */
  readonly depth: number;
  /** Default: 'mixed'. */
  readonly strategy?: StrategyChoice;
  /** Overrides the suite's own disk model. */
  readonly disk?: DiskModelName;
  /** Real milliseconds this suite may take; past them the result has the stop reason 'time'. */
  readonly timeMs?: number;
  /** Stop at the first violation. */
  readonly bail: boolean;
  /** Any bound that is met, `timeMs` included, makes the verdict 'undecided' (BOUND_HIT). Default: false. */
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
  /** Called as the exploration goes on. It must not throw. */
  readonly onProgress?: (progress: ExploreProgress) => void;
}

/** How far the exploration of a suite is. */
export interface ExploreProgress {
  readonly suite: string;
  readonly phase: 'exhaustive' | 'random' | 'shrinking';
  /** Workloads or runs done so far in this phase, and how many it will be; undefined while shrinking. */
  readonly done: number;
  readonly total: number | undefined;
  readonly imagesChecked: number;
  readonly violations: number;
}

/** The bounds that the command line uses where no option is given. */
export const DEFAULT_OPTIONS = {
  strategy: { kind: 'mixed' },
  seed: 1,
  runs: 200,
  workloads: 8,
  commands: 8,
  // Far more than it takes until no state is left unseen: what stops an exploration is its budget of lives.
  depth: 20,
  bail: false,
} as const;

export type Phase = 'exhaustive' | 'random';
