/** The suite contract: the only thing a user has to write. */
import type * as fc from 'fast-check';
import type { Environment } from '../../src/environment.js';
import type { FaultPlan } from './fault-plan.js';
import type { Locale } from './locale.js';

/** What JSON can hold: commands, results and effects are JSON, so that a token can carry them. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The environment of one simulated life: the program's ports, and a way to be heard outside. */
export interface SimulatedEnvironment<Effect = Json> extends Environment {
  /**
   * An effect on the outside world (a letter posted, a payment made): no power cut takes it back.
   * It is a step, so the power may fail right before or right after it, and it becomes part of the history.
   */
  outside(effect: Effect): void;
}

/** The result of a command as a history holds it. JSON has no `undefined`, so nothing becomes null, and a bigint its digits. */
export type ResultOf<Result> = Result extends void ? null : Result extends bigint ? string : Result;

/** What the outside world knows of one command. */
export type Outcome<Result = unknown> =
  | { readonly status: 'acknowledged'; readonly result: Result }
  | {
      readonly status: 'rejected';
      readonly error: { readonly name: string; readonly code: string; readonly message: string };
    }
  /** In flight when the power failed: it may or may not have happened, but wholly, and for good. */
  | { readonly status: 'unknown' };

/** One command that the outside world sent, and its outcome. A retry counts in `attempts`, and is no second entry. */
export interface Attempted<Command, Result = unknown> {
  readonly index: number;
  readonly command: Command;
  readonly outcome: Outcome<Result>;
  readonly attempts: number;
}

/** What the outside world knows: it survives every power cut. */
export interface History<Command, Result = unknown, Effect = unknown, Observed = unknown> {
  readonly commands: readonly Attempted<Command, Result>[];
  /** Distinct outside effects, in the order in which each first happened. */
  readonly effects: readonly Effect[];
  /** How often each effect happened, by index into `effects`. Not part of the explorer's key. */
  readonly effectCounts: readonly number[];
  /** What `observe` last returned in an earlier life; undefined before the first crash. */
  readonly observed: Observed | undefined;
  /** How many power cuts there have been. */
  readonly crashes: number;
}

/** When an invariant is checked. */
export type CheckMoment =
  /** Commands ran without a crash and the system is idle. */
  | 'at-rest'
  /** Booted after a crash and settled; no command has been sent since. */
  | 'recovered'
  /** After a crash, the client has retried what was unknown and gone on. */
  | 'lived-on';

/** What is wrong, with the state that was expected and the state that was found. Both are JSON; reports show them side by side. */
export interface Discrepancy {
  /** What is wrong, in one sentence. */
  readonly message: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** What a check returns: undefined where the invariant holds, otherwise what is wrong. */
export type CheckAnswer = string | Discrepancy | undefined;

/**
 * What must hold after every recovery. An invariant that reads no results, effects or observations leaves their types `unknown`: so it
 * fits every suite of this system and these commands.
 */
export interface Invariant<System, Command, Result = unknown, Effect = unknown, Observed = unknown> {
  readonly name: string;
  /** One sentence: what must hold. Printed in stories and reports. */
  readonly statement: string;
  /**
   * Returns what is wrong, in one sentence or as a {@link Discrepancy}, or undefined when the invariant holds. A throw counts as
   * wrong.
   */
  check(
    history: History<Command, Result, Effect, Observed>,
    system: System,
    moment: CheckMoment,
  ): CheckAnswer | Promise<CheckAnswer>;
  /**
   * Whether a check of this history could fail at all: for durability, whether anything was acknowledged. Only counted:
   * the result tells how often it was true. Pure and fast, as it is called before each check.
   */
  atStake?(history: History<Command, Result, Effect, Observed>, moment: CheckMoment): boolean;
}

/** The name of a crash model: what a power cut may leave on the disk. */
export type DiskModelName =
  | 'process-kill'
  | 'synced-only'
  | 'prefix'
  | 'ext4-nodelalloc'
  | 'ext4-delalloc'
  /** The same as 'ext4-delalloc', which is ext4's default. */
  | 'ext4-ordered'
  | 'ext4-writeback'
  | 'btrfs-like'
  | 'posix'
  | 'posix-worst';

/** The context of a command, for `perform`. */
export interface PerformContext {
  /** Its place in the workload: a stable identity for the command across retries and crashes. */
  readonly index: number;
  /** 1 for the first time it is sent. */
  readonly attempt: number;
}

/** A state that some run must reach, or the verdict is 'undecided': 'a `reserve` is acknowledged'. */
export interface Reachable<Command, Result = unknown, Effect = unknown, Observed = unknown> {
  /** In words, as the reason names it. */
  readonly name: string;
  /** Whether a history shows it. Pure and fast, as it is called at the end of each life until it was once true. */
  reached(history: History<Command, Result, Effect, Observed>): boolean;
}

/** Bounds of a suite's lives and of their exploration. A result names each bound that was met. */
export interface Limits {
  /** Calls that a life may make to file system and clock; beyond it counts as endless. Default: 200,000. */
  readonly callsPerLife?: number;
  /** How long a life may wait for one thing, in milliseconds of simulated time. Default: 600,000 (10 minutes). */
  readonly patienceMs?: number;
  /** Lives that are explored exhaustively for each workload. Default: 2,000. */
  readonly livesPerWorkload?: number;
  /** Images that are checked at each crash point; where more are legal, that many are sampled. Default: 256. */
  readonly imagesPerCrashPoint?: number;
  /** Schedules of each workload that depth first search tries. Default: 2,000. */
  readonly schedulesPerWorkload?: number;
  /** New commands that a client sends after each power cut, beyond those it retries. Default: 1. */
  readonly commandsAfterCrash?: number;
}

/** How time passes between lives, and whether somebody sets the clock. */
export interface ClockSettings {
  /**
   * Each life begins this much later, in milliseconds, for every command and effect that the outside world knows by then:
   * time is thus a function of image and history. Default: 3,600,000 (an hour).
   */
  readonly gapMs?: number;
  /** Whether random runs set the time of day forwards and back, within lives and between them. Default: true. */
  readonly jumps?: boolean;
}

/**
 * The parts of a suite. The types are inferred: `System` from `boot`, `Command` from `commands`, `Result` from `perform`,
 * `Observed` from `observe`, and `Effect` from what `boot` says of its environment. Commands, results, effects and
 * observations must be JSON; that is checked at run time, as interfaces can't be held to it by type.
 */
export interface SuiteDefinition<System, Command, Result = unknown, Effect = Json, Observed = unknown> {
  /** Unique among the suites of a run. Saved failures belong to it. */
  readonly name: string;
  /**
   * Makes the disk that the first life starts on: a database with its schema, a repository with a history. Called once, before
   * the power can fail: all that it writes is durable. Its process ends when it resolves. Default: an empty disk.
   */
  readonly prepare?: (env: SimulatedEnvironment<NoInfer<Effect>>) => unknown;
  /** Starts the program: everything that a restart does. Called again after every crash, on the disk that the crash left. */
  readonly boot: (env: SimulatedEnvironment<Effect>) => Promise<System> | System;
  /** A fast-check arbitrary of the commands that a client sends in one run. */
  readonly commands: fc.Arbitrary<readonly Command[]>;
  /** Sends one command. Resolves: acknowledged (with a JSON result). Rejects: rejected. */
  readonly perform: (system: System, command: Command, context: PerformContext) => Promise<Result> | Result;
  /** Resolves when the system is idle. Invariants are checked afterwards. Default: at once. */
  readonly settle?: (system: System) => Promise<unknown> | unknown;
  /** Stops the system in good order: what a clean shutdown does. Random runs sometimes end a life this way. */
  readonly shutdown?: (system: System) => Promise<unknown> | unknown;
  /** What must hold. Checked after each recovery, and when the client has gone on after it. */
  readonly invariants: readonly Invariant<
    NoInfer<System>,
    NoInfer<Command>,
    ResultOf<Result>,
    NoInfer<Effect>,
    NoInfer<Observed>
  >[];
  /** Returns the state that a client sees, as JSON. The next life finds it in `history.observed`. */
  readonly observe?: (system: System) => Promise<Observed> | Observed;
  /** Returns counters of the program in this life, by name, such as the events read on recovery. Reports show them. */
  readonly costs?: (system: System) => Readonly<Record<string, number>>;
  /** The verdict for which the exit code is 0. Default: 'safe'. */
  readonly expected?: 'safe' | 'unsafe';
  /** Default: 'posix'. */
  readonly disk?: DiskModelName;
  /** The unit in which the disk writes. Default: 512. */
  readonly sectorBytes?: 512 | 4096;
  /**
   * Disk faults besides power cuts. If a planned fault never happens, the suite is undecided (FAULT_NEVER_FIRED). Faults stop once
   * the commands are sent. A program may stop at a failed call until its next start: the commands it refused by then count as unknown.
   */
  readonly faults?: readonly FaultPlan[];
  /** The program's time zone and language, whatever the machine's are. Default: 'UTC' and 'en-US'. */
  readonly locale?: Partial<Locale>;
  /**
   * Real files and directories that `node:fs` shows the program, to read only: templates, assets, a .wasm. URLs, or paths from
   * where the process was started. Files below an installed package are always there.
   */
  readonly reads?: readonly (string | URL)[];
  /** Concurrent clients in random runs. Default: 1. */
  readonly clients?: number;
  /** How a client treats a command that a crash interrupted. Default: 'retry'. */
  readonly unknown?: 'retry' | 'abandon';
  /** Rare branches that the program marks with `env.mark`. The report lists those that no run reached. */
  readonly marks?: readonly string[];
  /** Marks, and conditions on the history. If no run reaches one of them, the verdict is 'undecided' (MUST_REACH). */
  readonly mustReach?: readonly (
    | string
    | Reachable<Command, ResultOf<Result>, NoInfer<Effect>, NoInfer<Observed>>
  )[];
  /** Bounds of lives and of the exploration. */
  readonly limits?: Limits;
  /** How time passes between lives. */
  readonly clock?: ClockSettings;
  /** Describes a command in a story: 'deposit 10 to account a'. Default: its JSON. */
  readonly describe?: (command: Command) => string;
  /** Describes the result of `perform` in a story: 'there is nothing to do'. Default: 'done', and its JSON. */
  describeResult?(result: NoInfer<NonNullable<ResultOf<Result>>>): string;
  /** Describes an outside effect in a story: 'a letter to Ann'. Default: its JSON. */
  readonly describeEffect?: (effect: Effect) => string;
}

/** A suite as the explorers take it. */
export type Suite = SuiteDefinition<unknown, Json, Json, Json, Json>;

/** One of its invariants. */
export type SuiteInvariant = Suite['invariants'][number];
