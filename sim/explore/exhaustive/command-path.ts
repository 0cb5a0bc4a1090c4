/** The way of one command through the program, step by step, with what a power cut in each gap did. */
import { siteOf } from '../../coverage/life-sites.js';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { Frontier } from '../../disk/crash-model/durability.js';
import { describeStep } from '../../life/step.js';
import type { PathStep } from '../../result/result.js';
import type { Exhausted, Gap } from './exhausted.js';

/**
 * After a sync of everything, a cut leaves one disk only. It is no new one (it was legal before the sync, and was
 * checked there), so the exploration has no gap of its own for it. The path still shows its outcome.
 */
const certainGap = (frontier: Frontier, at: number): readonly Gap[] => {
  if (frontier.volatile.length > 0) return [];
  const state = frontier.state(at, { lost: [], fill: 'zero' });
  return state === undefined ? [] : [{ at, legal: 1, keys: [state.key] }];
};

/** The steps of the explored workload's first life that changed something, each with the gap right after it. */
export const pathOf = ({ first, gaps, brokenByKey }: Exhausted, model: DiskModel): PathStep[] => {
  const { steps, journal } = first.world;
  const frontier = new Frontier(first.start, model);
  let passed = 0;
  const path: PathStep[] = [];
  steps.forEach((step, index) => {
    for (; passed < step.entriesEnd; passed++) {
      const entry = journal.entries[passed];
      if (entry !== undefined) frontier.pass(entry);
    }
    if (step.entriesEnd === step.entriesStart) return;
    const fresh = gaps.filter(
      ({ at, legal }) => legal > 0 && at > step.entriesStart && at <= step.entriesEnd,
    );
    const inGap = fresh.length > 0 ? fresh : certainGap(frontier, step.entriesEnd);
    const keys = new Set(inGap.flatMap((gap) => gap.keys));
    const broken = [...keys].map((key) => brokenByKey.get(key) ?? []).filter((names) => names.length > 0);
    const site = siteOf(step);
    path.push({
      step: index + 1,
      operation: step.operation,
      label: describeStep(step, journal.entries),
      ...(site === undefined ? {} : { site }),
      gap: {
        images: inGap.reduce((sum, { legal }) => sum + legal, 0),
        checked: keys.size,
        violated: broken.length,
        invariants: [...new Set(broken.flat())].sort(),
      },
    });
  });
  return path;
};
