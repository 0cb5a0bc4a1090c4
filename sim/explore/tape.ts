/**
 * The tape: everything that was chosen in one run. A run is a pure function of (suite, disk model, tape), so the tape
 * is what a token carries and what is replayed.
 */
import { EMPTY_IMAGE } from '../disk/image.js';
import type { DiskModel } from '../disk/models.js';
import { EMPTY_HISTORY } from '../history.js';
import { choosing, eager, type Scheduler } from '../scheduler/scheduler.js';
import type { Json, Suite } from '../suite.js';
import { Hash } from '../trace/hash.js';
import { type Crash, crashStateOf } from './crash-states.js';
import type { Driven } from './drive.js';
import { type LifeRecord, type LifeStart, live } from './live.js';

export interface Tape {
  readonly workload: readonly Json[];
  /** Which waiting call goes first, each time there is a choice; 0 when the list is used up. Undefined: eager. */
  readonly schedule?: readonly number[];
  readonly crashes: readonly Crash[];
  /** Of a random run on a disk with faults: where they strike. */
  readonly faultSeed?: number;
  readonly commandsAfterCrash: number;
}

export const FIRST_LIFE: LifeStart = { image: EMPTY_IMAGE, history: EMPTY_HISTORY, key: 'first life' };

/** A scheduler for one life that plays a list of choices, and always takes the oldest call when it is used up. */
export const scheduled = (schedule: readonly number[] | undefined): Scheduler => {
  if (schedule === undefined) return eager();
  let next = 0;
  return choosing(() => schedule[next++] ?? 0);
};

export interface TapeRun {
  readonly lives: readonly LifeRecord[];
  readonly digest: string;
}

/** The digest of a sequence of lives: everything each of them did, in order, and what was found broken. */
export const digestOf = (lives: readonly LifeRecord[]): string => {
  const hash = new Hash();
  for (const { world, broken } of lives) {
    hash.text(world.journal.hash.digest());
    for (const { invariant, message } of broken) hash.text(invariant).text(message);
  }
  return hash.digest();
};

/** Plays a tape: one life after the other, each ended by the next crash of the tape, the last one by itself. */
export function* playTape(suite: Suite, model: DiskModel, tape: Tape, sites = false): Driven<TapeRun> {
  const lives: LifeRecord[] = [];
  let start = FIRST_LIFE;
  for (const crash of [...tape.crashes, undefined]) {
    const life = yield* live(suite, start, {
      workload: tape.workload,
      scheduler: scheduled(tape.schedule),
      commandsAfterCrash: tape.commandsAfterCrash,
      model,
      ...(tape.faultSeed === undefined ? {} : { faultSeed: tape.faultSeed }),
      sites,
    });
    lives.push(life);
    if (crash === undefined) break;
    start = crashStateOf(start, life.world.journal.entries, model, crash);
  }
  return { lives, digest: digestOf(lives) };
}
