/**
 * The scheduler: decides when a call of the program into the world takes effect.
 *
 * `eager` takes each call as it comes, which is the order of a program on an idle machine; nothing is queued and a
 * life costs next to nothing. `choosing` holds every call back until the program can go no further, then lets a
 * strategy pick which one goes first: every interleaving of clients, feeder and handlers at the granularity of
 * calls can be reached. Strategies differ only in who picks.
 */

export interface Scheduler {
  /** Lets `act` take effect, now or when it is picked. Rejects with what it throws. */
  perform<T>(act: () => T): Promise<T>;
  /** Picks one waiting call and lets it take effect; false when none is waiting. */
  runNext(): boolean;
}

/**
 * Calls of one life beyond which none is taken: a program that goes on calling for ever never lets go of the thread,
 * so nobody else could tell that it does not come to rest. Far above what a life of thousands of commands needs.
 */
const EAGER_CALLS_MAX = 50_000;

export const eager = (callsMax = EAGER_CALLS_MAX): Scheduler => {
  let calls = 0;
  return {
    perform: <T>(act: () => T) => {
      if (calls++ >= callsMax) return new Promise<T>(() => {}); // never settles: the driver finds the life stuck
      try {
        return Promise.resolve(act());
      } catch (error) {
        return Promise.reject(error);
      }
    },
    runNext: () => false,
  };
};

/** Picks one of `count` waiting calls, in the order in which they were made. */
export type Picker = (count: number) => number;

export const choosing = (pick: Picker): Scheduler => {
  const waiting: (() => void)[] = [];
  return {
    perform: <T>(act: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push(() => {
          try {
            resolve(act());
          } catch (error) {
            reject(error);
          }
        });
      }),
    runNext: () => {
      if (waiting.length === 0) return false;
      // With one call waiting there is nothing to choose, and nothing to record.
      const index = waiting.length === 1 ? 0 : pick(waiting.length) % waiting.length;
      const [run] = waiting.splice(index, 1);
      run?.();
      return true;
    },
  };
};
