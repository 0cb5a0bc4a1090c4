/** A unit: a part of the exploration of one suite of a campaign, as data that any machine of the campaign can take. */
import type { Assignment } from '../../sim/explore/campaign/agenda.js';
import { partsOf } from '../../sim/explore/campaign/parts.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import { isFields, isNatural, isOneOf, listOf, orNothing, record } from '../messages/checks.js';
import { isRecipe } from './check-recipe.js';
import { isSlice } from './check-slice.js';
import type { CampaignRecord } from './record.js';
import { contentName } from './seal.js';

export interface CampaignUnit {
  /** The suite, by its place in the record. */
  readonly suite: number;
  readonly assignment: Assignment;
  /** A slice of the part's workload. Absent: the whole part. */
  readonly slice?: Slice;
  /** The whole part, where it is too large for one machine: its slices are units of their own. */
  readonly inSlices?: true;
}

const PARENTS_MAX = 100_000;

const isShape = record({
  suite: isNatural,
  assignment: record({
    part: isFields,
    parents: orNothing(
      listOf(record({ recipe: isRecipe, focus: isOneOf('workload', 'crashes') }), PARENTS_MAX),
    ),
  }),
  slice: orNothing(isSlice),
  inSlices: isOneOf(undefined),
});

/** Equal for equal units of one campaign, on all machines. */
export const nameOfUnit = ({ suite, assignment, slice, inSlices }: CampaignUnit): string => {
  // A slice follows from its part. Its states are not looked at.
  const place = slice === undefined ? [] : [slice.generation, slice.index, slice.states.length];
  return `u${contentName(JSON.stringify([suite, assignment, inSlices === true, ...place]))}`;
};

/** True for a unit of this campaign: of one of its suites, and a part that the suite's options have. */
export const isUnitOf = (value: unknown, { suites }: CampaignRecord): value is CampaignUnit => {
  if (!isShape(value)) return false;
  const unit = value as CampaignUnit; // as it was checked
  const suite = suites[unit.suite];
  if (suite === undefined) return false;
  const part = JSON.stringify(unit.assignment.part);
  return partsOf(suite.options).some((one) => JSON.stringify(one) === part);
};
