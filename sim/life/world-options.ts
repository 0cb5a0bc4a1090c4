/** How the computer of one life is set up. */
import type { DiskImage } from '../disk/crash-model/disk-image.js';
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Scheduling } from '../scheduler/scheduler.js';
import type { FaultPlan } from '../suite/fault-plan.js';
import type { HistoryState } from '../suite/history.js';
import type { DEFAULT_LIMITS } from '../suite/limits.js';
import type { Locale } from '../suite/locale.js';
import type { Origins } from './call-sites/origins.js';

export type LifeLimits = Pick<typeof DEFAULT_LIMITS, 'callsPerLife' | 'patienceMs'>;

export interface WorldOptions {
  readonly image: DiskImage;
  /** What the outside world knows when the power comes back. */
  readonly history: HistoryState;
  readonly scheduling: Scheduling;
  /** The program's time zone and language. */
  readonly locale?: Locale;
  /** Absolute paths on the real disk that the program may read. */
  readonly reads?: readonly string[];
  /** How far off the time of day is when the power comes back, in milliseconds. Default: 0. */
  readonly skewMs?: number;
  /** Defaults: those of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<LifeLimits>;
  /** How much later each life begins for each thing known outside. Default: that of `DEFAULT_CLOCK`. */
  readonly gapMs?: number;
  /** By what its random numbers are drawn, besides what is known outside. Default: the number of crashes before it. */
  readonly series?: number | undefined;
  /** Note all that the program reads of the image. */
  readonly notesReads?: boolean;
  /** Record the call site of every step. */
  readonly sites?: boolean;
  /** Show what the program prints. */
  readonly prints?: boolean;
  /** Follow the origin of each call. */
  readonly origins?: Origins | undefined;
  readonly faults?: WorldFaults;
}

/** What goes wrong in a life besides the power. */
export interface WorldFaults {
  readonly plans: readonly FaultPlan[];
  readonly model: DiskModel;
  /** Of a random run, whose faults strike where it says; undefined: nothing is left to chance. */
  readonly seed?: number;
  /** The plans that are on, by their places. Default: all. */
  readonly on?: readonly number[];
  /** How often a fault strikes whose call is drawn. Default: 1. */
  readonly strikes?: number;
}
