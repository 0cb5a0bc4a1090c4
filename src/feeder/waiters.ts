/** Promises for conditions. They resolve once, in the order in which they began to wait. */
import type { Cancel, Clock } from '../environment.js';

interface Waiter {
  readonly isOver: () => boolean;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
  readonly cancelTimeout: Cancel | undefined;
}

export class Waiters {
  #waiting: Waiter[] = [];
  #refusal: Error | undefined;

  /** Resolves once `isOver()` is true at a {@link check}, or is already; rejects with `timeout.error()` if that takes too long. */
  wait(
    isOver: () => boolean,
    timeout?: { readonly clock: Clock; readonly timeoutMs: number; readonly error: () => Error },
  ): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    if (isOver()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const cancelTimeout = timeout?.clock.schedule(timeout.timeoutMs, () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(timeout.error());
      });
      const waiter: Waiter = { isOver, resolve, reject, cancelTimeout };
      this.#waiting.push(waiter);
    });
  }

  /** Resolves those whose condition holds. Costs nothing when none waits. */
  check(): void {
    if (this.#waiting.length === 0) return;
    const over: Waiter[] = [];
    const still: Waiter[] = [];
    for (const waiter of this.#waiting) (waiter.isOver() ? over : still).push(waiter);
    this.#waiting = still;
    for (const { cancelTimeout, resolve } of over) {
      cancelTimeout?.();
      resolve();
    }
  }

  /** Turns away all who wait, and all who come later. */
  refuse(reason: Error): void {
    this.#refusal = reason;
    for (const { cancelTimeout, reject } of this.#waiting) {
      cancelTimeout?.();
      reject(reason);
    }
    this.#waiting = [];
  }
}
