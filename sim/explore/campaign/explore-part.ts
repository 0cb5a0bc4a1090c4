/** Explores one part of the exploration of a suite, and tallies it: see parts.ts. */

import type { Suite } from '../../suite/suite.js';
import { stream } from '../../util/seeded-streams.js';
import type { FirstFound, Tally } from '../counting/tally.js';
import type { Slice } from '../exhaustive/slices.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds } from '../options.js';
import { runsPerHistory } from '../random/draw-plan.js';
import { mutated } from '../random/mutate-input.js';
import type { Assignment } from './agenda.js';
import { Counting, type CountSlices, countSlice, type OnFound, type SliceCounted } from './counting-part.js';
import type { Part } from './parts.js';
import { survey } from './survey.js';

/** Makes guided runs: each from a parent, by draws of its own. */
const surveyGuided = async (
  explorer: Explorer,
  counting: Counting,
  { part: { from, round, count }, parents }: Required<Assignment>,
  onFound: OnFound,
): Promise<ReadonlyMap<string, FirstFound>> => {
  const { suite, strategy, options } = explorer;
  const branches = runsPerHistory(suite);
  const firsts = new Map<string, FirstFound>();
  for (let index = 0; counting.runs < count; index++) {
    const [parent, other] = [0, 1].map((next) => parents[(index + next) % parents.length]);
    const isOver = explorer.expired() || (options.bail && firsts.size > 0);
    if (parent === undefined || other === undefined || isOver) break;
    const source = stream(`${options.seed} round ${round} ${from + index}`, 'guide');
    const recipe = mutated(source, parent, other.recipe, { suite, strategy, branches });
    const keep = (first: FirstFound): void => {
      const { invariant } = first.finding.broken;
      if (firsts.has(invariant)) return;
      firsts.set(invariant, { ...first, index: from + index, recipe });
      onFound({ ...first, index: from + index, recipe });
    };
    await survey(explorer.inputs(recipe), counting.run, {
      ...counting.options(keep),
      from: 0,
      runs: 1,
      onRun: () => counting.progress(counting.runs),
    });
  }
  return firsts;
};

/**
 * Explores one part. Errors that the suite throws outside its promises are passed on.
 * @param onFound called at once for each finding, as the exploration may not reach its end
 * @param exploreSlices explores what is too large for one process. Default: this one does, one after the other
 * @throws PowercutError 'SUITE_BOOT_FAILED', 'UNKNOWN_DISK_MODEL'
 */
export const explorePart = async (
  suite: Suite,
  options: ExplorationBounds,
  { part, parents = [] }: Assignment,
  onFound: OnFound = () => undefined,
  exploreSlices?: CountSlices,
): Promise<Tally> => {
  const explorer = new Explorer(suite, options);
  const counting = new Counting(explorer, part, exploreSlices);
  if (part.isGuided === true)
    return counting.tally(await surveyGuided(explorer, counting, { part, parents }, onFound));
  const { firsts } =
    part.phase === 'exhaustive'
      ? await survey(explorer.workloads(), counting.workload, counting.options(onFound))
      : await survey(explorer.inputs(), counting.run, counting.options(onFound));
  return counting.tally(firsts);
};

/**
 * Explores one slice of a part's workload.
 * @throws as {@link explorePart}
 */
export const exploreSliceOfPart = (
  suite: Suite,
  options: ExplorationBounds,
  part: Part,
  slice: Slice,
): Promise<SliceCounted> => countSlice(new Explorer(suite, options), part, slice);
