/** Trying something again and again, as a policy says. */
import { type Cancel, type Clock, sleep } from '../environment.js';
import { isExhaustion } from '../event-store/log/descriptor-exhaustion.js';
import { PASSING_MAX_MS, type RetryPolicy, retryDelayMs } from '../message-bus/retry.js';

/**
 * Tries `act` until it succeeds, or its attempts are used up, or `isWorthRetrying` says no to an error: then rejects
 * with the last one.
 */
export const persistently = async <Result>(
  clock: Clock,
  policy: RetryPolicy,
  act: () => Promise<Result>,
  isWorthRetrying: (error: unknown) => boolean = () => true,
): Promise<Result> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (attempt >= policy.attempts || !isWorthRetrying(error)) throw error;
      await sleep(clock, retryDelayMs(policy, attempt));
    }
  }
};

/** Waits while the machine is out of disk space, descriptors or memory, without limit, until `end` is called. */
export class Patience {
  readonly #clock: Clock;
  readonly #policy: RetryPolicy;
  readonly #naps = new Set<() => void>();
  #ended = false;

  constructor(clock: Clock, policy: RetryPolicy) {
    this.#clock = clock;
    this.#policy = policy;
  }

  /** Repeats `act` while it rejects for want of room or descriptors; rejects with any other error, and after the end. */
  async untilThereIsRoom<Result>(act: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        if (this.#ended || !isExhaustion(error)) throw error;
        await this.#nap(Math.min(retryDelayMs(this.#policy, attempt), PASSING_MAX_MS));
      }
    }
  }

  /** Wakes those who wait, for one attempt more. */
  end(): void {
    this.#ended = true;
    for (const wake of this.#naps) wake();
  }

  #nap(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      const wake = (): void => {
        cancel();
        this.#naps.delete(wake);
        resolve();
      };
      this.#naps.add(wake);
      cancel = this.#clock.schedule(delayMs, wake);
    });
  }
}
