/** Simpler plans: what a random run's plan shrinks to, step by step, the boldest step first. */

import type { Conditions } from '../../life/conditions.js';
import type { Tape } from '../../run/tape.js';
import type { Schedule } from '../../scheduler/strategy.js';
import type { Cut, RandomPlan } from './draw-plan.js';

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, other) => other !== index);

/** Whole numbers from 0 towards `value`, ever closer. */
function* towards(value: number): Generator<number> {
  for (let distance = value; distance >= 1; distance = Math.floor(distance / 2)) yield value - distance;
}

/** Lists with a part of them left out: first large parts, then small ones. */
function* shorter<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < list.length; from += size)
      yield [...list.slice(0, from), ...list.slice(from + size)];
  }
}

/** Lists with a part of them set to 0, where it is not: first large parts, then small ones; nothing trails. */
function* zeroed(list: readonly number[]): Generator<readonly number[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < list.length; from += size) {
      const to = from + size;
      if (list.slice(from, to).every((value) => value === 0)) continue;
      const next = list.map((value, index) => (index >= from && index < to ? 0 : value));
      yield next.slice(0, next.findLastIndex((value) => value !== 0) + 1);
    }
  }
}

export function* simplerSchedules(schedule: Schedule): Generator<Schedule> {
  switch (schedule.kind) {
    case 'eager':
      return;
    case 'picks':
      yield { kind: 'eager' };
      for (const picks of zeroed(schedule.picks)) yield { kind: 'picks', picks };
      for (const [index, pick] of schedule.picks.entries())
        if (pick > 1) yield { kind: 'picks', picks: schedule.picks.with(index, 1) };
      return;
    case 'pct': {
      const { priorities, changes } = schedule;
      yield { kind: 'eager' };
      if (priorities.length > 0) yield { kind: 'pct', priorities: [], changes };
      for (const fewer of shorter(changes)) yield { kind: 'pct', priorities, changes: fewer };
      for (const lower of zeroed(priorities)) yield { kind: 'pct', priorities: lower, changes };
      for (const [index, change] of changes.entries())
        for (const earlier of towards(change))
          yield { kind: 'pct', priorities, changes: changes.with(index, earlier) };
      return;
    }
    default:
      schedule satisfies never;
  }
}

function* simplerCuts(cut: Cut): Generator<Cut> {
  const { isKill, ...powerCut } = cut;
  if (isKill === true) yield powerCut;
  if (cut.lost !== 0) yield { ...cut, lost: 0 };
  if (cut.fill !== 0) yield { ...cut, fill: 0 };
  for (const place of towards(cut.place)) yield { ...cut, place };
  for (let bit = 0; bit < 32; bit++) {
    const mask = 2 ** bit;
    if (Math.floor(cut.lost / mask) % 2 === 1) yield { ...cut, lost: cut.lost - mask };
  }
}

function* simplerConditions(conditions: Conditions): Generator<Conditions> {
  for (const name of Object.keys(conditions) as (keyof Conditions)[]) {
    const { [name]: _, ...rest } = conditions;
    yield rest;
  }
  const { disturbances = [], skewsMs = [], shutdowns = [], slowestCallMs = 0, faultStrikes = 1 } = conditions;
  for (let index = 0; index < disturbances.length && disturbances.length > 1; index++)
    yield { ...conditions, disturbances: without(disturbances, index) };
  for (const [index, disturbance] of disturbances.entries()) {
    for (const at of towards(disturbance.at))
      yield { ...conditions, disturbances: disturbances.with(index, { ...disturbance, at }) };
  }
  for (const skews of zeroed(skewsMs)) if (skews.length > 0) yield { ...conditions, skewsMs: skews };
  for (let index = 0; index < shutdowns.length && shutdowns.length > 1; index++)
    yield { ...conditions, shutdowns: without(shutdowns, index) };
  for (const ms of towards(slowestCallMs)) if (ms > 0) yield { ...conditions, slowestCallMs: ms };
  for (let strikes = 2; strikes < faultStrikes; strikes++) yield { ...conditions, faultStrikes: strikes };
}

/** The conditions without those of one life: later ones move up. */
const withoutLife = ({ disturbances, skewsMs, shutdowns, ...rest }: Conditions, left: number): Conditions => {
  const moved = (life: number): number => (life > left ? life - 1 : life);
  return {
    ...rest,
    ...(skewsMs === undefined ? {} : { skewsMs: without(skewsMs, left) }),
    ...(shutdowns === undefined ? {} : { shutdowns: shutdowns.filter((life) => life !== left).map(moved) }),
    ...(disturbances === undefined
      ? {}
      : {
          disturbances: disturbances
            .filter(({ life }) => life !== left)
            .map((disturbance) => ({ ...disturbance, life: moved(disturbance.life) })),
        }),
  };
};

/**
 * A run with one power cut less, as its two lives may be one: lived as the first was, or as the second. The conditions and
 * the schedule of a life stay with it, which a shorter list of cuts alone would give to another life.
 */
export function* fewerCuts(tape: Tape): Generator<Tape> {
  const { crashes, conditions, schedules, ...rest } = tape;
  for (const index of crashes.keys()) {
    for (const left of [index + 1, index]) {
      yield {
        ...rest,
        crashes: without(crashes, index),
        ...(conditions === undefined ? {} : { conditions: withoutLife(conditions, left) }),
        ...(schedules === undefined
          ? {}
          : { schedules: schedules.length > 1 ? without(schedules, left) : schedules }),
      };
    }
  }
}

/** A plan with its empty parts left out. */
const tidy = ({
  schedules = [],
  conditions = {},
  faultSeed,
  branches,
  commandsAfterCrash,
}: RandomPlan): RandomPlan => ({
  branches,
  commandsAfterCrash,
  ...(schedules.every(({ kind }) => kind === 'eager') ? {} : { schedules }),
  ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
  ...(faultSeed === undefined ? {} : { faultSeed }),
});

function* untidy(plan: RandomPlan): Generator<RandomPlan> {
  const { schedules, conditions, branches } = plan;
  // First of all one run alone: whatever else is tried costs but a part then.
  if (branches.length > 1) for (const cuts of branches) yield { ...plan, branches: [cuts] };
  if (schedules !== undefined) yield { ...plan, schedules: [] };
  if (schedules !== undefined && schedules.length > 1) yield { ...plan, schedules: schedules.slice(0, -1) };
  if (conditions !== undefined) yield { ...plan, conditions: {} };
  for (const [index, cuts] of branches.entries())
    for (const fewer of shorter(cuts)) yield { ...plan, branches: branches.with(index, fewer) };
  for (const simpler of simplerConditions(conditions ?? {})) yield { ...plan, conditions: simpler };
  for (const [index, schedule] of (schedules ?? []).entries())
    for (const simpler of simplerSchedules(schedule))
      yield { ...plan, schedules: (schedules ?? []).with(index, simpler) };
  for (const [index, cuts] of branches.entries())
    for (const [number, cut] of cuts.entries())
      for (const simpler of simplerCuts(cut))
        yield { ...plan, branches: branches.with(index, cuts.with(number, simpler)) };
  for (const commandsAfterCrash of towards(plan.commandsAfterCrash)) yield { ...plan, commandsAfterCrash };
}

/** Every plan that is one step simpler. */
export function* simplerPlans(plan: RandomPlan): Generator<RandomPlan> {
  for (const simpler of untidy(plan)) yield tidy(simpler);
}
