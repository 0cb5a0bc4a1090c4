/** How often something that fails is tried again, and how long is waited in between. */
import { type Clock, sleep } from '../environment.js';

export interface RetryPolicy {
  /** How often it is tried in all, before it is given up: at least 1. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** Each delay is this many times the one before. */
  readonly factor: number;
  readonly maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, firstDelayMs: 100, factor: 2, maxDelayMs: 10_000 };

/** Milliseconds to wait after the `attempt`-th failure, counted from 1. */
export const retryDelayMs = (policy: RetryPolicy, attempt: number): number =>
  Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (attempt - 1));

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
