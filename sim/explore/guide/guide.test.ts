import { describe, expect, it } from 'vitest';
import type { Parent, Recipe } from '../random/mutate-input.js';
import { Guide, type SeenRun } from './guide.js';

/** Features that weigh as little as can be. */
const LIGHT = 16;

const recipeOf = (seed: number): Recipe => ({
  draws: { spans: [{ from: 0, seed }], bias: undefined },
  length: 1,
  plan: { branches: [], commandsAfterCrash: 1 },
});

const run = (seed: number, features: readonly number[], steps = 100): SeenRun => ({
  features: features.map((feature) => feature * LIGHT),
  steps,
  recipe: recipeOf(seed),
});

const seedsOf = (parents: readonly Parent[]): readonly (number | undefined)[] =>
  parents.map(({ recipe }) => recipe.draws.spans[0]?.seed);

describe('Guide', () => {
  it('counts what is new, and begins from runs that showed it', () => {
    const guide = new Guide();
    expect(guide.add([run(1, [1, 2]), run(2, [1, 2]), run(3, [2, 3])])).toBe(3);
    expect(guide.add([run(4, [3])])).toBe(0);
    const seeds = new Set(seedsOf(guide.parents(100, 'a')));
    expect([...seeds].sort()).toEqual([1, 3]);
  });

  it('prefers runs whose features few others show, and that cost less', () => {
    const guide = new Guide();
    guide.add([run(1, [1]), run(2, [2]), run(3, [3], 1_000)]);
    guide.add(Array.from({ length: 50 }, () => run(9, [1])));
    const seeds = seedsOf(guide.parents(60, 'a'));
    const times = (seed: number): number => seeds.filter((one) => one === seed).length;
    expect(times(2)).toBeGreaterThan(times(1));
    expect(times(2)).toBeGreaterThan(times(3));
    expect(times(1) + times(2) + times(3)).toBe(60);
  });

  it('is a function of the runs and the seed', () => {
    const parentsOf = (seed: string): readonly unknown[] => {
      const guide = new Guide();
      guide.add(Array.from({ length: 20 }, (_, index) => run(index, [index])));
      return seedsOf(guide.parents(20, seed));
    };
    expect(parentsOf('a')).toEqual(parentsOf('a'));
    expect(parentsOf('a')).not.toEqual(parentsOf('b'));
  });

  it('has nothing to begin from where nothing was seen', () => {
    expect(new Guide().parents(5, 'a')).toEqual([]);
  });
});
