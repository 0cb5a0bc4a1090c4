/** Whether runs reach what their suite says they must: without it, a green verdict says nothing about it. */

import type { LifeRecord } from '../../life/life-record.js';
import type { UndecidedReason } from '../../result/result.js';
import { historyForCheck } from '../../suite/history.js';
import type { Json, Reachable, Suite } from '../../suite/suite.js';
import { suitePart } from '../../suite/suite-answers.js';

const goalsOf = ({ mustReach = [] }: Suite): readonly Reachable<Json>[] =>
  mustReach.filter((goal) => typeof goal !== 'string');

/** Which goals over the history were reached, by place. Asks for each until it was once true. */
export class Reaching {
  readonly reached: boolean[];
  private readonly goals: readonly Reachable<Json>[];

  constructor(private readonly suite: Suite) {
    this.goals = goalsOf(suite);
    this.reached = this.goals.map(() => false);
  }

  add({ world }: LifeRecord): void {
    for (const [index, goal] of this.goals.entries()) {
      if (this.reached[index] === true) continue;
      const ask = (): unknown => goal.reached(historyForCheck(world.history));
      this.reached[index] = suitePart(this.suite, `reached of '${goal.name}'`, ask) === true;
    }
  }
}

/** What of `mustReach` was reached in no run. */
export const doubtsOfReaching = (
  suite: Suite,
  marks: readonly string[],
  reached: readonly boolean[],
): readonly UndecidedReason[] => {
  const unreachedMarks = (suite.mustReach ?? []).filter(
    (goal) => typeof goal === 'string' && !marks.includes(goal),
  );
  const unreachedGoals = goalsOf(suite).filter((_, index) => reached[index] !== true);
  const names = [
    ...unreachedMarks.map((mark) => `mark '${String(mark)}'`),
    ...unreachedGoals.map(({ name }) => `'${name}'`),
  ];
  if (names.length === 0) return [];
  const message =
    `No run reached what the suite must reach: ${names.join(', ')}. ` +
    'Explore more (runs, workloads, commands), or let the workloads lead there.';
  return [{ code: 'MUST_REACH', message }];
};
