/**
 * Crashes under every schedule: plays a workload on each schedule with few preemptions, depth first, and cuts the power
 * everywhere in each. The lives after a cut are lived eagerly, so what follows a state does not depend on the schedule
 * that led to it: a state that one schedule reached is covered for all.
 */

import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { unlessAbandoned } from '../../life/abandoned-life.js';
import { timingOfLife } from '../../life/conditions.js';
import type { Driven } from '../../life/drive.js';
import type { StopReason } from '../../result/result.js';
import { lifeOptions, type Plan, runFirstLife } from '../../run/tape.js';
import { choosing } from '../../scheduler/choosing.js';
import { DepthFirst } from '../../scheduler/depth-first.js';
import type { Json, Suite } from '../../suite/suite.js';
import type { Exhausted, ExhaustiveOptions } from './exhausted.js';

export interface Searched {
  readonly schedules: number;
  /** What stopped the search; empty: no schedule is left. */
  readonly stops: readonly StopReason[];
}

/** What explores one workload of a suite, within its bounds. */
export interface WorkloadExplorer {
  readonly suite: Suite;
  readonly model: DiskModel;
  readonly limits: { readonly schedulesPerWorkload: number };
  driveWithinTime<T>(driven: Driven<T>): Promise<T>;
  exhaust(workload: readonly Json[], changes: Partial<ExhaustiveOptions>): Promise<Exhausted>;
  expired(): boolean;
  stopped(): StopReason | undefined;
}

/** Cuts the power everywhere, under the schedule of a plan's first life; whatever else the plan says holds as well. */
export const underSchedule = (
  schedules: Plan['schedules'],
  plan: ExhaustiveOptions['plan'] = {},
): Pick<ExhaustiveOptions, 'plan'> => {
  const [first] = schedules ?? [];
  return { plan: first === undefined ? plan : { ...plan, schedules: [first, { kind: 'eager' }] } };
};

/** Explores a workload under each of its schedules and hands each result to `take`, until that returns false. */
export const everySchedule = async (
  explorer: WorkloadExplorer,
  workload: readonly Json[],
  changes: Partial<ExhaustiveOptions>,
  preemptionsMax: number,
  take: (result: Exhausted) => boolean,
): Promise<Searched> => {
  const strategy = new DepthFirst(preemptionsMax);
  const schedulesMax = explorer.limits.schedulesPerWorkload;
  const seen = new Set<string>();
  const timing = timingOfLife(changes.plan?.conditions ?? {}, 0);
  for (let schedules = 1; ; schedules++) {
    // Runs once to find out which choices there are. Then each list of picks is explored.
    const options = lifeOptions(workload, { ...changes.plan, commandsAfterCrash: 0 }, 0, explorer.model);
    const explored = async (): Promise<Exhausted> => {
      await explorer.driveWithinTime(
        runFirstLife(explorer.suite, { ...options, scheduling: choosing(strategy, timing) }),
      );
      const scheduled = underSchedule([{ kind: 'picks', picks: strategy.picks }], changes.plan);
      return explorer.exhaust(workload, { ...changes, ...scheduled, seen });
    };
    const result = await unlessAbandoned(explored(), () => undefined);
    if (result === undefined)
      return { schedules: schedules - 1, stops: [explorer.stopped() ?? { kind: 'time' }] };
    if (!take(result)) return { schedules, stops: [{ kind: 'violation' }] };
    if (!strategy.next())
      return { schedules, stops: strategy.bounded ? [{ kind: 'preemptions', limit: preemptionsMax }] : [] };
    if (explorer.expired()) return { schedules, stops: [explorer.stopped() ?? { kind: 'time' }] };
    if (schedules >= schedulesMax) return { schedules, stops: [{ kind: 'schedules', limit: schedulesMax }] };
  }
};
