/** New power cuts, schedules and conditions from ones that led somewhere new. Most of what led there is kept. */
import type { Conditions } from '../../life/conditions.js';
import type { Schedule } from '../../scheduler/strategy.js';
import type { Stream } from '../../util/seeded-streams.js';
import type { StrategyChoice } from '../options.js';
import {
  type Cut,
  drawCuts,
  drawLost,
  drawPicks,
  drawSchedule,
  FILLS,
  inOrder,
  MANY_CUTS,
  PICKED_MAX,
  PICKS_MAX,
  PLACES,
  PRIORITIES,
  PRIORITY_MAX,
  reach,
  times,
} from './draw-plan.js';

/** A place in a life near to another one: mostly within some percent of its length. */
const nearby = (source: Stream, place: number): number => {
  const distance = source.below(2 ** (6 + source.below(9)));
  const moved = source.below(2) === 0 ? place - distance : place + distance;
  return Math.min(PLACES - 1, Math.max(0, moved));
};

const tweaked = (source: Stream, cut: Cut): Cut => {
  switch (source.below(4)) {
    case 0:
      return { ...cut, lost: drawLost(source) };
    case 1:
      return { ...cut, fill: source.below(FILLS) };
    default:
      return { ...cut, place: nearby(source, cut.place) };
  }
};

/**
 * Other power cuts, beginning as `cuts` do: the ones after the place are drawn again, the one before it is moved, or any other.
 * @param crashes how many of the cuts led to the place
 */
export const mutatedCuts = (source: Stream, cuts: readonly Cut[], crashes: number): readonly Cut[] => {
  const drawn = drawCuts(source, source, source);
  const way = source.below(8);
  if (way < 3 && crashes > 0) return [...cuts.slice(0, crashes), ...drawn].slice(0, MANY_CUTS);
  const index = way < 5 && crashes > 0 ? crashes - 1 : source.below(cuts.length);
  const cut = cuts[index];
  if (way === 7 || cut === undefined) return [...cuts.slice(0, index), ...drawn].slice(0, MANY_CUTS);
  if (way === 6) return [...cuts, ...drawn.slice(0, 2)].slice(0, MANY_CUTS);
  return cuts.with(index, tweaked(source, cut));
};

type Of<Kind> = Extract<Schedule, { readonly kind: Kind }>;

/** Other picks from a place on, or another one there. */
const mutatedPicks = (source: Stream, { picks }: Of<'picks'>): Schedule => {
  const at = source.below(reach(source));
  const before = picks.slice(0, at);
  if (source.below(3) === 0)
    return { kind: 'picks', picks: [...before, ...drawPicks(source).picks].slice(0, PICKS_MAX) };
  const eager = times(at - before.length, () => 0);
  return {
    kind: 'picks',
    picks: [...before, ...eager, source.below(1 + PICKED_MAX), ...picks.slice(at + 1)],
  };
};

/** Another priority, or another place for one of the changes. */
const mutatedPriorities = (source: Stream, schedule: Of<'pct'>): Schedule => {
  const { priorities, changes } = schedule;
  if (source.below(3) === 0 || changes.length === 0)
    return { ...schedule, priorities: priorities.with(source.below(PRIORITIES), source.below(PRIORITY_MAX)) };
  const moved = changes.with(source.below(changes.length), source.below(reach(source)));
  return { ...schedule, changes: moved.sort((a, b) => a - b) };
};

/** A schedule that differs in one place or from one on; now and then a new one. */
export const mutatedSchedule = (source: Stream, schedule: Schedule, strategy: StrategyChoice): Schedule => {
  if (schedule.kind === 'eager' || source.below(4) === 0) return drawSchedule(source, strategy);
  return schedule.kind === 'pct' ? mutatedPriorities(source, schedule) : mutatedPicks(source, schedule);
};

const DISTURBANCES_MAX = 8;
/** Calls by which a disturbance comes sooner or later. */
const MOVED = 8;

/** The conditions with more disturbances, or with some of them at another time; where there are none, drawn ones. */
export const mutatedConditions = (source: Stream, before: Conditions, drawn: Conditions): Conditions => {
  const way = source.below(4);
  if (way === 0 || before.disturbances === undefined) return drawn;
  const moved = before.disturbances.map((one) =>
    way > 1 && source.below(2) === 0
      ? { ...one, at: Math.max(0, one.at + source.below(2 * MOVED + 1) - MOVED) }
      : one,
  );
  const more = way < 3 ? (drawn.disturbances ?? []) : [];
  const disturbances = [...moved, ...more].slice(0, DISTURBANCES_MAX);
  return { ...before, disturbances: disturbances.sort(inOrder) };
};
