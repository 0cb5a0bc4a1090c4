import { expect, it } from 'vitest';
import type { Suite } from '../../suite/suite.js';
import { counterSuite } from '../../testing/counter.js';
import {
  drawnInputs,
  guidedInputs,
  type InputsAsked,
  type PlacedInput,
  parentsWanted,
} from './make-inputs.js';
import type { Parent } from './mutate-input.js';

const SUITE = counterSuite('careful') as unknown as Suite; // a suite of any system
const ASKED: InputsAsked = { suite: SUITE, strategy: { kind: 'mixed' }, seed: 5, from: 3 };

const runsOf = (inputs: readonly PlacedInput[]): number =>
  inputs.reduce((sum, { input }) => sum + input.plan.branches.length, 0);

const parentOf = ({ input: { drawn, plan } }: PlacedInput): Parent => {
  if (drawn === undefined) throw new Error('It was drawn.');
  return { recipe: { ...drawn, plan: { ...plan, branches: plan.branches.slice(0, 1) } }, place: 1 };
};

it('drawnInputs makes input n of a seed, wherever it begins', () => {
  const all = [...drawnInputs({ ...ASKED, from: 0 }, 400)];
  expect(all.map(({ index }) => index)).toEqual([...all.keys()]);
  expect([...drawnInputs(ASKED, 20)]).toEqual(all.slice(3, 8));
});

it('guidedInputs makes inputs for as many runs as are asked for, each to be found again by its recipe', () => {
  const parents = [...drawnInputs(ASKED, 40)].map(parentOf);
  const inputs = [...guidedInputs(ASKED, 30, parents, 'a')];
  expect(inputs).toEqual([...guidedInputs(ASKED, 30, parents, 'a')]);
  expect(inputs).not.toEqual([...guidedInputs(ASKED, 30, parents, 'b')]);
  expect(runsOf(inputs)).toBeGreaterThanOrEqual(30);
  expect(runsOf(inputs.slice(0, -1))).toBeLessThan(30);
  for (const { input, recipe } of inputs) expect(input.plan).toEqual(recipe?.plan);
});

it('guidedInputs draws what there are too few parents for', () => {
  const drawn = [...drawnInputs(ASKED, 40)];
  const blind = [...guidedInputs(ASKED, 40, [], 'a')];
  expect(blind.map(({ input }) => input)).toEqual(drawn.map(({ input }) => input));
  expect(blind.every(({ recipe }) => recipe !== undefined)).toBe(true);
  const [first] = drawn;
  const parents = first === undefined ? [] : [parentOf(first)];
  const one = [...guidedInputs(ASKED, 40, parents, 'a')].map(({ input }) => input);
  expect(parentsWanted(40)).toBeGreaterThan(one.length / 2);
  expect(one[0]).not.toEqual(drawn[0]?.input);
  expect(one.slice(2, 4)).toEqual(drawn.slice(1, 3).map(({ input }) => input));
});

it('guidedInputs makes the same inputs of parents that share their draws and of copies of them', () => {
  const parents = [...drawnInputs(ASKED, 400)].map(parentOf).flatMap((one) => [one, one]);
  const copies = parents.map((one) => structuredClone(one));
  expect([...guidedInputs(ASKED, 600, copies, 'a')]).toEqual([...guidedInputs(ASKED, 600, parents, 'a')]);
});
