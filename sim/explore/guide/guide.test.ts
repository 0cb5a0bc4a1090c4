import { describe, expect, it } from 'vitest';
import type { Parent, Recipe } from '../random/mutate-input.js';
import { Guide, type SeenRun } from './guide.js';

/** Features about nothing that is known weigh as little as can be; those about calls weigh much. */
const LIGHT = 16;
const ABOUT_CALL = 2;

const recipeOf = (seed: number): Recipe => ({
  draws: { spans: [{ from: 0, seed, at: 0 }], bias: undefined },
  length: 1,
  plan: { branches: [], commandsAfterCrash: 1 },
});

const run = (seed: number, features: readonly number[], steps = 100): SeenRun => ({
  features: new Map(features.map((feature) => [feature * LIGHT, feature])),
  steps,
  recipe: recipeOf(seed),
});

const seedsOf = (parents: readonly Parent[]): readonly (number | undefined)[] =>
  parents.map(({ recipe }) => recipe.draws.spans[0]?.seed);

/** A run that made a call of its own. */
const callOf = (call: number): SeenRun => ({
  ...run(call, []),
  features: new Map([[call * LIGHT + ABOUT_CALL, 1]]),
});

const parentsOf = (guide: Guide, count: number): readonly Parent[] => guide.parents(count, 'a');

describe('Guide', () => {
  it('counts what is new, and begins from runs that showed it, where they did', () => {
    const guide = new Guide();
    expect(guide.add([run(1, [1, 2]), run(2, [1, 2]), run(3, [2, 3])], false)).toBe(3);
    expect(guide.add([run(4, [3])], false)).toBe(0);
    const parents = parentsOf(guide, 20);
    expect(new Set(seedsOf(parents))).toEqual(new Set([1, 3]));
    expect(parents.filter(({ place }) => place === 3).every((one) => seedsOf([one])[0] === 3)).toBe(true);
  });

  it('prefers runs whose features few blind runs show', () => {
    const guide = new Guide();
    guide.add([callOf(1), callOf(2)], false);
    guide.add([callOf(1), callOf(1)], false);
    const seeds = seedsOf(parentsOf(guide, 60));
    const times = (seed: number): number => seeds.filter((one) => one === seed).length;
    expect(times(2)).toBeGreaterThan(times(1));
    expect(times(1) + times(2)).toBe(60);
  });

  it('begins from the cheapest run that showed a feature', () => {
    const guide = new Guide();
    guide.add([{ ...callOf(1), steps: 1_000 }, run(9, [])], false);
    guide.add([{ ...callOf(1), steps: 10, recipe: recipeOf(2) }], true);
    guide.add([{ ...callOf(1), steps: 100, recipe: recipeOf(3) }], true);
    expect(new Set(seedsOf(parentsOf(guide, 1)))).toEqual(new Set([2]));
  });

  it('begins from nothing that blind runs show now and then, nor for ever from the same', () => {
    const guide = new Guide();
    guide.add(
      Array.from({ length: 512 }, (_, seed) => callOf(seed < 8 ? 1 : 2)),
      false,
    );
    expect(parentsOf(guide, 1)).toEqual([]);
    guide.add([callOf(3)], true);
    const chosen = Array.from({ length: 100 }, (_, round) => guide.parents(50, `round ${round}`)).flat();
    expect(new Set(seedsOf(chosen))).toEqual(new Set([3]));
    expect(chosen.length).toBeLessThan(1_000);
  });

  it('is a function of the runs and the seed', () => {
    const seedsBy = (seed: string): readonly unknown[] => {
      const guide = new Guide();
      guide.add(
        Array.from({ length: 20 }, (_, index) => run(index, [index])),
        false,
      );
      return seedsOf(guide.parents(20, seed));
    };
    expect(seedsBy('a')).toEqual(seedsBy('a'));
    expect(seedsBy('a')).not.toEqual(seedsBy('b'));
  });

  it('forgets the runs of least energy, and does not take them up again', () => {
    const guide = new Guide();
    const many = Array.from({ length: 4_097 }, (_, index) => run(index, [index]));
    guide.add([callOf(9_000), ...many], false);
    guide.add([callOf(9_000), ...many.map((one) => ({ ...one, steps: 1 }))], true);
    const seeds = seedsOf(parentsOf(guide, 60));
    expect(seeds).toContain(9_000);
    expect(guide.add(many, true)).toBe(0);
  });

  it('has nothing to begin from where nothing was seen', () => {
    expect(new Guide().parents(5, 'a')).toEqual([]);
  });
});
