/**
 * The conditions of a run: a random run draws them before it begins, and all its lives have them (swarm testing: Groce et
 * al., ISSTA 2012). Most bugs need one thing often and another not at all. So one run in which everything may happen finds
 * less than many runs, each with a few things. Plain data, on the tape; absent means the usual.
 */
import type { Disturbance, Timing } from '../scheduler/disturbances.js';

export interface Conditions {
  /** Concurrent clients: at most as many as the suite has. */
  readonly clients?: number;
  /** The clients do not wait, after a start, until the program is idle. */
  readonly isHasty?: boolean;
  /** How long a call may wait while timers fire ahead of it, in simulated milliseconds. */
  readonly slowestCallMs?: number;
  /** What upsets the timing of the lives, numbered from 0. In order of life and move. */
  readonly disturbances?: readonly (Disturbance & { readonly life: number })[];
  /** How far off the time of day is in each life when the power comes back; in lives beyond the list it is right. */
  readonly skewsMs?: readonly number[];
  /** The lives that are shut down in good order before the power fails. */
  readonly shutdowns?: readonly number[];
  /** Which of the suite's planned faults are on, by their places. */
  readonly faultsOn?: readonly number[];
  /** How often a planned fault strikes in a life, where the plan leaves the call open. */
  readonly faultStrikes?: number;
}

/** The conditions of one life. */
export interface LifeConditions
  extends Pick<Conditions, 'clients' | 'isHasty' | 'faultsOn' | 'faultStrikes'> {
  readonly skewMs?: number;
  readonly isShutDown?: boolean;
}

/** Of the life of a number, from 0. */
export const conditionsOfLife = (
  { clients, isHasty, faultsOn, faultStrikes, skewsMs, shutdowns }: Conditions,
  life: number,
): LifeConditions => ({
  ...(clients === undefined ? {} : { clients }),
  ...(isHasty === undefined ? {} : { isHasty }),
  ...(faultsOn === undefined ? {} : { faultsOn }),
  ...(faultStrikes === undefined ? {} : { faultStrikes }),
  skewMs: skewsMs?.[life] ?? 0,
  isShutDown: shutdowns?.includes(life) ?? false,
});

/** The timing of a life; undefined where nothing is out of the ordinary. */
export const timingOfLife = (
  { slowestCallMs = 0, disturbances = [] }: Conditions,
  life: number,
): Timing | undefined => {
  const own = disturbances.filter((disturbance) => disturbance.life === life);
  return slowestCallMs === 0 && own.length === 0 ? undefined : { slowestCallMs, disturbances: own };
};
