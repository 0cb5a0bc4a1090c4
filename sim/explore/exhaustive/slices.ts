/**
 * Slices: a generation of crash states that is too large for one process is partitioned by key, and each slice is explored by
 * itself. The result of a slice is a function of the slice alone. So it does not matter who explores which slice, or when: one
 * process explores them one after the other, and gets the same.
 *
 * Slices share no known lives and no seen states. The exploration takes their findings in, drops doubles and makes the next
 * generation.
 */
import { type Crash, type CrashState, stateKey } from '../../disk/crash-model/durability.js';
import type { LifeStart } from '../../life/life-record.js';
import type { StopReason } from '../../result/result.js';
import type { Finding } from '../../run/finding.js';
import type { Plan } from '../../run/tape.js';
import type { Json } from '../../suite/suite.js';
import { Hash } from '../../util/hash.js';
import type { Group } from './visit-order.js';

/** A state to recover from, and the crashes that led to it. */
export interface Queued<State extends LifeStart = LifeStart> {
  readonly start: State;
  readonly crashes: readonly Crash[];
  /** Micro-operations that were at stake over all crashes. */
  readonly volatile: number;
}

/** States of a slice, about: a minute of work at the most, for most programs. */
const SLICE_STATES = 4096;
/** Generations of fewer slices are explored whole. */
const SLICES_MIN = 2;

/** A part of a generation, as plain data that crosses processes. */
export interface Slice {
  readonly workload: readonly Json[];
  readonly plan: Omit<Plan, 'commandsAfterCrash'> | undefined;
  /** Crashes before these states, from 1. */
  readonly generation: number;
  readonly index: number;
  readonly states: readonly Queued[];
  /** Its share of the lives that are left. */
  readonly lifeBudget: number;
  /** It makes a difference where a disk has holes. */
  readonly zerosCount: boolean;
}

/** What became of a slice, as plain data that crosses processes. */
export interface SliceExplored {
  readonly lives: number;
  readonly steps: number;
  readonly checked: number;
  readonly kills: number;
  readonly crashPoints: number;
  /** Images that were built, and all that are legal. */
  readonly built: number;
  readonly legal: number;
  readonly cutsAgain: number;
  readonly sampled: boolean;
  readonly stops: readonly StopReason[];
  readonly findings: readonly Finding[];
  readonly brokenByKey: ReadonlyMap<string, readonly string[]>;
  /** Keys of states that were not recovered from. */
  readonly left: readonly string[];
  /** Some life wrote in the place of zeros. */
  readonly replacesZeros: boolean;
  /** The states that crashes left, in the order in which they were found; those of the same key and allocation once. */
  readonly found: readonly Queued<CrashState>[];
  /** How telling the states are that were found, by key. */
  readonly groups: ReadonlyMap<string, Group>;
  readonly digest: string;
}

/** Explores slices, here or elsewhere. As many results, in their order. */
export type ExploreSlices = (slices: readonly Slice[]) => Promise<readonly SliceExplored[]>;

/** A slice without its number and its states. */
type Common = Pick<Slice, 'workload' | 'plan' | 'generation' | 'zerosCount'>;

const placeOf = (key: string, slices: number): number => (new Hash().text(key).lane1 >>> 0) % slices;

/** The slices of a generation, by the keys of its states; undefined where it is explored whole. Cost: linear. */
export const slicesOf = (
  states: readonly Queued[],
  {
    livesLeft,
    sliceStates = SLICE_STATES,
  }: { readonly livesLeft: number; readonly sliceStates: number | undefined },
  common: Common,
): readonly Slice[] | undefined => {
  if (states.length < SLICES_MIN * sliceStates) return undefined;
  const count = Math.ceil(states.length / sliceStates);
  const parts = Array.from({ length: count }, (): Queued[] => []);
  for (const state of states) parts[placeOf(stateKey(state.start), count)]?.push(state);
  return parts
    .filter((part) => part.length > 0)
    .map((part, index) => ({
      ...common,
      index,
      states: part,
      lifeBudget: Math.ceil((livesLeft * part.length) / states.length),
    }));
};
