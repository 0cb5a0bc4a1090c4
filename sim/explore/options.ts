/** The options of an exploration, and its progress reports. */
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

/** How far a suite is explored, complete. The same bounds give the same result. */
export interface ExplorationBounds extends Overrides {
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
  /** Make half of the random runs from earlier ones that did something new, where there are enough of them. Default: true. */
  readonly guided?: boolean;
  /** Crash states of a slice of a large workload: see slices.ts. Results of other sizes differ. Default: 4096. */
  readonly sliceStates?: number;
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

/**
 * How far `exploreSuite` and `testSuite` explore a suite. Each option has a default, and the name of its option on the command
 * line: `maxCrashes` is `--max-crashes`. The same options give the same result.
 */
export interface ExploreOptions extends Overrides {
  /** Default: 1. */
  readonly seed?: number;
  /** Random runs per suite. Default: 200. */
  readonly runs?: number;
  /** Workloads per suite that are explored exhaustively. Default: 8. */
  readonly workloads?: number;
  /** The longest workload explored exhaustively: what is generated longer is cut to this many commands. Default: 8. */
  readonly maxCommands?: number;
  /** How many successive power cuts exhaustive exploration goes through. 0: no power cut at all. Default: 20. */
  readonly maxCrashes?: number;
  /** Real milliseconds this suite may take; past them the result has the stop reason 'time'. Default: no limit. */
  readonly timeLimit?: number;
  /** Default: 'mixed'. */
  readonly strategy?: StrategyChoice;
  /** Make half of the random runs from earlier ones that did something new, where there are enough of them. Default: true. */
  readonly guided?: boolean;
  /** Overrides the suite's own disk model. */
  readonly disk?: DiskModelName;
  /** Stop at the first violation. Default: false. */
  readonly bail?: boolean;
  /** Any bound that is met, `timeLimit` included, makes the verdict 'undecided' (BOUND_HIT). Default: false. */
  readonly strict?: boolean;
  readonly signal?: AbortSignal;
  /** Called as the exploration goes on. It must not throw. */
  readonly onProgress?: (progress: ExploreProgress) => void;
  /** @deprecated Old name of `maxCommands`, and ignored if that is given. Removed in version 0.3. */
  readonly commands?: number;
  /** @deprecated Old name of `maxCrashes`, and ignored if that is given. Removed in version 0.3. */
  readonly depth?: number;
  /** @deprecated Old name of `timeLimit`, and ignored if that is given. Removed in version 0.3. */
  readonly timeMs?: number;
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

/** The bounds where no option is given. No call needs them: each option has its default. */
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

/** What `options` stand for: their defaults filled in, and old names read as the new ones. */
export const boundsOf = (options: ExploreOptions): ExplorationBounds => {
  const { maxCommands, maxCrashes, timeLimit, commands, depth, timeMs, ...others } = options;
  const limitMs = timeLimit ?? timeMs;
  return {
    ...others,
    seed: options.seed ?? DEFAULT_OPTIONS.seed,
    runs: options.runs ?? DEFAULT_OPTIONS.runs,
    workloads: options.workloads ?? DEFAULT_OPTIONS.workloads,
    commands: maxCommands ?? commands ?? DEFAULT_OPTIONS.commands,
    depth: maxCrashes ?? depth ?? DEFAULT_OPTIONS.depth,
    strategy: options.strategy ?? DEFAULT_OPTIONS.strategy,
    bail: options.bail ?? DEFAULT_OPTIONS.bail,
    ...(limitMs === undefined ? {} : { timeMs: limitMs }),
  };
};

export type Phase = 'exhaustive' | 'random';
