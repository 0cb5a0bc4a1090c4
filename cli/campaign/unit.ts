/**
 * A unit: a part of the exploration of one suite of a campaign, or the conclusion from all of its parts, as data that any machine
 * of the campaign can take.
 */
import { serialize } from 'node:v8';
import type { Assignment } from '../../sim/explore/campaign/agenda.js';
import { partsOf } from '../../sim/explore/campaign/parts.js';
import type { Tally } from '../../sim/explore/counting/tally.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import { type Check, isFields, isNatural, isOneOf, listOf, orNothing, record } from '../messages/checks.js';
import { isRecipe } from './check-recipe.js';
import { isTally } from './check-result.js';
import { isSlice } from './check-slice.js';
import type { CampaignRecord } from './record.js';
import { contentName } from './seal.js';

interface OfSuite {
  /** The suite, by its place in the record. */
  readonly suite: number;
}

export interface PartUnit extends OfSuite {
  readonly assignment: Assignment;
  /** A slice of the part's workload. Absent: the whole part. */
  readonly slice?: Slice;
  /** The whole part, where it is too large for one machine: its slices are units of their own. */
  readonly inSlices?: true;
}

/** Shrinks what the parts found, and makes the suite's result of them. */
export interface ConcludingUnit extends OfSuite {
  readonly tallies: readonly Tally[];
}

export type CampaignUnit = PartUnit | ConcludingUnit;

const PARENTS_MAX = 100_000;

const isPartUnit = record({
  suite: isNatural,
  assignment: record({
    part: isFields,
    parents: orNothing(listOf(record({ recipe: isRecipe, place: isNatural }), PARENTS_MAX)),
  }),
  slice: orNothing(isSlice),
  inSlices: isOneOf(undefined),
});
const isConcludingUnit: Check = record({ suite: isNatural, tallies: listOf(isTally) });

/** Equal for equal units of one campaign, on all machines. */
export const nameOfUnit = (unit: CampaignUnit): string => {
  if ('tallies' in unit) return `c${contentName(serialize([unit.suite, unit.tallies]))}`;
  const { suite, assignment, slice, inSlices } = unit;
  // A slice follows from its part. Its states are not looked at.
  const place = slice === undefined ? [] : [slice.generation, slice.index, slice.states.length];
  return `u${contentName(JSON.stringify([suite, assignment, inSlices === true, ...place]))}`;
};

/** True for a unit of this campaign: of one of its suites, and a part that the suite's options have. */
export const isUnitOf = (value: unknown, { suites }: CampaignRecord): value is CampaignUnit => {
  if (isFields(value) && 'tallies' in value)
    return isConcludingUnit(value) && suites[Number(value.suite)] !== undefined;
  if (!isPartUnit(value)) return false;
  const unit = value as PartUnit; // as it was checked
  const suite = suites[unit.suite];
  if (suite === undefined) return false;
  const part = JSON.stringify(unit.assignment.part);
  return partsOf(suite.options).some((one) => JSON.stringify(one) === part);
};
