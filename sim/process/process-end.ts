/** How the process of a life ends before its time. */

/** How a process ended before its life was over. */
export type ProcessEnd =
  /** `origin` is Node's word for where the error came from. */
  | {
      readonly kind: 'uncaught';
      readonly error: unknown;
      readonly origin: ErrorOrigin;
      readonly code: number;
    }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string };

export type ErrorOrigin = 'uncaughtException' | 'unhandledRejection';

/**
 * Thrown at the program where its process ends, so that nothing after that point runs. A program may catch it: its life is
 * over nevertheless, and the world answers no further call.
 */
export const PROCESS_ENDED: unique symbol = Symbol('the simulated process has ended');
