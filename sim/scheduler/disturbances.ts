/** Disturbances: what upsets the timing of a life, at a given move of it. Plain data, on the tape. */

export interface Disturbance {
  /** At which move of the life, counted from 0. */
  readonly at: number;
  readonly kind: /** The call that has waited longest stalls for `ms`, while all others go on: it wakes late. */
    | 'stall'
    /** The whole life stands still for `ms`, as a stopped process does: all its timers are late. */
    | 'pause'
    /** Somebody sets the time of day by `ms`, forwards or back. */
    | 'jump';
  readonly ms: number;
}

/** How a life is timed, apart from which call goes when. */
export interface Timing {
  /** How long a call may wait while timers fire ahead of it, in simulated milliseconds. */
  readonly slowestCallMs: number;
  /** In order of their moves. */
  readonly disturbances: readonly Disturbance[];
}

export const UNDISTURBED: Timing = { slowestCallMs: 0, disturbances: [] };
