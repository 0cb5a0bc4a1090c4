/** Trying something again and again, as a policy says. */
import { type Clock, sleep } from '../environment.js';
import { type RetryPolicy, retryDelayMs } from '../message-bus/retry.js';

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
