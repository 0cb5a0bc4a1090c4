/** Checks inputs of random runs that come from another machine: of what shape they are, and that no number is out of its range. */
import type { Recipe } from '../../sim/explore/random/mutate-input.js';
import type { Conditions } from '../../sim/life/conditions.js';
import type { Plan } from '../../sim/run/tape.js';
import {
  anyOf,
  isFlag,
  isNatural,
  isNumber,
  isOneOf,
  isWhole,
  listOf,
  orNothing,
  record,
  recordOf,
} from '../messages/checks.js';

/** No run draws more than that many numbers, or plans that many things. */
const ITEMS_MAX = 1_000_000;
const isNaturals = listOf(isNatural, ITEMS_MAX);

const isSchedule = anyOf(
  record({ kind: isOneOf('eager') }),
  record({ kind: isOneOf('picks'), picks: isNaturals }),
  record({ kind: isOneOf('pct'), priorities: isNaturals, changes: isNaturals }),
);

const isDisturbance = record({
  at: isNatural,
  kind: isOneOf('stall', 'pause', 'jump'),
  ms: isNumber,
  life: isNatural,
});

const isConditions = recordOf<Conditions>({
  clients: orNothing(isWhole(1)),
  isHasty: orNothing(isFlag),
  slowestCallMs: orNothing(isNatural),
  disturbances: orNothing(listOf(isDisturbance, ITEMS_MAX)),
  skewsMs: orNothing(listOf(isNumber, ITEMS_MAX)),
  shutdowns: orNothing(isNaturals),
  faultsOn: orNothing(isNaturals),
  faultStrikes: orNothing(isNatural),
});

/** Settings of a run, apart from its commands and crashes. */
export const isPlan = recordOf<Plan>({
  schedules: orNothing(listOf(isSchedule, ITEMS_MAX)),
  conditions: orNothing(isConditions),
  faultSeed: orNothing(isNumber),
  commandsAfterCrash: isNatural,
});

const isCut = record({
  place: isNatural,
  lost: isNatural,
  fill: isNatural,
  isKill: orNothing(isOneOf(true)),
});

export const isRecipe = recordOf<Recipe>({
  draws: record({
    spans: listOf(record({ from: isNatural, seed: isNumber, at: isNatural }), ITEMS_MAX),
    bias: orNothing(isNumber),
  }),
  length: isNatural,
  plan: (value) => isPlan(value) && record({ branches: listOf(listOf(isCut, ITEMS_MAX), ITEMS_MAX) })(value),
});
