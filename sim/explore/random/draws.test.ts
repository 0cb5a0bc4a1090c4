import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Drawn,
  DrawnArbitrary,
  type Draws,
  PlacedArbitrary,
  redrawn,
  repeated,
  valueFrom,
} from './draws.js';

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const words = fc.array(word, { minLength: 1, maxLength: 20 });

const drawnWords = (draws?: Draws): DrawnArbitrary<string[]> =>
  new DrawnArbitrary(new PlacedArbitrary(words), draws);

const generate = (seed: number): Drawn<string[]> => {
  const [drawn] = fc.sample(drawnWords(), { seed, numRuns: 1 });
  if (drawn === undefined) throw new Error('One was asked for.');
  return drawn;
};

const again = (draws: Draws, seed = 0): string[] | undefined =>
  fc.sample(drawnWords(draws), { seed, numRuns: 1 })[0]?.value;

it('DrawnArbitrary generates the same value from the same draws, whatever the seed', () => {
  for (let seed = 0; seed < 50; seed++) {
    const drawn = generate(seed);
    expect(again(drawn.draws, seed + 1)).toEqual(drawn.value);
    expect(drawn.length).toBeGreaterThan(0);
  }
});

/** Its first draw is that of the length, each further one that of a word. */
const sixWords = fc.array(word, { minLength: 6, maxLength: 6 });

const sixDrawn = fc.sample(new DrawnArbitrary(new PlacedArbitrary(sixWords)), { seed: 1, numRuns: 50 });

it('DrawnArbitrary has the draws of a value alone that was chosen among several', () => {
  const three = fc.tuple(...[1, 2, 3].map(() => new PlacedArbitrary(sixWords)));
  const last = three.map((some) => some[2] ?? { value: [], from: 0, to: 0 });
  for (const { value, draws, length } of fc.sample(new DrawnArbitrary(last), { seed: 1, numRuns: 50 })) {
    expect(valueFrom(sixWords, draws)).toEqual(value);
    expect([value.length, length]).toEqual([6, 7]);
  }
});

it('redrawn changes draws from a place on, or up to another', () => {
  for (const { draws, value } of sixDrawn) {
    const from = valueFrom(sixWords, redrawn(draws, 3, 7));
    expect(from.slice(0, 2)).toEqual(value.slice(0, 2));
    expect(from.slice(2)).not.toEqual(value.slice(2));
    const within = valueFrom(sixWords, redrawn(redrawn(draws, 5, 9), 2, 8, 4));
    expect(within[0]).toBe(value[0]);
    expect(within.slice(3, 4)).toEqual(value.slice(3, 4));
  }
});

it('repeated draws give the same part of a value again', () => {
  for (const { draws } of sixDrawn) {
    const changed = redrawn(draws, 2, 7, 3);
    const before = valueFrom(sixWords, changed);
    const after = valueFrom(sixWords, repeated(changed, 1, 3, 3));
    expect(after).toEqual([...before.slice(0, 2), ...before.slice(0, 2), ...before.slice(4)]);
  }
});

it('DrawnArbitrary shrinks as the arbitrary within does', () => {
  const property = fc.property(drawnWords(), ({ value }) => !value.includes('e'));
  const [smallest] = fc.check(property, { seed: 1, numRuns: 500 }).counterexample ?? [];
  expect(smallest?.value).toContain('e');
  expect(smallest?.value.length).toBeLessThanOrEqual(2);
});
