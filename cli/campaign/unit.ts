/** A unit: a part of the exploration of one suite of a campaign, as data that any machine of the campaign can take. */
import type { Assignment } from '../../sim/explore/campaign/agenda.js';
import { partsOf } from '../../sim/explore/campaign/parts.js';
import { isFields, isOneOf, isWhole, listOf, orNothing, record } from '../messages/checks.js';
import { isRecipe } from './check-recipe.js';
import type { CampaignRecord } from './record.js';
import { contentName } from './seal.js';

export interface CampaignUnit {
  /** The suite, by its place in the record. */
  readonly suite: number;
  readonly assignment: Assignment;
}

const PARENTS_MAX = 100_000;

const isShape = record({
  suite: isWhole(0),
  assignment: record({
    part: isFields,
    parents: orNothing(
      listOf(record({ recipe: isRecipe, focus: isOneOf('workload', 'crashes') }), PARENTS_MAX),
    ),
  }),
});

/** Equal for equal units of one campaign, on all machines. */
export const nameOfUnit = (unit: CampaignUnit): string => `u${contentName(JSON.stringify(unit))}`;

/** True for a unit of this campaign: of one of its suites, and a part that the suite's options have. */
export const isUnitOf = (value: unknown, { suites }: CampaignRecord): value is CampaignUnit => {
  if (!isShape(value)) return false;
  const unit = value as CampaignUnit; // as it was checked
  const suite = suites[unit.suite];
  if (suite === undefined) return false;
  const part = JSON.stringify(unit.assignment.part);
  return partsOf(suite.options).some((one) => JSON.stringify(one) === part);
};
