/** A life for the tests of the guard: a clock, a queue, a seeded die, and a way to run a program to its end. */
import type { Guard } from '../guard/guard.js';
import type { GuardedLife } from '../process/guarded-life.js';
import type { UncontrolledEffect } from '../process/uncontrolled-effect.js';

/** Captured before any guard is installed: this module is imported by the tests that install it. */
const realSetImmediate = setImmediate;
const drainMicrotasks: unknown = Reflect.get(process, '_tickCallback');

export const BIRTH_MS = 1_700_000_000_000;

interface Scheduled {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export interface TestLife extends GuardedLife {
  readonly effects: readonly UncontrolledEffect[];
  /** Runs `program` inside the life until nothing is scheduled, and returns what it returned or resolved with. */
  run(guard: Guard, program: () => unknown): Promise<unknown>;
}

export const testLife = (seed: number, watched = false): TestLife => {
  let timeMs = BIRTH_MS;
  let state = seed;
  let order = 0;
  let queue: Scheduled[] = [];
  const effects: UncontrolledEffect[] = [];

  const inSpan = (guard: Guard, run: () => void): void => {
    guard.enter(life);
    try {
      run();
      if (typeof drainMicrotasks === 'function') Reflect.apply(drainMicrotasks, process, []);
    } finally {
      guard.leave();
    }
  };

  const toTheEnd = (guard: Guard, program: () => unknown): Promise<unknown> => {
    let result: Promise<unknown> = Promise.resolve();
    inSpan(guard, () => {
      result = Promise.resolve(program());
      // The drain reports unhandled rejections to the process; this one is handled below, after the drain.
      result.catch(() => {});
    });
    while (queue.length > 0) {
      const [next, ...later] = queue.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
      if (next === undefined) break;
      queue = later;
      timeMs = next.atMs;
      inSpan(guard, next.callback);
    }
    return result;
  };

  const life: TestLife = {
    watched,
    now: () => timeMs,
    schedule: (delayMs, callback) => {
      order += 1;
      const entry = { atMs: timeMs + delayMs, order, callback };
      queue.push(entry);
      return () => {
        queue = queue.filter((other) => other !== entry);
      };
    },
    randomUint32: () => {
      // A linear congruence with its high bits folded in: enough to tell seeds apart.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state ^ (state >>> 15)) >>> 0;
    },
    report: (effect) => {
      effects.push(effect);
    },
    effects,
    run: (guard, program) =>
      new Promise((resolve, reject) => {
        // Microtasks can be drained from a macrotask only.
        realSetImmediate(() => {
          try {
            resolve(toTheEnd(guard, program));
          } catch (error) {
            reject(error);
          }
        });
      }),
  };
  return life;
};
