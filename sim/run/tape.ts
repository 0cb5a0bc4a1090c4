/**
 * The tape: everything that was chosen in one run. A run is a pure function of (suite, disk model, tape), so the tape
 * is what a token carries and what is replayed.
 */

import { crashStateOf } from '../disk/crash-model/crash-states.js';
import { EMPTY_IMAGE, imageKey } from '../disk/crash-model/disk-image.js';
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Crash } from '../disk/crash-model/durability.js';
import { type Conditions, conditionsOfLife, timingOfLife } from '../life/conditions.js';
import type { Driven } from '../life/drive.js';
import { type LifeRecord, type LifeStart, type LiveOptions, messageForDigest } from '../life/life-record.js';
import { prepareDisk } from '../life/prepare-disk.js';
import { runLife } from '../life/run-life.js';
import { choosing } from '../scheduler/choosing.js';
import { pct } from '../scheduler/pct.js';
import { eager, type Scheduling } from '../scheduler/scheduler.js';
import { picking, type Schedule, type Strategy } from '../scheduler/strategy.js';
import { EMPTY_HISTORY } from '../suite/history.js';
import type { Json, Suite } from '../suite/suite.js';
import { Hash } from '../util/hash.js';
import { latestEquivalentCrash } from './latest-equivalent-crash.js';

/** The settings of a tape for its lives, apart from commands and crash points. */
export interface Plan {
  /** How the choices of each life are made; the last one holds for all that follow. Absent: eagerly. */
  readonly schedules?: readonly Schedule[];
  readonly conditions?: Conditions;
  /** Of a random run on a disk with faults: where they strike. */
  readonly faultSeed?: number;
  /** Further commands a client sends after each power cut, beyond the ones it retries. */
  readonly commandsAfterCrash: number;
}

export interface Tape extends Plan {
  readonly workload: readonly Json[];
  readonly crashes: readonly Crash[];
}

/** The first life of a suite that prepares nothing. */
export const FIRST_LIFE: LifeStart = { image: EMPTY_IMAGE, history: EMPTY_HISTORY, key: 'first life' };

/**
 * Where the first life of a suite starts: its key is that of the prepared disk's content.
 * @throws SimulatorError 'SUITE_PREPARE_FAILED'
 */
export function* firstLife(suite: Suite): Driven<LifeStart> {
  if (suite.prepare === undefined) return FIRST_LIFE;
  const image = yield* prepareDisk(suite);
  return { ...FIRST_LIFE, image, key: `prepared ${imageKey(image, true)}` };
}

/** The first life of a suite, whatever options it is lived with. */
export function* runFirstLife(suite: Suite, options: LiveOptions): Driven<LifeRecord> {
  return yield* runLife(suite, yield* firstLife(suite), options);
}

/** Adds a prepared disk to a digest of what started on it. */
export const hashStart = (hash: Hash, { key }: LifeStart): void => {
  if (key !== FIRST_LIFE.key) hash.text(key);
};

const strategyOf = (schedule: Schedule): Strategy => {
  switch (schedule.kind) {
    case 'eager':
      return picking([]);
    case 'picks':
      return picking(schedule.picks);
    case 'pct':
      return pct(schedule);
    default:
      return schedule satisfies never;
  }
};

const EAGER: Schedule = { kind: 'eager' };

/** The scheduler of the life of a number, from 0. Where its timing is upset, calls must be able to wait. */
const schedulingOf = ({ schedules = [], conditions = {} }: Plan, life: number): Scheduling => {
  const schedule = schedules[life] ?? schedules.at(-1) ?? EAGER;
  const timing = timingOfLife(conditions, life);
  return schedule.kind === 'eager' && timing === undefined ? eager() : choosing(strategyOf(schedule), timing);
};

/** How the life of a number, from 0, is lived by a plan. */
export const lifeOptions = (
  workload: readonly Json[],
  plan: Plan,
  life: number,
  model: DiskModel,
): LiveOptions => ({
  workload,
  model,
  scheduling: schedulingOf(plan, life),
  commandsAfterCrash: plan.commandsAfterCrash,
  ...(plan.faultSeed === undefined ? {} : { faultSeed: plan.faultSeed }),
  ...(plan.conditions === undefined ? {} : { conditions: conditionsOfLife(plan.conditions, life) }),
});

export interface TapeRun {
  readonly lives: readonly LifeRecord[];
  readonly digest: string;
}

/** The digest of a sequence of lives: everything each of them did, in order, and what was found broken. */
export const digestOf = (lives: readonly LifeRecord[]): string => {
  const hash = new Hash();
  for (const { start } of lives.slice(0, 1)) hashStart(hash, start);
  for (const { world, broken } of lives) {
    hash.text(world.journal.hash.digest());
    for (const one of broken) hash.text(one.invariant).text(messageForDigest(one));
  }
  return hash.digest();
};

/** How a tape is watched while it is played. */
interface Watched extends Pick<LiveOptions, 'sites' | 'prints' | 'origins'> {
  /** The same run, played before: its states are looked at. */
  readonly looksAlong?: readonly LifeRecord[];
}

/** Plays a tape: one life after the other, each ended by the next crash of the tape, the last one by itself. */
export function* playTape(
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  { looksAlong, ...watched }: Watched = {},
): Driven<TapeRun> {
  const lives: LifeRecord[] = [];
  let start = yield* firstLife(suite);
  for (const crash of [...tape.crashes, undefined]) {
    const options = lifeOptions(tape.workload, tape, lives.length, model);
    const along = looksAlong?.[lives.length]?.world.steps;
    const looks = along === undefined ? {} : { looksAlong: along };
    const life = yield* runLife(suite, start, { ...options, ...watched, ...looks });
    lives.push(life);
    if (crash === undefined) break;
    start = crashStateOf(start, life.world.journal.entries, model, crash);
  }
  return { lives, digest: digestOf(lives) };
}

/** The same run, each power cut told at its latest place. */
export const atLatestEquivalentCrashes = (
  tape: Tape,
  lives: readonly LifeRecord[],
  model: DiskModel,
): Tape => ({
  ...tape,
  crashes: tape.crashes.map((crash, number) => {
    const life = lives[number];
    return life === undefined
      ? crash
      : latestEquivalentCrash(life.start, life.world.journal.entries, model, crash).crash;
  }),
});
