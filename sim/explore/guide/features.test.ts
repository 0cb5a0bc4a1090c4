import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskModel } from '../../disk/crash-model/disk-models.js';
import { drive } from '../../life/drive.js';
import type { Suite } from '../../suite/suite.js';
import { counterSuite } from '../../testing/counter.js';
import { lostLine } from '../../testing/planted.js';
import { stream } from '../../util/seeded-streams.js';
import { drawPlan, MANY_CUTS, PLACES, type RandomPlan } from '../random/draw-plan.js';
import { valueFrom } from '../random/draws.js';
import { mutated, type Recipe } from '../random/mutate-input.js';
import { commandsBy, livesBefore, placeInRun } from '../random/place-in-run.js';
import { livesOfRuns, randomInputs, runRandom, workloadsOf } from '../random/run-random.js';
import { FeatureReader, type Features, weightOf } from './features.js';

const SUITE = counterSuite('careful') as unknown as Suite; // a suite of any system
const MODEL = diskModel('posix');
const STRATEGY = { kind: 'mixed' } as const;

const featuresOf = async (
  suite: Suite,
  commands: number,
  plan: RandomPlan,
  reader = new FeatureReader(),
): Promise<readonly Features[]> => {
  const workload = Array.from({ length: commands }, () => ({ type: 'increment' }));
  const made = await drive(runRandom(suite, MODEL, { workload, plan }));
  return livesOfRuns(made).map((lives, run) => reader.of(lives, made.runs[run]?.tape.crashes ?? []));
};

const onceCut = (place: number): RandomPlan => ({
  branches: [[{ place, lost: 0, fill: 0 }]],
  commandsAfterCrash: 1,
});

describe('FeatureReader', () => {
  it('reads the same of the same run, whatever it read before', async () => {
    const reader = new FeatureReader();
    for (let seed = 0; seed < 10; seed++) {
      const plan = drawPlan(seed, SUITE, STRATEGY);
      const here = await featuresOf(SUITE, 4, plan, reader);
      expect(here).toEqual(await featuresOf(SUITE, 4, plan));
      const features = here.flatMap((found) => [...found.keys()]);
      expect(features.every((feature) => Number.isSafeInteger(feature) && weightOf(feature) > 0)).toBe(true);
    }
  });

  it('sees another crash as new, and once more of what there was a hundred times as nothing new', async () => {
    const [early = new Map()] = await featuresOf(SUITE, 20, onceCut(PLACES / 10));
    const [late = new Map()] = await featuresOf(SUITE, 20, onceCut(PLACES - 1));
    const isNew = (before: Features, [feature]: readonly [number, number]): boolean => !before.has(feature);
    const ofCrash = [...late].filter((one) => isNew(early, one) && livesBefore(one[1]) > 0);
    expect(ofCrash).not.toEqual([]);
    const [longer = new Map()] = await featuresOf(SUITE, 18, onceCut(PLACES - 1));
    const calls = [...longer].filter((one) => isNew(late, one) && weightOf(one[0]) === 1);
    expect(calls.filter(([, place]) => livesBefore(place) === 0)).toEqual([]);
  });

  it('tells what a command did at its first time from what it did then, and at which command that was', async () => {
    const [one = new Map()] = await featuresOf(SUITE, 1, onceCut(PLACES - 1));
    const [two = new Map()] = await featuresOf(SUITE, 2, onceCut(PLACES - 1));
    const inFirstLife = [...two].filter(([feature, place]) => !one.has(feature) && livesBefore(place) === 0);
    expect(new Set(inFirstLife.map(([, place]) => commandsBy(place)))).toContain(2);
  });
});

describe('mutated', () => {
  const suite: Suite = lostLine(false);
  const recipeOf = (seed: number): Recipe => {
    const [input] = fc.sample(randomInputs(suite, STRATEGY), { seed, numRuns: 1 });
    if (input?.drawn === undefined) throw new Error('An input is drawn.');
    return { ...input.drawn, plan: { ...input.plan, branches: input.plan.branches.slice(0, 1) } };
  };

  it('makes inputs that the suite allows, a pure function of its arguments', () => {
    for (let seed = 0; seed < 200; seed++) {
      const make = (): Recipe =>
        mutated(
          stream(seed, 'guide'),
          { recipe: recipeOf(seed % 7), place: placeInRun(seed % 2, seed % 3) },
          recipeOf(8),
          {
            suite,
            strategy: STRATEGY,
            branches: 4,
            generate: (draws) => valueFrom(workloadsOf(suite), draws),
          },
        );
      const recipe = make();
      expect(recipe).toEqual(make());
      const cuts = recipe.plan.branches.flat();
      expect(recipe.plan.branches.length).toBeGreaterThan(0);
      expect(cuts.every(({ place }) => place >= 0 && place < PLACES)).toBe(true);
      expect(Math.max(...recipe.plan.branches.map(({ length }) => length))).toBeLessThanOrEqual(MANY_CUTS);
      const [input] = fc.sample(randomInputs(suite, STRATEGY, recipe), { seed: 99, numRuns: 1 });
      expect(input?.plan).toEqual(recipe.plan);
      expect(input?.workload.length).toBeGreaterThanOrEqual(0);
    }
  });
});
