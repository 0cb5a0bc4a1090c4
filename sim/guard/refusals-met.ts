/**
 * What one life was refused, and what came of it. A program that catches a refusal and goes on ran as on a machine without
 * that feature: worth a note. One that does not handle it, or passes it on, is not controlled by the simulation.
 */
import type { UncontrolledEffect } from '../process/uncontrolled-effect.js';

/** What an error has under `key`; undefined where it is no error, or a getter or a proxy of the program's throws. */
const partOf = (error: unknown, key: 'cause' | 'errors'): unknown => {
  try {
    return error instanceof Error ? Reflect.get(error, key) : undefined;
  } catch {
    return undefined;
  }
};

/** An error and what lies behind it: its causes, and the errors that it stands for. */
const reasonsOf = (error: unknown): ReadonlySet<unknown> => {
  const reasons = new Set<unknown>([error]);
  // A set is walked in the order of its growth, each member once: causes may go in circles.
  for (const reason of reasons) {
    const cause = partOf(reason, 'cause');
    if (cause !== undefined) reasons.add(cause);
    const errors = partOf(reason, 'errors'); // an AggregateError's, if it is one
    if (Array.isArray(errors)) for (const one of errors) reasons.add(one);
  }
  return reasons;
};

export class RefusalsMet {
  private readonly caught = new Map<unknown, UncontrolledEffect>();

  /** `refusal` is about to be thrown at the program. */
  add(effect: UncontrolledEffect, refusal: Error): void {
    this.caught.set(refusal, effect);
  }

  /** The program did not handle `error`. Returns the refusals that it is or that lie behind it, each only once. */
  takeBehind(error: unknown): readonly UncontrolledEffect[] {
    return [...reasonsOf(error)].flatMap((reason) => {
      const effect = this.caught.get(reason);
      this.caught.delete(reason);
      return effect === undefined ? [] : [effect];
    });
  }

  /** What the program was refused, as far as it went on without it; in the order of the calls. */
  get survived(): readonly UncontrolledEffect[] {
    return [...this.caught.values()];
  }
}
