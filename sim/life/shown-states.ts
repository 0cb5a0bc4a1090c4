/**
 * The states that a suite shows, by its `observe`, after the single steps of a life: for a replay. Only an `observe` that makes no step can
 * be called there. Whether the run stayed the same for all that is for the caller to compare.
 */
import { active } from '../process/active-life.js';
import { jsonIdentity } from '../suite/history.js';
import type { Json, Suite } from '../suite/suite.js';
import { observedOf } from '../suite/suite-answers.js';
import type { Step } from './step.js';
import type { World } from './world.js';

/** By the index of the step after which a state was seen. Only those that differ from the one before. */
export type ShownStates = ReadonlyMap<number, Json>;

export class StateWatcher {
  readonly states = new Map<number, Json>();
  private latest: string | undefined;
  private isLooking = false;

  constructor(
    private readonly suite: Suite,
    private readonly world: World,
    /** The steps without any looking. */
    private readonly expected: readonly Step[],
  ) {}

  /** From now on looks at `system` after each step. */
  watch(system: unknown): void {
    this.world.afterStep = () => this.look(system);
  }

  private look(system: unknown): void {
    const { suite, world } = this;
    // Only the program's own turns: outside of them the machine is not the one of the life.
    if (suite.observe === undefined || this.isLooking || active.life !== world) return;
    const step = world.steps.length - 1;
    // A step that looking has made would make more.
    if (!this.isExpected(step)) {
      world.afterStep = () => undefined;
      return;
    }
    this.isLooking = true;
    try {
      const seen: unknown = suite.observe(system);
      if (!(seen instanceof Promise)) this.keep(step, seen);
      else
        seen.then(
          (value: unknown) => this.keep(step, value),
          () => undefined,
        );
    } catch {
      // It shows nothing here: where it must not fail, the run itself calls it.
    } finally {
      this.isLooking = false;
    }
  }

  private isExpected(step: number): boolean {
    const [is, was] = [this.world.steps[step], this.expected[step]];
    return is?.operation === was?.operation && is?.path === was?.path;
  }

  /** A state that came only after further steps is none of this step. */
  private keep(step: number, value: unknown): void {
    const { suite, world } = this;
    if (world.steps.length !== step + 1) return;
    try {
      const identity = jsonIdentity(observedOf(suite, value));
      if (identity === this.latest) return;
      this.latest = identity;
      this.states.set(step, JSON.parse(identity) as Json); // it was just printed from JSON
    } catch {
      // It is not JSON: the run itself says so.
    }
  }
}
