/**
 * Functions that Node composes of several system calls, written once for the synchronous and the asynchronous form. A
 * generator yields each call to its driver. The driver makes it at once, or through the scheduler, so that other calls and
 * a power cut can come between.
 */
import type { Scheduler } from '../../scheduler/scheduler.js';

interface Step {
  /** The program may answer with a promise; the disk never does. */
  readonly asks: 'disk' | 'program';
  readonly act: () => unknown;
}

export type Sequence<T> = Generator<Step, T, unknown>;

function* step<T>(asks: Step['asks'], act: () => T): Sequence<Awaited<T>> {
  return (yield { asks, act }) as Awaited<T>; // both drivers hand back what the act has given
}

/** One call on the disk. */
export const call = <T>(act: () => T): Sequence<Awaited<T>> => step('disk', act);

/** A question to the program under test, such as a filter of its own. */
export const ask = <T>(act: () => T): Sequence<Awaited<T>> => step('program', act);

/** Makes one call after the other, now. */
export const atOnce = <T>(sequence: Sequence<T>): T => {
  let at = sequence.next();
  while (at.done !== true) {
    let given: unknown;
    try {
      given = at.value.act();
    } catch (error) {
      at = sequence.throw(error);
      continue;
    }
    at = sequence.next(given);
  }
  return at.value;
};

/** Makes each call when the scheduler picks it. */
export const inTurns = async <T>(sequence: Sequence<T>, turns: Pick<Scheduler, 'perform'>): Promise<T> => {
  let at = sequence.next();
  while (at.done !== true) {
    const { asks, act } = at.value;
    let given: unknown;
    try {
      given = await (asks === 'disk' ? turns.perform(act) : act());
    } catch (error) {
      at = sequence.throw(error);
      continue;
    }
    at = sequence.next(given);
  }
  return at.value;
};
