/**
 * New random inputs from one that led somewhere new: most of what led there is kept, and the rest is drawn. The power cuts
 * vary most, then the workload, the schedule and what else goes wrong.
 */
import type { Suite } from '../../suite/suite.js';
import type { Stream } from '../../util/seeded-streams.js';
import type { StrategyChoice } from '../options.js';
import { type Cut, drawConditions, drawCuts, type RandomPlan } from './draw-plan.js';
import type { Draws } from './draws.js';
import { type Generate, goneOn, mutatedDraws } from './mutate-draws.js';
import { mutatedConditions, mutatedCuts, mutatedSchedule } from './mutate-plan.js';
import { commandsBy, livesBefore } from './place-in-run.js';

/** How the input of random runs came about, as plain data. */
export interface Recipe {
  readonly draws: Draws;
  /** How many draws the workload took. */
  readonly length: number;
  readonly plan: RandomPlan;
}

/** An input that showed something new, to make others from. */
export interface Parent {
  readonly recipe: Recipe;
  /** Where it was seen: see place-in-run.ts. */
  readonly place: number;
}

/** What the mutation of one input may depend on, apart from its draws. */
export interface MutationContext {
  readonly suite: Suite;
  readonly strategy: StrategyChoice;
  /** Runs that share a first life. */
  readonly branches: number;
  readonly generate: Generate;
}

type Change = 'workload' | 'crashes' | 'schedule' | 'conditions' | 'other workload';

const WEIGHTS = 14;
const MORE_CONDITIONS = 4;
const SCHEDULES = 6;

/** By their weights: most changes are near the place of something new, or of what disturbs the run. */
const changeOf = (source: Stream, { recipe, place }: Parent, isConcurrent: boolean): Change => {
  const conditions = recipe.plan.conditions?.disturbances === undefined ? 0 : MORE_CONDITIONS;
  const drawn = source.below(WEIGHTS + conditions + (isConcurrent ? SCHEDULES : 0));
  if (drawn < 5) return livesBefore(place) > 0 ? 'crashes' : 'workload';
  if (drawn < 8) return 'workload';
  if (drawn < 10) return 'crashes';
  if (drawn === 10) return 'other workload';
  return drawn < WEIGHTS + conditions ? 'conditions' : 'schedule';
};

const EAGER = { kind: 'eager' } as const;

const changed = (
  source: Stream,
  change: Change,
  { recipe: parent, place }: Parent,
  other: Recipe,
  { suite, strategy, generate }: Omit<MutationContext, 'branches'>,
): Recipe => {
  const { plan } = parent;
  switch (change) {
    case 'workload':
      return { ...parent, draws: mutatedDraws(source, parent, commandsBy(place), generate) };
    case 'other workload':
      return { ...other, plan };
    case 'schedule':
      return {
        ...parent,
        plan: { ...plan, schedules: [mutatedSchedule(source, plan.schedules?.[0] ?? EAGER, strategy)] },
      };
    case 'conditions': {
      const [cuts = []] = plan.branches;
      const { conditions: _, ...rest } = plan;
      const drawn = drawConditions(source.uint32(), suite, cuts.length + 1);
      const conditions = mutatedConditions(source, plan.conditions ?? {}, drawn);
      return {
        ...parent,
        plan: { ...rest, ...(Object.keys(conditions).length === 0 ? {} : { conditions }) },
      };
    }
    case 'crashes':
      return parent;
    default:
      return change satisfies never;
  }
};

/** The power cuts of each run of a changed input. */
const branchesOf = (
  source: Stream,
  cuts: readonly Cut[],
  crashes: number,
  count: number,
): readonly (readonly Cut[])[] => {
  const mutate = (): readonly Cut[] => mutatedCuts(source, cuts, crashes);
  if (count > 0) return Array.from({ length: count }, mutate);
  // The first run of a changed life is cut as it was, if that led somewhere new: it may lead further.
  const first = crashes > 0 ? cuts : drawCuts(source, source, source);
  return source.below(2) === 0 ? [first] : [first, mutate()];
};

/** Another input, mostly as the parent is; some of it may be of `other`. A pure function of its arguments and the stream's seed. */
export const mutated = (
  source: Stream,
  parent: Parent,
  other: Recipe,
  { branches, ...context }: MutationContext,
): Recipe => {
  const [crashes, commands] = [livesBefore(parent.place), commandsBy(parent.place)];
  const change = changeOf(source, parent, (context.suite.clients ?? 1) > 1);
  const varied = changed(source, change, parent, other, context);
  // What follows is free: other commands may come next.
  const isFree = change !== 'workload' && change !== 'other workload' && commands > 0;
  const recipe =
    isFree && source.below(2) === 0
      ? { ...varied, draws: goneOn(source, varied, commands, context.generate) }
      : varied;
  const [cuts = []] = parent.recipe.plan.branches;
  const isFaulty = recipe.plan.faultSeed !== undefined && source.below(3) === 0;
  const ofCrashes = change === 'crashes' || cuts.length === 0;
  return {
    ...recipe,
    plan: {
      ...recipe.plan,
      branches: branchesOf(source, cuts, crashes, ofCrashes ? branches : 0),
      ...(isFaulty ? { faultSeed: source.uint32() } : {}),
      ...(source.below(6) === 0 ? { commandsAfterCrash: source.below(5) } : {}),
    },
  };
};
