/**
 * Depth first search over schedules with a bounded number of preemptions: plays the same program again and again, each time
 * on a schedule not played before, until none is left. A preemption takes the turn from a chain that could go on; where
 * the chain that moved last has nothing waiting, any other may go for free. Most bugs need one or two (Musuvathi and
 * Qadeer, PLDI 2007), and the number of schedules grows with the bound's power only.
 */
import type { Choice, Strategy } from './strategy.js';

interface ChoicePoint {
  picked: number;
  readonly count: number;
  readonly continues: boolean;
  /** Preemptions on the way here. */
  readonly before: number;
}

export class DepthFirst implements Strategy {
  /** A schedule was left out because it has too many preemptions. */
  bounded = false;
  /** The choices of the run under way or just over, in order. */
  private readonly path: ChoicePoint[] = [];
  private depth = 0;

  /** @param preemptionsMax Infinity: every schedule */
  constructor(private readonly preemptionsMax: number) {}

  pick({ count, continues }: Choice): number {
    const known = this.path[this.depth];
    const point = known ?? { picked: 0, count, continues, before: this.preemptionsAt(this.depth) };
    if (known === undefined) this.path.push(point);
    else if (known.count !== count || known.continues !== continues)
      throw new Error(
        'The program did not reach the same choices again: it depends on something the simulation does not control.',
      );
    this.depth += 1;
    return point.picked;
  }

  /** The picks of the run that is over. */
  get picks(): readonly number[] {
    return this.path.map(({ picked }) => picked);
  }

  /** Makes ready for a run on the next schedule; false when none is left within the bound. */
  next(): boolean {
    this.path.length = this.depth;
    this.depth = 0;
    for (;;) {
      const last = this.path.at(-1);
      if (last === undefined) return false;
      const price = last.continues ? 1 : 0;
      if (last.picked + 1 < last.count) {
        if (last.before + price <= this.preemptionsMax) {
          last.picked += 1;
          return true;
        }
        this.bounded = true;
      }
      this.path.pop();
    }
  }

  private preemptionsAt(depth: number): number {
    const last = this.path[depth - 1];
    if (last === undefined) return 0;
    return last.before + (last.continues && last.picked > 0 ? 1 : 0);
  }
}
