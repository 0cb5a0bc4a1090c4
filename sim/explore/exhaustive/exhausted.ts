/** What an exhaustive exploration is given, and what it finds. */
import type { CrashCoverage } from '../../coverage/crash-coverage.js';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import type { Crash } from '../../disk/crash-model/durability.js';
import type { Broken, LifeRecord } from '../../life/life-record.js';
import type { StopReason } from '../../result/result.js';
import type { Finding } from '../../run/finding.js';
import type { Plan, Tape } from '../../run/tape.js';

export interface ExhaustiveOptions {
  readonly model: DiskModel;
  /** How many successive power cuts to go through. */
  readonly depth: number;
  readonly commandsAfterCrash: number;
  /** The plan of the lives. Only keys distinguish states, so all lives but the first must have the same plan. */
  readonly plan?: Omit<Plan, 'commandsAfterCrash'>;
  /** Keys of states that have been covered already, to which this exploration adds its own. Default: none. */
  readonly seen?: Set<string>;
  /** Images per crash point beyond which they are sampled. */
  readonly imageBudget: number;
  /** Where images are sampled, what follows explores them by classes: then a quarter of the lives is enough here. */
  readonly isFollowed?: boolean;
  /** Lives beyond which the exploration stops and says so. Building 100 images, or cutting ten lives on record again, counts as one. */
  readonly lifeBudget: number;
  /** States of a slice. Default: SLICE_STATES. */
  readonly sliceStates?: number | undefined;
  /** Asked between lives; an answer stops the exploration, which then says why. */
  readonly stopped: () => StopReason | undefined;
  /** Ends the exploration as soon as some violation satisfies it. */
  readonly enough?: (broken: Broken) => boolean;
  readonly onLife?: (life: LifeRecord, crashes: readonly Crash[], tape: Tape) => void;
  /** Note the call sites of the first life. */
  readonly sites?: boolean;
  /** Told of every life and every cut: it needs the call sites. */
  readonly coverage?: CrashCoverage;
}

/** What cutting the power at one place of the first life did. */
export interface Gap {
  /** Journal entries of the first life that had happened. */
  readonly at: number;
  readonly legal: number;
  readonly keys: readonly string[];
}

export interface Exhausted {
  readonly first: LifeRecord;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** Names of the invariants found broken, by key of the state that was recovered from. */
  readonly brokenByKey: ReadonlyMap<string, readonly string[]>;
  readonly crashPoints: number;
  readonly legal: number;
  readonly checked: number;
  readonly distinct: number;
  /** Process kills, each with a restart on what is in memory and the crashes of the life that follows. */
  readonly kills: number;
  readonly sampled: boolean;
  /** Classes of crash states that were found; 0 where images were enumerated. */
  readonly classes: number;
  /** No unseen state was left. */
  readonly closed: boolean;
  /** Of the states that were built, every one after at most this many successive crashes was recovered from. */
  readonly crashesDone: number;
  /** What kept it from going on, as a set: empty where it is closed. */
  readonly stops: readonly StopReason[];
  readonly steps: number;
  readonly lives: number;
  readonly digest: string;
}
