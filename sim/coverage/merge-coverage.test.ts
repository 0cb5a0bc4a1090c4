import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { diskModel } from '../disk/crash-model/disk-models.js';
import { explore } from '../explore/exhaustive/exhaustive.js';
import { installGuard } from '../guard/guard.js';
import { drive } from '../life/drive.js';
import type { Json, Suite } from '../suite/suite.js';
import { counterSuite } from '../testing/counter.js';
import { CrashCoverage } from './crash-coverage.js';
import { type Collected, mergeCollected, NOTHING_COLLECTED } from './merge-coverage.js';

/** Workloads of different lengths and two programs: parts that see the same, less, and something else. */
const WORKLOADS = [1, 2, 3].flatMap((length) =>
  (['careful', 'in place'] as const).map((carelessness) => ({ length, carelessness })),
);

const model = diskModel('posix');

const exploreInto = async (
  coverage: CrashCoverage,
  { length, carelessness }: (typeof WORKLOADS)[number],
): Promise<void> => {
  const suite = counterSuite(carelessness) as unknown as Suite; // a suite of any system
  const workload: Json[] = Array.from({ length }, () => ({ type: 'increment' }));
  // A violation stops nothing; a budget of lives does, and leaves some crash points uncovered.
  const bounds = {
    depth: 2,
    commandsAfterCrash: 1,
    imageBudget: 64,
    lifeBudget: 20,
    stopped: () => undefined,
  };
  await drive(explore(suite, workload, { model, coverage, ...bounds }), installGuard());
};

const parts: Collected[] = [];
let whole: Collected;

beforeAll(async () => {
  const together = new CrashCoverage(model);
  for (const workload of WORKLOADS) {
    const alone = new CrashCoverage(model);
    await exploreInto(alone, workload);
    parts.push(alone.collected());
    await exploreInto(together, workload);
  }
  whole = together.collected();
});

const merged = (collected: readonly Collected[]): Collected =>
  collected.reduce(mergeCollected, NOTHING_COLLECTED);

describe('mergeCollected', () => {
  it('of parts, in whatever order and grouping, is what one exploration of everything collects', () => {
    const grouped = fc.tuple(
      fc.shuffledSubarray([...parts], { minLength: parts.length }),
      fc.nat(parts.length),
    );
    fc.assert(
      fc.property(grouped, ([shuffled, cut]) => {
        expect(merged([merged(shuffled.slice(0, cut)), merged(shuffled.slice(cut))])).toEqual(whole);
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  it('counts each thing once: no total is a sum, and a second time adds nothing but images', () => {
    const [first, second] = parts;
    if (first === undefined || second === undefined) throw new Error('There are several parts.');
    const { survivors: _, ...twice } = mergeCollected(whole, whole);
    const { survivors: __, ...once } = whole;
    expect(twice).toEqual(once);
    expect(whole.sites.total).toBeLessThan(parts.reduce((sum, { sites }) => sum + sites.total, 0));
    // The parts are not all alike: otherwise merging them would show nothing.
    expect(first.sites.cut).not.toEqual(second.sites.cut);
    expect(first.orders.pairs.total).toBeLessThan(whole.orders.pairs.total);
  });
});
