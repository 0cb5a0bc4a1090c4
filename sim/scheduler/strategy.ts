/**
 * A strategy decides which of the things that could happen next does. It is all that tells one way of exploring
 * interleavings from another: the scheduler asks the same question, and only who answers differs.
 *
 * Actors are found, not declared. A *chain* is a sequence of calls and timers in which each was made by the code that
 * the one before it woke: a client, the feeder, a handler. Where code that was woken makes several calls, the first goes
 * on with the chain and each other one begins a chain of its own.
 */

/** A choice: several things could happen next. Valid only during the call. */
export interface Choice {
  /** How many: at least two. Plainest first: what goes on with the chain that moved last, the others as they came, a timer. */
  readonly count: number;
  /** The chain of the one at a place. Chains are numbered from 0, in the order in which they began. */
  chainAt(place: number): number;
  /** Whether the first goes on with the chain that moved last: to take another is then a preemption. */
  readonly continues: boolean;
}

export interface Strategy {
  /** The place of what goes next. */
  pick(choice: Choice): number;
}

/** How the choices of a life are made, as plain data: it is what a tape holds. */
export type Schedule =
  /** No call waits: each takes effect as it is made. */
  | { readonly kind: 'eager' }
  /** The place picked at each choice; 0 when the list is used up. */
  | { readonly kind: 'picks'; readonly picks: readonly number[] }
  /** See pct.ts. */
  | { readonly kind: 'pct'; readonly priorities: readonly number[]; readonly changes: readonly number[] };

/** Plays a list of picks. A place that there is not is taken round the circle, so that a shortened list still means something. */
export const picking = (picks: readonly number[]): Strategy => {
  let next = 0;
  return { pick: ({ count }) => (picks[next++] ?? 0) % count };
};
