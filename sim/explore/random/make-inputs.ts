/** Makes the inputs of random runs: drawn ones, and others from runs that showed something rare. */
import * as fc from 'fast-check';
import type { Json, Suite } from '../../suite/suite.js';
import { type Stream, stream } from '../../util/seeded-streams.js';
import type { StrategyChoice } from '../options.js';
import { runsPerHistory } from './draw-plan.js';
import { type Draws, PlacedArbitrary, valueFrom } from './draws.js';
import { type MutationContext, mutated, type Parent, type Recipe } from './mutate-input.js';
import { type RandomInput, randomInputs, workloadsOf } from './run-random.js';

/** An input of random runs, and what finds it again. */
export interface PlacedInput {
  readonly input: RandomInput;
  readonly index: number;
  /** Of a guided run. */
  readonly recipe?: Recipe;
}

/** Which inputs. */
export interface InputsAsked {
  readonly suite: Suite;
  readonly strategy: StrategyChoice;
  readonly seed: number;
  /** The index of the first one. */
  readonly from: number;
}

/** Inputs that are generated at once. fast-check passes over all that come before them each time. */
const GENERATED_AT_ONCE = 256;

/** The inputs of a seed: as many as it takes for `runs` runs. */
export function* drawnInputs(
  { suite, strategy, seed, from }: InputsAsked,
  runs: number,
): Generator<PlacedInput> {
  const end = from + Math.ceil(runs / runsPerHistory(suite));
  for (let next = from; next < end; ) {
    const inputs = fc.sample(randomInputs(suite, strategy), {
      seed,
      numRuns: Math.min(GENERATED_AT_ONCE, end - next),
      ...(next === 0 ? {} : { path: String(next) }),
    });
    for (const input of inputs) yield { input, index: next++ };
  }
}

/** A change that makes no difference is tried again. */
const TRIES = 16;

/** About: histories have up to four. */
const RUNS_PER_PARENT = 3;

/** From how many inputs this number of guided runs is made. */
export const parentsWanted = (runs: number): number => Math.ceil(runs / RUNS_PER_PARENT);

const jsonText = (value: object): string => JSON.stringify(value);

/** Another input than the parent's: its commands differ where they were to. */
const differentFrom = (source: Stream, parent: Parent, other: Parent, context: MutationContext): Recipe => {
  // By their values: which draws are one object depends on the messages that they came in.
  const [draws, workload] = [parent.recipe.draws, context.generate(parent.recipe.draws)].map(jsonText);
  let recipe = mutated(source, parent, other.recipe, context);
  const isSame = (): boolean =>
    jsonText(recipe.draws) !== draws && jsonText(context.generate(recipe.draws)) === workload;
  for (let tries = 1; tries < TRIES && isSame(); tries++)
    recipe = mutated(source, parent, other.recipe, context);
  return recipe;
};

const recipeOf = (placed: PlacedInput | undefined): Recipe | undefined =>
  placed?.input.drawn === undefined ? undefined : { ...placed.input.drawn, plan: placed.input.plan };

/**
 * As many inputs as it takes for `runs` runs: each from a parent, in turn. Where there are fewer parents than wanted, as many of
 * the inputs are drawn.
 * @param label a text that no other inputs of the suite have
 */
export function* guidedInputs(
  asked: InputsAsked,
  runs: number,
  parents: readonly Parent[],
  label: string,
): Generator<PlacedInput> {
  const { suite, strategy, from } = asked;
  const drawn = drawnInputs(asked, runs);
  const places = parentsWanted(runs);
  const workloads = new PlacedArbitrary(workloadsOf(suite));
  const generate = (draws: Draws): readonly Json[] => valueFrom(workloads, draws).value;
  const context = { suite, strategy, branches: runsPerHistory(suite), generate };
  for (let made = 0, index = 0; made < runs; index++) {
    const parent = parents[index % places];
    const other = parents[(index + 1) % places] ?? parent;
    const recipe =
      parent === undefined || other === undefined
        ? recipeOf(drawn.next().value)
        : differentFrom(stream(`${label} ${from + index}`, 'guide'), parent, other, context);
    if (recipe === undefined) return;
    const { draws, plan } = recipe;
    const { value: workload, to: length } = valueFrom(workloads, draws);
    made += plan.branches.length;
    yield { input: { workload, plan, drawn: { draws, length } }, index: from + index, recipe };
  }
}
