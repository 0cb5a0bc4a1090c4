/**
 * How many crash states an exploration has covered: a state is a place where the power may fail together with a disk
 * that is legal there, after the crashes before it. It is covered when it was checked, or when its key equals that of
 * one that was. An explorer that remembers nothing must check each of them.
 */

import type { DiskModel } from '../../sim/disk/crash-model/disk-models.js';
import { Frontier } from '../../sim/disk/crash-model/durability.js';
import { legalSurvivals } from '../../sim/disk/crash-model/legal-losses.js';
import type { ExhaustiveOptions } from '../../sim/explore/exhaustive/exhausted.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { drive } from '../../sim/life/drive.js';
import type { LifeRecord } from '../../sim/life/life-record.js';
import type { Json, Suite } from '../../sim/suite/suite.js';

/** Disks at one place beyond which no more are counted: the count is then too low, never too high. */
const COUNTED_MAX = 4096;

const never = (): number => 0;

/** How many states of each key a power cut in this life may leave. */
const statesAfter = (life: LifeRecord, model: DiskModel): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  const frontier = new Frontier(life.start, model);
  for (const entry of life.world.journal.entries) {
    frontier.pass(entry);
    for (const survival of legalSurvivals(frontier.volatile, model, undefined, COUNTED_MAX, never)
      .survivals) {
      const key = frontier.state(0, survival)?.key;
      if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
};

/** Counts what an exploration to depth 1 or 2 covers, by exploring once more. */
export const countCovered = async (
  suite: Suite,
  workload: readonly Json[],
  options: ExhaustiveOptions,
): Promise<number> => {
  const checked = new Set<string>();
  let first: ReadonlyMap<string, number> = new Map();
  const second = new Map<string, ReadonlyMap<string, number>>();
  await drive(
    explore(suite, workload, {
      ...options,
      onLife: (life, crashes) => {
        if (crashes.length > 0) checked.add(life.start.key);
        if (crashes.length === 0) first = statesAfter(life, options.model);
        else if (crashes.length < options.depth) second.set(life.start.key, statesAfter(life, options.model));
      },
    }),
  );
  const coveredIn = (states: ReadonlyMap<string, number>): number =>
    [...states].reduce((sum, [key, count]) => (checked.has(key) ? sum + count : sum), 0);
  let covered = coveredIn(first);
  for (const [key, count] of first) covered += count * coveredIn(second.get(key) ?? new Map());
  return covered;
};
