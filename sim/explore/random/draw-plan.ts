/**
 * Draws the plan of random runs from its seed, every concern from a stream of its own: first its configuration (which
 * things go wrong in them, and how often), then each thing that does. All of it is drawn before they begin.
 */

import type { Conditions } from '../../life/conditions.js';
import type { Plan } from '../../run/tape.js';
import type { Disturbance } from '../../scheduler/disturbances.js';
import type { Schedule } from '../../scheduler/strategy.js';
import { clockOf } from '../../suite/limits.js';
import type { Suite } from '../../suite/suite.js';
import { type Stream, type StreamLabel, stream } from '../../util/seeded-streams.js';
import type { StrategyChoice } from '../options.js';

export interface Cut {
  /** Where in the life's journal, in 65,536ths. */
  readonly place: number;
  /** One bit for each volatile micro-operation (the 33rd shares the first one's): set, it is lost. */
  readonly lost: number;
  /** Which of the model's fills shows where data was lost, by its place among them. */
  readonly fill: number;
  /** The process is killed instead, and the machine stays up. */
  readonly isKill?: true;
}

/**
 * A plan, and the ways in which the power is cut. Each branch is a run: the first life, which all of them have in common,
 * then its cuts and a life after each.
 */
export interface RandomPlan extends Plan {
  readonly branches: readonly (readonly Cut[])[];
}

export const PLACES = 65_536;
/** The most runs that share a first life. */
export const RUNS_PER_HISTORY_MAX = 4;
const UINT32 = 0x1_0000_0000;
export const FILLS = 6;
const FEW_CUTS = 3;
/** The most power cuts of a run. */
export const MANY_CUTS = 12;
export const PRIORITIES = 32;
export const PRIORITY_MAX = 64;
/** Change points, picks and disturbances lie within the first 2^n of a run's choices or moves, n drawn: no run tells its length beforehand. */
const REACH_BITS = 11;
export const PICKED_MAX = 4;
export const PICKS_MAX = 2 ** REACH_BITS;
const DEFAULT_DEPTH_MAX = 4;
const SLOW_MS = [1, 20, 500, 5000];
const STALL_MS = [10, 1000, 30_000];
const HOUR_MS = 3_600_000;
const SKEWS_MS = [-24 * HOUR_MS, -HOUR_MS, -1000, 1000, HOUR_MS, 365 * 24 * HOUR_MS];

export const times = <T>(count: number, make: (index: number) => T): T[] => {
  const made: T[] = [];
  for (let index = 0; index < count; index++) made.push(make(index));
  return made;
};

/** True in one of `of` cases. */
const rarely = (source: Stream, of: number): boolean => source.below(of) === 0;

const oneOf = (source: Stream, values: readonly number[]): number => values[source.below(values.length)] ?? 0;

/** A number of choices, moves or calls, at all scales. */
export const reach = (source: Stream): number => 2 ** (1 + source.below(REACH_BITS));

export const drawPicks = (source: Stream): Extract<Schedule, { readonly kind: 'picks' }> => {
  const length = reach(source);
  // One draw says both whether to pick and what: one in `every` is a pick, evenly from 1 to the most.
  const every = 2 ** source.below(5);
  const picks = times(length, () => {
    const drawn = 1 + source.below(every * PICKED_MAX);
    return drawn <= PICKED_MAX ? drawn : 0;
  });
  return { kind: 'picks', picks };
};

const drawPct = (source: Stream, depth: number): Schedule => {
  const within = reach(source);
  return {
    kind: 'pct',
    priorities: times(PRIORITIES, () => source.below(PRIORITY_MAX)),
    changes: times(depth - 1, () => source.below(within)).sort((a, b) => a - b),
  };
};

/** The schedule of all lives of a run, by a strategy. */
export const drawSchedule = (source: Stream, { kind, bound }: StrategyChoice): Schedule => {
  const byChance = source.below(5);
  const depth = bound ?? 1 + source.below(DEFAULT_DEPTH_MAX);
  if (kind === 'pct' || (kind === 'mixed' && byChance < 2)) return drawPct(source, depth);
  // Now and then no call waits: the order of an idle machine is a schedule, too.
  return kind === 'mixed' && byChance === 4 ? { kind: 'eager' } : drawPicks(source);
};

/** One crash in `KILLS` is a process kill, if another crash follows it. */
const KILLS = 4;

/** What a cut takes: nothing, all, or some. */
export const drawLost = (disk: Stream): number => oneOf(disk, [0, UINT32 - 1, disk.uint32()]);

/** The power cuts of a run, each followed by a life. */
export const drawCuts = (crash: Stream, disk: Stream, kill: Stream): Cut[] => {
  const count = 1 + crash.below(rarely(crash, 8) ? MANY_CUTS : FEW_CUTS);
  return times(count, (index) => ({
    // The end of a life is a place like no other: all that was to be done is done.
    place: rarely(crash, 8) ? PLACES - 1 : crash.below(PLACES),
    lost: drawLost(disk),
    fill: disk.below(FILLS),
    ...(index + 1 < count && rarely(kill, KILLS) ? { isKill: true as const } : {}),
  }));
};

type OfLife = Disturbance & { readonly life: number };

export const inOrder = (a: OfLife, b: OfLife): number => a.life - b.life || a.at - b.at;

const drawDisturbances = (clock: Stream, lives: number, jumps: boolean): Conditions['disturbances'] => {
  const kinds: Disturbance['kind'][] = ['stall', 'pause', 'jump'];
  const within = reach(clock);
  const some = times(1 + clock.below(3), () => {
    const drawn = kinds[clock.below(kinds.length)] ?? 'stall';
    // Drawn even if clocks are never set, so that the other draws stay the same.
    const kind = drawn === 'jump' && !jumps ? 'pause' : drawn;
    const ms = kind === 'jump' ? oneOf(clock, SKEWS_MS) : oneOf(clock, STALL_MS);
    return { life: clock.below(lives), at: clock.below(within), kind, ms };
  });
  return some.sort(inOrder);
};

/** The other conditions of this number of lives. */
export const drawConditions = (seed: number, suite: Suite, lives: number): Conditions => {
  const [swarm, clock, fault] = streams(seed, 'swarm', 'clock', 'fault');
  const numbers = times(lives, (index) => index);
  const { clients = 1, faults = [] } = suite;
  const { jumps } = clockOf(suite);
  const drawn = {
    clients: rarely(swarm, 4) ? 1 + swarm.below(clients) : clients,
    isHasty: rarely(swarm, 3),
    slowestCallMs: rarely(swarm, 3) ? oneOf(clock, SLOW_MS) : 0,
    disturbances: rarely(swarm, 3) ? (drawDisturbances(clock, lives, jumps) ?? []) : [],
    skewsMs: rarely(swarm, 4) ? numbers.map(() => (rarely(clock, 2) ? oneOf(clock, SKEWS_MS) : 0)) : [],
    shutdowns: rarely(swarm, 3) ? numbers.filter(() => rarely(swarm, 2)) : [],
    faultsOn: rarely(swarm, 2) ? faults.flatMap((_, index) => (rarely(fault, 2) ? [index] : [])) : [],
    faultStrikes: rarely(swarm, 3) ? 1 + fault.below(4) : 1,
  };
  return {
    ...(drawn.clients === clients ? {} : { clients: drawn.clients }),
    ...(drawn.isHasty ? { isHasty: true } : {}),
    ...(drawn.slowestCallMs === 0 ? {} : { slowestCallMs: drawn.slowestCallMs }),
    ...(drawn.disturbances.length === 0 ? {} : { disturbances: drawn.disturbances }),
    ...(!jumps || drawn.skewsMs.every((ms) => ms === 0) ? {} : { skewsMs: drawn.skewsMs }),
    ...(drawn.shutdowns.length === 0 || suite.shutdown === undefined ? {} : { shutdowns: drawn.shutdowns }),
    ...(drawn.faultsOn.length === 0 ? {} : { faultsOn: drawn.faultsOn }),
    ...(drawn.faultStrikes === 1 || faults.length === 0 ? {} : { faultStrikes: drawn.faultStrikes }),
  };
};

/** Streams of one plan, apart from those of its lives. */
const streams = <Labels extends StreamLabel[]>(
  seed: number,
  ...labels: Labels
): { [K in keyof Labels]: Stream } =>
  labels.map((label) => stream(`run ${seed}`, label)) as { [K in keyof Labels]: Stream }; // one for each label

/**
 * How many runs share a first life. It is by far the most expensive of a run's lives, and a history has many crash points.
 * With four branches, a run costs half. With concurrent clients there are two, as the order of their calls should vary most.
 */
export const runsPerHistory = ({ clients = 1 }: Suite): number => (clients > 1 ? 2 : RUNS_PER_HISTORY_MAX);

/** The plan of the random runs of a seed: a pure function of all its arguments. */
export const drawPlan = (seed: number, suite: Suite, strategy: StrategyChoice): RandomPlan => {
  const [schedule, crash, disk, fault, kill] = streams(seed, 'schedule', 'crash', 'disk', 'fault', 'kill');
  const branches = times(runsPerHistory(suite), () => drawCuts(crash, disk, kill));
  const lives = 1 + Math.max(...branches.map((cuts) => cuts.length));
  const conditions = drawConditions(seed, suite, lives);
  return {
    branches,
    schedules: [drawSchedule(schedule, strategy)],
    ...(Object.keys(conditions).length === 0 ? {} : { conditions }),
    ...((suite.faults ?? []).length === 0 ? {} : { faultSeed: fault.uint32() }),
    commandsAfterCrash: rarely(crash, 4) ? crash.below(5) : 1,
  };
};

/** The schedule under which a workload is explored exhaustively; undefined, in half of the cases: eagerly. */
export const drawFirstSchedule = (seed: number, strategy: StrategyChoice): Plan['schedules'] => {
  const [schedule] = streams(seed, 'schedule');
  return rarely(schedule, 2) ? undefined : [drawSchedule(schedule, strategy)];
};
