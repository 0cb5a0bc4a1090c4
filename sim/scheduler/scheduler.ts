/**
 * The scheduler: decides what happens next in a life, where more than one thing could: which waiting call of the program
 * takes effect, or whether a timer fires first.
 *
 * `eager` takes each call as it comes, which is the order of a program on an idle machine; nothing is queued and a
 * life costs next to nothing. `choosing` (in a file of its own) holds every call back until the program can go no
 * further, then lets a strategy pick.
 */
import type { Cancel } from '../../src/environment.js';
import { PROCESS_ENDED } from '../process/process-end.js';
import type { Disturbance } from './disturbances.js';
import type { VirtualClock } from './virtual-clock.js';

export interface Scheduler {
  /** Code is about to run that nothing which happened in this life has woken: what it calls follows from no other call. */
  begin(): void;
  /** Lets `act` take effect, now or when it is picked. Rejects with what it throws. */
  perform<T>(act: () => T): Promise<T>;
  /**
   * The same, for the current caller: calls that it performs later count as made from here. By then a program that did not wait is
   * no longer on the stack. Absent unless call sites are followed.
   */
  forCaller?(): Scheduler;
  /** Sets a timer of the program. */
  schedule(delayMs: number, callback: () => void): Cancel;
  /** Lets one thing happen that waits; false when nothing is left that could, by `untilMs` of the life's time. */
  runNext(untilMs: number): boolean;
  /** Whether there were more calls than a life may make: none of the rest ever completes. */
  isWornOut(): boolean;
  /** True: nothing is slow, late or disturbed from now on, so that liveness can be judged. False: as before. */
  calm(isCalm: boolean): void;
}

/** `scheduler`, for what is several calls and is made for one caller. */
export const forCaller = (scheduler: Scheduler): Scheduler => scheduler.forCaller?.() ?? scheduler;

/** Makes the scheduler of one life, which goes by that life's clock, and says when a disturbance strikes. */
export type Scheduling = (
  clock: VirtualClock,
  onDisturbed?: (disturbance: Disturbance) => void,
  /** Calls of the life beyond which none is taken. Default: no limit. */
  callsMax?: number,
) => Scheduler;

/**
 * Performs each call at once. A program in an endless loop of calls never yields the thread, so no other code could see that it
 * does not become idle: beyond the limit no call is performed.
 */
export const eager =
  (): Scheduling =>
  (clock, _onDisturbed, callsMax = Number.POSITIVE_INFINITY) => {
    let calls = 0;
    return {
      begin: () => {},
      perform: <T>(act: () => T) => {
        if (calls++ >= callsMax) return new Promise<T>(() => {}); // never settles: the driver finds the life stuck
        try {
          return Promise.resolve(act());
        } catch (error) {
          return error === PROCESS_ENDED ? new Promise<T>(() => {}) : Promise.reject(error);
        }
      },
      schedule: clock.schedule,
      runNext: (untilMs) => clock.fireNext(untilMs),
      isWornOut: () => calls > callsMax,
      calm: () => {},
    };
  };
