/** Plans out of tokens: whatever a stranger put there is either a whole plan or refused. */

import type { Conditions } from '../life/conditions.js';
import type { Plan } from '../run/tape.js';
import type { Disturbance } from '../scheduler/disturbances.js';
import type { Schedule } from '../scheduler/strategy.js';
import { GAP_MS_MAX, type Overrides } from '../suite/limits.js';

/** Says what is wrong with a plan. */
type Refuse = (why: string) => Error;

type Fields = Readonly<Record<string, unknown>>;

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

const isMilliseconds = (value: unknown): value is number => Number.isSafeInteger(value);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasOnly = (fields: Fields, names: readonly string[]): boolean =>
  Object.keys(fields).every((name) => names.includes(name));

const isSchedule = (value: unknown): value is Schedule => {
  if (!isFields(value)) return false;
  switch (value.kind) {
    case 'eager':
      return hasOnly(value, ['kind']);
    case 'picks':
      return hasOnly(value, ['kind', 'picks']) && isCounts(value.picks);
    case 'pct':
      return (
        hasOnly(value, ['kind', 'priorities', 'changes']) &&
        isCounts(value.priorities) &&
        isCounts(value.changes)
      );
    default:
      return false;
  }
};

const KINDS: readonly unknown[] = ['stall', 'pause', 'jump'] satisfies Disturbance['kind'][];

const isDisturbance = (value: unknown): boolean =>
  isFields(value) &&
  hasOnly(value, ['life', 'at', 'kind', 'ms']) &&
  isCount(value.life) &&
  isCount(value.at) &&
  KINDS.includes(value.kind) &&
  // Only the time of day goes back.
  (value.kind === 'jump' ? isMilliseconds(value.ms) : isCount(value.ms));

const CLIENTS_MAX = 64;

const CHECKS: Readonly<Record<keyof Conditions, (value: unknown) => boolean>> = {
  clients: (value) => isCount(value) && value >= 1 && value <= CLIENTS_MAX,
  isHasty: (value) => typeof value === 'boolean',
  slowestCallMs: isCount,
  disturbances: (value) => Array.isArray(value) && value.every(isDisturbance),
  skewsMs: (value) => Array.isArray(value) && value.every(isMilliseconds),
  shutdowns: isCounts,
  faultsOn: isCounts,
  faultStrikes: (value) => isCount(value) && value >= 1,
};

const isConditions = (value: unknown): value is Conditions =>
  isFields(value) &&
  Object.entries(value).every(
    ([name, part]) => Object.hasOwn(CHECKS, name) && CHECKS[name as keyof Conditions](part), // one of its names: just checked
  );

/** A plan as a token carries it: without what the token says elsewhere. */
export type CarriedPlan = Omit<Plan, 'commandsAfterCrash'>;

/** @throws what `refuse` makes of the reason why it is no plan */
export const planOf = (value: unknown, refuse: Refuse): CarriedPlan => {
  if (!isFields(value) || !hasOnly(value, ['schedules', 'conditions', 'faultSeed']))
    throw refuse('its plan is not one');
  const { schedules, conditions, faultSeed } = value;
  if (schedules !== undefined && !(Array.isArray(schedules) && schedules.every(isSchedule)))
    throw refuse('its schedule is not one');
  if (conditions !== undefined && !isConditions(conditions)) throw refuse('its conditions are not such');
  if (faultSeed !== undefined && !isCount(faultSeed)) throw refuse('its seed of faults is not one');
  return {
    ...(schedules === undefined ? {} : { schedules }),
    ...(conditions === undefined ? {} : { conditions }),
    ...(faultSeed === undefined ? {} : { faultSeed }),
  };
};

const isLimit = (value: unknown): value is number => isCount(value) && value >= 1;

/** Settings by name. Each must satisfy its check. */
const isOnly = (value: unknown, checks: Readonly<Record<string, (part: unknown) => boolean>>): boolean =>
  isFields(value) &&
  Object.entries(value).every(([name, part]) => Object.hasOwn(checks, name) && checks[name]?.(part) === true);

const OVERRIDES: Readonly<Record<keyof Overrides, (value: unknown) => boolean>> = {
  limits: (value) => isOnly(value, { callsPerLife: isLimit, patienceMs: isLimit }),
  clock: (value) => isOnly(value, { gapMs: (part) => isCount(part) && part <= GAP_MS_MAX }),
};

/** @throws what `refuse` makes of the reason why they are no overrides; undefined where there are none */
export const overridesOf = (value: unknown, refuse: Refuse): Overrides | undefined => {
  if (value === undefined) return undefined;
  if (!isOnly(value, OVERRIDES)) throw refuse('its settings are none');
  return value as Overrides; // each part was just checked, and there is no other
};
