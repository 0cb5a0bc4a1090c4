/** How often something that fails is tried again, and how long is waited in between. */

export interface RetryPolicy {
  /** How often it is tried in all, before it is given up: at least 1. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** Each delay is this many times the one before. */
  readonly factor: number;
  readonly maxDelayMs: number;
}

/** Five attempts, the first repeat after 100 ms, each later one after twice the time. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 5, firstDelayMs: 100, factor: 2, maxDelayMs: 10_000 };

/** @throws RangeError a number that no retry can follow: with NaN attempts it would never end */
export const checkRetry = (policy: RetryPolicy): void => {
  const { attempts, firstDelayMs, factor, maxDelayMs } = policy;
  if (!(attempts >= 1)) throw new RangeError(`retry.attempts is ${attempts}; it must be 1 or more`);
  for (const [what, value] of Object.entries({ firstDelayMs, factor, maxDelayMs }))
    if (!(value >= 0)) throw new RangeError(`retry.${what} is ${value}; it must be 0 or more`);
};

/** The longest wait between two attempts on a machine without space, descriptors or memory. */
export const PASSING_MAX_MS = 1000;

/** Milliseconds to wait after the `attempt`-th failure, counted from 1. */
export const retryDelayMs = (policy: RetryPolicy, attempt: number): number =>
  Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (attempt - 1));
