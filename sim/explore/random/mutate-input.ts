/**
 * New random inputs from one that led somewhere new: most of what led there is kept, and the rest is drawn. The power cuts
 * vary most, then the workload, the schedule and what else goes wrong.
 */
import type { Suite } from '../../suite/suite.js';
import type { Stream } from '../../util/seeded-streams.js';
import type { StrategyChoice } from '../options.js';
import {
  type Cut,
  drawConditions,
  drawCuts,
  drawSchedule,
  MANY_CUTS,
  PLACES,
  type RandomPlan,
} from './draw-plan.js';
import { type Draws, mutatedDraws } from './draws.js';

/** How the input of random runs came about, as plain data. */
export interface Recipe {
  readonly draws: Draws;
  /** How many draws the workload took. */
  readonly length: number;
  readonly plan: RandomPlan;
}

/** An input to make others from, and what to vary most of it. */
export interface Parent {
  readonly recipe: Recipe;
  readonly focus: 'workload' | 'crashes';
}

/** What the mutation of one input may depend on, apart from its draws. */
export interface MutationContext {
  readonly suite: Suite;
  readonly strategy: StrategyChoice;
  /** Runs that share a first life. */
  readonly branches: number;
}

const UINT32 = 0x1_0000_0000;

/** A place in a life near to another one: mostly within some percent of its length. */
const nearby = (source: Stream, place: number): number => {
  const distance = source.below(2 ** (6 + source.below(9)));
  const moved = source.below(2) === 0 ? place - distance : place + distance;
  return Math.min(PLACES - 1, Math.max(0, moved));
};

const tweaked = (source: Stream, cut: Cut): Cut => {
  switch (source.below(4)) {
    case 0:
      return { ...cut, lost: [0, UINT32 - 1, source.uint32()][source.below(3)] ?? 0 };
    case 1:
      return { ...cut, fill: source.below(6) };
    default:
      return { ...cut, place: nearby(source, cut.place) };
  }
};

/** Other power cuts, beginning as `cuts` do: one is changed, some are added, or the later ones are drawn again. */
const mutatedCuts = (source: Stream, cuts: readonly Cut[]): readonly Cut[] => {
  const index = source.below(cuts.length);
  const cut = cuts[index];
  const drawn = drawCuts(source, source, source);
  switch (source.below(4)) {
    case 0:
      return [...cuts, ...drawn.slice(0, 2)].slice(0, MANY_CUTS);
    case 1:
      return [...cuts.slice(0, index), ...drawn].slice(0, MANY_CUTS);
    default:
      return cut === undefined ? drawn : cuts.with(index, tweaked(source, cut));
  }
};

type Change = 'workload' | 'crashes' | 'schedule' | 'conditions' | 'other workload';

/** The weight of each change among all draws. The first two follow the parent's focus. */
const changeOf = (source: Stream, focus: Parent['focus'], isConcurrent: boolean): Change => {
  const drawn = source.below(isConcurrent ? 16 : 12);
  if (drawn < 7) return focus;
  if (drawn < 10) return focus === 'crashes' ? 'workload' : 'crashes';
  if (drawn === 10) return 'other workload';
  return drawn === 11 ? 'conditions' : 'schedule';
};

const changed = (
  source: Stream,
  change: Change,
  parent: Recipe,
  other: Recipe,
  { suite, strategy }: MutationContext,
): Recipe => {
  const { plan } = parent;
  switch (change) {
    case 'workload':
      return { ...parent, draws: mutatedDraws(source, parent.draws, parent.length) };
    case 'other workload':
      return { ...other, plan };
    case 'schedule':
      return { ...parent, plan: { ...plan, schedules: [drawSchedule(source, strategy)] } };
    case 'conditions': {
      const [cuts = []] = plan.branches;
      const { conditions: _, ...rest } = plan;
      const conditions = drawConditions(source.uint32(), suite, cuts.length + 1);
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

/** Another input, mostly as the parent is; some of it may be of `other`. A pure function of its arguments and the stream's seed. */
export const mutated = (
  source: Stream,
  { recipe: parent, focus }: Parent,
  other: Recipe,
  context: MutationContext,
): Recipe => {
  const change = changeOf(source, focus, (context.suite.clients ?? 1) > 1);
  const recipe = changed(source, change, parent, other, context);
  const [cuts = []] = parent.plan.branches;
  const isFaulty = recipe.plan.faultSeed !== undefined && source.below(3) === 0;
  // The first run of a changed life is cut as it was: what led somewhere new may lead further.
  const branches =
    change === 'crashes' || cuts.length === 0
      ? Array.from({ length: context.branches }, () => mutatedCuts(source, cuts))
      : [cuts, mutatedCuts(source, cuts)].slice(0, 1 + source.below(2));
  return {
    ...recipe,
    plan: {
      ...recipe.plan,
      branches,
      ...(isFaulty ? { faultSeed: source.uint32() } : {}),
      ...(source.below(6) === 0 ? { commandsAfterCrash: source.below(5) } : {}),
    },
  };
};
