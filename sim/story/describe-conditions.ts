/** What is out of the ordinary in a run, in sentences, for its story: the conditions of a life, and what upsets its timing. */

import type { Tape } from '../run/tape.js';
import type { Disturbance } from '../scheduler/disturbances.js';

const UNITS = [
  [24 * 60 * 60 * 1000, 'd'],
  [60 * 60 * 1000, 'h'],
  [1000, 's'],
] as const;

/** In the largest unit that gives a whole number. */
const duration = (ms: number): string => {
  const [size, unit] = UNITS.find(([unitMs]) => ms >= unitMs && ms % unitMs === 0) ?? [1, 'ms'];
  return `${ms / size} ${unit}`;
};

/** Told where it strikes. */
export const describeDisturbance = ({ kind, ms }: Disturbance): string => {
  switch (kind) {
    case 'stall':
      return `The call that has waited longest stalls for ${duration(ms)}.`;
    case 'pause':
      return `The whole program pauses for ${duration(ms)}.`;
    case 'jump':
      return `The time of day is set ${duration(Math.abs(ms))} ${ms < 0 ? 'back' : 'forwards'}.`;
    default:
      return kind satisfies never;
  }
};

const describeOrder = ({ schedules = [] }: Tape, life: number): readonly string[] => {
  const schedule = schedules[life] ?? schedules.at(-1);
  switch (schedule?.kind) {
    case undefined:
    case 'eager':
      return [];
    case 'picks': {
      const others = schedule.picks.filter((pick) => pick > 0).length;
      return others === 0
        ? []
        : [`${others === 1 ? 'Once' : `${others} times`}, a later call overtakes a concurrent one.`];
    }
    case 'pct':
      return ['Concurrent calls run in a random order.'];
  }
};

/** What is out of the ordinary in the whole life of a number, from 0. */
export const describeConditions = (tape: Tape, life: number): readonly string[] => {
  const { isHasty, slowestCallMs = 0, skewsMs = [], shutdowns = [] } = tape.conditions ?? {};
  const skewMs = skewsMs[life] ?? 0;
  return [
    ...(skewMs === 0
      ? []
      : [`Its time of day is ${duration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}.`]),
    ...(isHasty === true ? ['The client does not wait until the program is idle.'] : []),
    ...(slowestCallMs === 0 ? [] : [`Timers of up to ${duration(slowestCallMs)} may fire ahead of a call.`]),
    ...describeOrder(tape, life),
    ...(shutdowns.includes(life) ? ['When idle, the program is shut down cleanly.'] : []),
  ];
};
