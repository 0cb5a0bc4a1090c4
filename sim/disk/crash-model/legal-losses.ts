/**
 * Survivors: which sets of volatile micro-operations a power cut may leave under a model.
 *
 * The legal sets are the order ideals of the model's relation: whatever survives, so do its predecessors. They are
 * enumerated exactly while they fit the budget. Past it they are sampled, and the result says so, in this order: every
 * prefix; all but one; only one; all but two; only two; each multi-sector write torn at each sector; then subsets
 * drawn from a seed.
 */
import { countSurvivals } from './count-survivals.js';
import type { Fill } from './crash-image.js';
import type { DiskModel } from './disk-models.js';
import { follows, isData, type MicroOperation } from './micro-operation.js';

/** One legal outcome of a power cut: the volatile micro-operations that did not survive, by their index. */
export interface Survival {
  readonly lost: readonly number[];
  readonly fill: Fill;
  /** For 'garbage': which of the lost, a data write, the power failed in. */
  readonly torn?: number;
}

export interface Survivals {
  /** Fewest losses first. */
  readonly survivals: readonly Survival[];
  /** False: more are legal than the budget allowed; these are a sample. */
  readonly exact: boolean;
  /** How many are legal: of a sample, at least, as only losses are counted and not what shows in their place. */
  readonly legal: number;
}

/** For each micro-operation, the earlier ones that must be there if it is. */
const predecessors = (volatile: readonly MicroOperation[], model: DiskModel): number[][] =>
  volatile.map((later, i) => {
    const before: number[] = [];
    for (let j = 0; j < i; j++) {
      const earlier = volatile[j];
      if (earlier !== undefined && follows(earlier, later, model)) before.push(j);
    }
    return before;
  });

const withPredecessors = (index: number, before: readonly (readonly number[])[], into: Set<number>): void => {
  if (into.has(index)) return;
  into.add(index);
  for (const j of before[index] ?? []) withPredecessors(j, before, into);
};

/** All ideals that hold every index of `required`, or undefined when there are more than `budget`. */
const enumerate = (
  count: number,
  before: readonly (readonly number[])[],
  required: ReadonlySet<number>,
  budget: number,
): number[][] | undefined => {
  const found: number[][] = [];
  const isLost = new Uint8Array(count);
  const visit = (index: number, lost: readonly number[]): boolean => {
    if (index === count) {
      if (found.length === budget) return false;
      found.push([...lost]);
      return true;
    }
    const mustBeLost = (before[index] ?? []).some((j) => isLost[j] === 1);
    isLost[index] = 0;
    if (!mustBeLost && !visit(index + 1, lost)) return false;
    if (required.has(index)) return true;
    isLost[index] = 1;
    const complete = visit(index + 1, [...lost, index]);
    isLost[index] = 0;
    return complete;
  };
  return visit(0, []) ? found : undefined;
};

/** What to lose, or all that is to be kept, before the model has its say. */
type Wish = readonly ['lose' | 'keep', readonly number[]];

/** Runs of sectors that one write, or several in a row, laid down one after the other. */
const multiSectorWrites = (volatile: readonly MicroOperation[]): number[][] => {
  const runs: number[][] = [];
  let before: MicroOperation | undefined;
  volatile.forEach((operation, index) => {
    if (!isData(operation)) {
      // A long write grows its file from page to page.
      if (operation.kind !== 'size' || !operation.delayed) before = undefined;
      return;
    }
    const continued =
      before !== undefined &&
      isData(before) &&
      before.ino === operation.ino &&
      before.index + 1 === operation.index;
    before = operation;
    if (continued) runs.at(-1)?.push(index);
    else runs.push([index]);
  });
  return runs.filter((run) => run.length > 1);
};

/** What to try when there is too much to try everything. The order is what the documentation says of a sample. */
function* wishes(volatile: readonly MicroOperation[], draw: (bound: number) => number): Generator<Wish> {
  const all = volatile.map((_, index) => index);
  for (let kept = all.length; kept >= 0; kept--) yield ['lose', all.slice(kept)]; // every prefix
  for (const i of all) yield ['lose', [i]]; // all but one
  for (const i of all) yield ['keep', [i]]; // only one
  for (const i of all) for (const j of all.slice(i + 1)) yield ['lose', [i, j]]; // all but two
  for (const i of all) for (const j of all.slice(i + 1)) yield ['keep', [i, j]]; // only two
  for (const run of multiSectorWrites(volatile)) {
    // A write torn at each of its sectors, with either half on the disk and all else there.
    for (let at = 1; at < run.length; at++) yield ['lose', run.slice(at)];
    for (let at = 1; at < run.length; at++) yield ['lose', run.slice(0, at)];
  }
  for (;;) yield ['lose', all.filter(() => draw(2) === 1)]; // seeded random subsets
}

/** The losses closest to a wish that leave an ideal which holds all of `required`, itself an ideal. */
const granted = (
  [verb, indexes]: Wish,
  before: readonly (readonly number[])[],
  required: ReadonlySet<number>,
): number[] => {
  const lost: number[] = [];
  if (verb === 'keep') {
    const kept = new Set(required);
    for (const index of indexes) withPredecessors(index, before, kept);
    for (let index = 0; index < before.length; index++) if (!kept.has(index)) lost.push(index);
    return lost;
  }
  const isLost = new Set<number>();
  const wished = new Set(indexes);
  // Issue order, so that a predecessor's fate is known before its successors'.
  before.forEach((predecessors, index) => {
    if (required.has(index) || (!wished.has(index) && !predecessors.some((j) => isLost.has(j)))) return;
    isLost.add(index);
    lost.push(index);
  });
  return lost;
};

const sample = (
  volatile: readonly MicroOperation[],
  before: readonly (readonly number[])[],
  required: ReadonlySet<number>,
  budget: number,
  draw: (bound: number) => number,
): number[][] => {
  const found = new Map<string, number[]>();
  // More are legal than the budget, yet random wishes may hit upon known ones for long: enough is enough.
  let tries = 4 * (budget + volatile.length);
  for (const wish of wishes(volatile, draw)) {
    if (found.size >= budget || tries-- === 0) break;
    const lost = granted(wish, before, required);
    found.set(lost.join(), lost);
  }
  return [...found.values()];
};

/** What the lost writes may leave. The disk was writing one sector when the power failed: any of the lost ones. */
const filled = (
  volatile: readonly MicroOperation[],
  lost: readonly number[],
  { fills }: DiskModel,
): Survival[] =>
  fills.flatMap((fill): Survival[] => {
    if (fill !== 'garbage') return [{ lost, fill }];
    const writes = lost.filter((index) => isWrite(volatile[index]));
    return writes.map((torn) => ({ lost, fill, torn }));
  });

const all = (survivals: readonly Survival[]): Survivals => ({
  survivals,
  exact: true,
  legal: survivals.length,
});

const isWrite = (operation: MicroOperation | undefined): boolean =>
  operation !== undefined && isData(operation);

/**
 * The legal outcomes of a power cut while `volatile` (in issue order) is not durable.
 * @param newest only those in which this one (an index) survived: the others were legal before it was issued
 * @param budget how many sets to enumerate exactly; past it, how many to sample
 * @param draw a seeded whole number below a bound, for the last stage of sampling
 */
export const legalSurvivals = (
  volatile: readonly MicroOperation[],
  model: DiskModel,
  newest: number | undefined,
  budget: number,
  draw: (bound: number) => number,
): Survivals => {
  const count = volatile.length;
  if (model.volatileSurvives === 'all') return all([{ lost: [], fill: 'zero' }]);
  // What a failed sync gave up may show even where nothing is volatile.
  if (count === 0) return all(filled(volatile, [], model));
  if (model.volatileSurvives === 'none') {
    // The newest is lost with the rest: that image was legal before it was issued.
    if (newest !== undefined) return all([]);
    return all([{ lost: volatile.map((_, i) => i), fill: 'zero' }]);
  }
  const before = predecessors(volatile, model);
  const required = new Set<number>();
  if (newest !== undefined) withPredecessors(newest, before, required);
  const exact = enumerate(count, before, required, budget);
  const lostSets = exact ?? sample(volatile, before, required, budget, draw);
  const byLosses = lostSets.sort((a, b) => a.length - b.length);
  const survivals = byLosses.flatMap((lost) => filled(volatile, lost, model));
  if (exact !== undefined) return all(survivals);
  return { survivals, exact: false, legal: Math.max(survivals.length, countSurvivals(before, required)) };
};

/** Is this set of losses one that the model allows? The check that enumeration is tested against, and tokens are. */
export const isLegal = (
  volatile: readonly MicroOperation[],
  model: DiskModel,
  lost: ReadonlySet<number>,
): boolean => {
  if (model.volatileSurvives === 'all') return lost.size === 0;
  if (model.volatileSurvives === 'none') return lost.size === volatile.length;
  return predecessors(volatile, model).every((before, i) => lost.has(i) || before.every((j) => !lost.has(j)));
};
