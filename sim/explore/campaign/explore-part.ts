/** Explores one part of the exploration of a suite, and tallies it: see parts.ts. */

import * as fc from 'fast-check';
import type { Suite } from '../../suite/suite.js';
import { stream } from '../../util/seeded-streams.js';
import type { FirstFound, Tally } from '../counting/tally.js';
import type { Slice } from '../exhaustive/slices.js';
import { Explorer } from '../explorer.js';
import type { ExplorationBounds } from '../options.js';
import { runsPerHistory } from '../random/draw-plan.js';
import { mutated, type Recipe } from '../random/mutate-input.js';
import type { RandomInput } from '../random/run-random.js';
import type { Assignment } from './agenda.js';
import { Counting, type CountSlices, countSlice, type OnFound, type SliceCounted } from './counting-part.js';
import type { Part } from './parts.js';
import { survey, surveyTogether } from './survey.js';

/** Inputs that are generated at once. fast-check passes over all that come before them each time. */
const GENERATED_AT_ONCE = 256;

/** An input of random runs, and what finds it again. */
interface PlacedInput {
  readonly input: RandomInput;
  readonly index: number;
  readonly recipe?: Recipe;
}

/** Blind: input n of the suite's seed. */
function* drawnInputs(explorer: Explorer, { from, count }: Part): Generator<PlacedInput> {
  const perInput = runsPerHistory(explorer.suite);
  const end = Math.ceil((from + count) / perInput);
  for (let next = from / perInput; next < end; ) {
    const inputs = fc.sample(explorer.inputs(), {
      seed: explorer.seedOf('random'),
      numRuns: Math.min(GENERATED_AT_ONCE, end - next),
      ...(next === 0 ? {} : { path: String(next) }),
    });
    for (const input of inputs) yield { input, index: next++ };
  }
}

/** Guided: each input from a parent, by draws of its own. */
function* mutatedInputs(
  explorer: Explorer,
  { part: { from, round, count }, parents = [] }: Assignment,
): Generator<PlacedInput> {
  const { suite, strategy, options } = explorer;
  const branches = runsPerHistory(suite);
  for (let made = 0, index = 0; made < count && parents.length > 0; index++) {
    const [parent, other] = [0, 1].map((next) => parents[(index + next) % parents.length]);
    if (parent === undefined || other === undefined) return;
    const source = stream(`${options.seed} round ${round} ${from + index}`, 'guide');
    const recipe = mutated(source, parent, other.recipe, { suite, strategy, branches });
    made += recipe.plan.branches.length;
    for (const input of fc.sample(explorer.inputs(recipe), 1)) yield { input, index: from + index, recipe };
  }
}

/** Makes the random runs of a part. */
const surveyRandom = (
  explorer: Explorer,
  counting: Counting,
  assignment: Assignment,
  onFound: OnFound,
): Promise<ReadonlyMap<string, FirstFound>> => {
  const { part } = assignment;
  const inputs = part.isGuided === true ? mutatedInputs(explorer, assignment) : drawnInputs(explorer, part);
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
