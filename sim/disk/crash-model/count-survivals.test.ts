import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../../suite/history.js';
import { diskPrograms, runProgram, USED_DISK } from '../../testing/disk-programs.js';
import { countSurvivals } from './count-survivals.js';
import { DISK_MODELS } from './disk-models.js';
import { Frontier } from './durability.js';
import { legalSurvivals } from './legal-losses.js';

const NONE: ReadonlySet<number> = new Set();
const noDraw = (): number => 0;

/** Up to nine operations, each after some of the earlier ones. */
const relations = fc
  .array(fc.nat(), { maxLength: 9 })
  .map((bits) =>
    bits.map((bit, index) =>
      Array.from({ length: index }, (_, one) => one).filter((one) => (bit >> one) & 1),
    ),
  );

const listed = (before: readonly (readonly number[])[]): number => {
  let count = 0;
  for (let bits = 0; bits < 2 ** before.length; bits++) {
    const survives = (index: number): boolean => ((bits >> index) & 1) === 1;
    if (before.every((earlier, index) => !survives(index) || earlier.every(survives))) count += 1;
  }
  return count;
};

describe('countSurvivals', () => {
  it('counts what trying all subsets counts', () => {
    fc.assert(
      fc.property(relations, (before) => {
        expect(countSurvivals(before, NONE)).toBe(listed(before));
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  it('counts only those that hold what must survive', () => {
    // 0 before 1 before 2; 3 apart.
    const before = [[], [0], [0, 1], []];
    expect(countSurvivals(before, NONE)).toBe(8);
    expect(countSurvivals(before, new Set([0, 1]))).toBe(4);
  });

  it.each(Object.values(DISK_MODELS).filter((model) => model.volatileSurvives === 'ordered subset'))(
    'counts the sets of losses that are enumerated, under $name',
    (model) => {
      let sampled = 0;
      fc.assert(
        fc.property(diskPrograms(5), (program) => {
          const frontier = new Frontier({ image: USED_DISK, history: EMPTY_HISTORY }, model);
          for (const entry of runProgram(USED_DISK, program)) frontier.pass(entry);
          const { volatile } = frontier;
          for (const newest of [undefined, volatile.length === 0 ? undefined : volatile.length - 1]) {
            const all = legalSurvivals(volatile, model, newest, 100_000, noDraw);
            const sets = all.survivals.filter(({ fill }) => fill === 'zero').length;
            const { exact, legal } = legalSurvivals(volatile, model, newest, 3, noDraw);
            if (exact || sets < 100) continue;
            sampled += 1;
            expect(legal).toBe(sets);
          }
        }),
        { seed: 32, numRuns: 60 },
      );
      if (model.name !== 'prefix') expect(sampled).toBeGreaterThan(0);
    },
  );

  it('counts where there are far too many to list', () => {
    const apart = Array.from({ length: 100 }, () => []);
    expect(countSurvivals(apart, NONE)).toBe(2 ** 100);
    const inOrder = Array.from({ length: 500 }, (_, index) =>
      Array.from({ length: index }, (_one, at) => at),
    );
    expect(countSurvivals(inOrder, NONE)).toBe(501);
    // A hundred names in order, each after a sector of its own.
    const files = Array.from({ length: 200 }, (_, index) =>
      index % 2 === 0
        ? []
        : Array.from({ length: index }, (_one, at) => at).filter((at) => at % 2 === 1 || at === index - 1),
    );
    // If the first k names survive, so do their sectors, and any of the others.
    const expected = Array.from({ length: 101 }, (_, names) => 2 ** (100 - names)).reduce((a, b) => a + b);
    expect(countSurvivals(files, NONE)).toBe(expected);
  });

  it('stops at a count whose sums are still numbers', () => {
    const apart = Array.from({ length: 3000 }, () => []);
    expect(countSurvivals(apart, NONE)).toBe(1e300);
  });

  it('gives a lower bound where the order is too tangled to count within its steps', () => {
    const tangled = Array.from({ length: 120 }, (_, index) =>
      index < 60 ? [] : Array.from({ length: 60 }, (_one, at) => at).filter((at) => (at * index) % 7 === 3),
    );
    expect(countSurvivals(tangled, NONE)).toBeGreaterThan(121);
  });
});
