/** Explores one part of the exploration of a suite, and tallies it: see parts.ts. */

import type { Suite } from '../../suite/suite.js';
import type { FirstFound, Tally } from '../counting/tally.js';
import type { Slice } from '../exhaustive/slices.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds } from '../options.js';
import { runsPerHistory } from '../random/draw-plan.js';
import { drawnInputs, guidedInputs } from '../random/make-inputs.js';
import type { Assignment } from './agenda.js';
import { Counting, type CountSlices, countSlice, type OnFound, type SliceCounted } from './counting-part.js';
import type { Part } from './parts.js';
import { survey, surveyTogether } from './survey.js';

/** Apart from the seed of blind runs. */
const GUIDED_SEED_OFFSET = 0x6001;

/** Makes the random runs of a part. */
const surveyRandom = (
  explorer: Explorer,
  counting: Counting,
  assignment: Assignment,
  onFound: OnFound,
): Promise<ReadonlyMap<string, FirstFound>> => {
  const { part, parents = [] } = assignment;
  const { suite, strategy, options } = explorer;
  const { from, count, round } = part;
  const seed = explorer.seedOf('random');
  const inputs =
    part.isGuided === true
      ? guidedInputs(
          { suite, strategy, seed: seed + GUIDED_SEED_OFFSET, from },
          count,
          parents,
          `${options.seed} round ${round}`,
        )
      : drawnInputs({ suite, strategy, seed, from: from / runsPerHistory(suite) }, count);
  return surveyTogether(inputs, {
    run: ({ input }) => counting.run(input),
    drive: (runs) => explorer.driveWithinTime(runs),
    found: (finding, { index, recipe }): FirstFound => ({
      phase: part.phase,
      index,
      finding,
      ...(recipe === undefined ? {} : { recipe }),
    }),
    expired: explorer.expired,
    bail: explorer.options.bail,
    onFound,
    onRuns: () => counting.progress(Math.min(counting.runs, part.count)),
  });
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
  assignment: Assignment,
  onFound: OnFound = () => undefined,
  exploreSlices?: CountSlices,
): Promise<Tally> => {
  const { part } = assignment;
  const explorer = new Explorer(suite, options);
  const counting = new Counting(explorer, part, exploreSlices);
  if (part.phase === 'random')
    return counting.tally(await surveyRandom(explorer, counting, assignment, onFound));
  const { firsts } = await survey(explorer.workloads(), counting.workload, {
    seed: explorer.seedOf(part.phase),
    from: part.from,
    runs: part.count,
    expired: explorer.expired,
    bail: options.bail,
    onFound: (first) => onFound({ phase: part.phase, ...first }),
    onRun: (done) => counting.progress(done),
  });
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
