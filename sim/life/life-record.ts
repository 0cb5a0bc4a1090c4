/** What one life starts from, is given, and leaves: plain data, apart from its world. */
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { StartState } from '../disk/crash-model/durability.js';
import type { Scheduling } from '../scheduler/scheduler.js';
import type { CheckMoment, Json } from '../suite/suite.js';
import type { Origins } from './call-sites/origins.js';
import type { LifeConditions } from './conditions.js';
import type { ShownStates } from './shown-states.js';
import type { Step } from './step.js';
import type { World } from './world.js';

/** Where a life starts: what the crash left, and what the outside world knows. */
export interface LifeStart extends StartState {
  /** Equal for equal images and histories; it says nothing of what is durable. */
  readonly key: string;
}

export interface Broken {
  readonly invariant: string;
  readonly statement: string;
  readonly message: string;
  /** The state that the check expected and the one that it found, where it returned both. */
  readonly expected?: Json;
  readonly actual?: Json;
  readonly moment: CheckMoment;
  /** 'path:line' of the program, where the message is of one. Apart from it, as it differs from machine to machine. */
  readonly place?: string;
}

/** The part of a message that a digest holds. The site of an uncontrolled effect differs between machines. */
export const messageForDigest = ({ invariant, message }: Broken): string =>
  invariant === 'controlled' ? '' : message;

export interface LifeRecord {
  readonly start: LifeStart;
  readonly world: World;
  readonly broken: readonly Broken[];
  /** Of the program, by its own account, when it had settled after boot (or, without a crash, at the end). */
  readonly costs: Readonly<Record<string, number>>;
  /** Journal entries there were when boot and settling were over. */
  readonly recoveredAt: number;
  readonly recoverySteps: number;
  /** Whether the program came up. */
  readonly booted: boolean;
  /** What `observe` shows after its steps, where that was wanted. */
  readonly shown?: ShownStates;
  /** By invariant, in the suite's order. */
  readonly checks: readonly CheckCount[];
}

/** How often an invariant was checked in a life, and how often it said of itself that it could have failed. */
export interface CheckCount {
  readonly checked: number;
  readonly atStake: number;
}

export interface LiveOptions {
  readonly workload: readonly Json[];
  readonly scheduling: Scheduling;
  /** How many commands beyond the retried ones the client sends in a life that follows a crash. */
  readonly commandsAfterCrash: number;
  readonly sites?: boolean;
  /** By what random numbers are drawn, besides what is known outside. Default: the number of crashes before this life. */
  readonly series?: number;
  /** Note all that the program reads of the image. */
  readonly notesReads?: boolean;
  /** Look at the state that the suite shows after each step, for as long as the steps are these. */
  readonly looksAlong?: readonly Step[];
  /** Show what the program prints. */
  readonly prints?: boolean;
  /** Follow the origin of each call. */
  readonly origins?: Origins;
  /** The disk's model, which says what a failed fsync does. */
  readonly model: DiskModel;
  /** Of a random run: where the suite's faults strike. Not given: at the first call that fits. */
  readonly faultSeed?: number;
  /** What else was drawn for it. */
  readonly conditions?: LifeConditions;
}
