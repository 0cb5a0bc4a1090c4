/**
 * 19. After recovery the user's retry succeeds: no spurious concurrency error, no wedged stream.
 *
 * Acts on the system, as a person does who is not sure that a command arrived, looks, and tries again. The
 * attempts must be such as change nothing in a healthy system; so this invariant goes last.
 */
import type { History, Invariant } from '../../sim/suite/suite.js';
import { anythingAcknowledged } from './rule.js';

/** One thing a person tried, and how that went. */
export interface UserAttempt {
  /** What they did: 'Ann sends "open account a" again'. */
  readonly did: string;
  readonly outcome:
    | { readonly kind: 'done' }
    /** The system said that there is nothing to do; `visible`: and the person can see that this is so. */
    | { readonly kind: 'nothing-to-do'; readonly visible: boolean }
    | { readonly kind: 'refused'; readonly error: string };
  /** What the person is looking at: 'no account a'. */
  readonly sees: string;
}

/**
 * Acts as a user after a recovery, and returns what was tried. In a healthy system it must change nothing. Like an `Observe` it
 * may declare the results, effects and observations of its own suite; hence a method's type.
 */
export type TryAgain<System, Command> = {
  /** Tries again. */
  tryAgain(system: System, history: History<Command>): Promise<readonly UserAttempt[]>;
}['tryAgain'];

const complaint = ({ did, outcome, sees }: UserAttempt): string | undefined => {
  switch (outcome.kind) {
    case 'done':
      return undefined;
    case 'nothing-to-do':
      return outcome.visible
        ? undefined
        : `${did}: the answer is "nothing to do", yet the read model still shows ${sees}`;
    case 'refused':
      return `${did}: the answer is ${outcome.error}`;
  }
};

/** Lets a user try again after a recovery, and expects no error and no stale answer. Place it last. */
export const usable = <System, Command>(tryAgain: TryAgain<System, Command>): Invariant<System, Command> => ({
  name: 'usable',
  statement: "After recovery the user's retry succeeds: no spurious concurrency error, no wedged stream.",
  atStake: anythingAcknowledged,
  check: async (history, system) => {
    const complaints = (await tryAgain(system, history)).flatMap((attempt) => complaint(attempt) ?? []);
    return complaints.length === 0 ? undefined : complaints.join('; ');
  },
});
