import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { stream } from '../../util/seeded-streams.js';
import { type Drawn, DrawnArbitrary, mutatedDraws } from './draws.js';

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const words = fc.array(word, { minLength: 1, maxLength: 20 });

const generate = (seed: number): Drawn<string[]> => {
  const [drawn] = fc.sample(new DrawnArbitrary(words), { seed, numRuns: 1 });
  if (drawn === undefined) throw new Error('One was asked for.');
  return drawn;
};

const again = ({ draws }: Pick<Drawn<unknown>, 'draws'>, seed: number): string[] | undefined =>
  fc.sample(new DrawnArbitrary(words, draws), { seed, numRuns: 1 })[0]?.value;

it('DrawnArbitrary generates the same value from the same draws, whatever the seed', () => {
  for (let seed = 0; seed < 50; seed++) {
    const drawn = generate(seed);
    expect(again(drawn, seed + 1)).toEqual(drawn.value);
    expect(drawn.length).toBeGreaterThan(0);
  }
});

it('mutatedDraws makes mostly draws of similar values, each one that the arbitrary allows', () => {
  let alike = 0;
  let changed = 0;
  for (let seed = 0; seed < 200; seed++) {
    const drawn = generate(seed);
    const value = again({ draws: mutatedDraws(stream(seed, 'guide'), drawn.draws, drawn.length) }, 0) ?? [];
    expect(value.length).toBeGreaterThan(0);
    expect(value.length).toBeLessThanOrEqual(20);
    if (value.join() !== drawn.value.join()) changed += 1;
    if (value[0] === drawn.value[0]) alike += 1;
  }
  expect(changed).toBeGreaterThan(100);
  expect(alike).toBeGreaterThan(90);
});

it('DrawnArbitrary shrinks as the arbitrary within does', () => {
  const property = fc.property(new DrawnArbitrary(words), ({ value }) => !value.includes('e'));
  const [smallest] = fc.check(property, { seed: 1, numRuns: 500 }).counterexample ?? [];
  expect(smallest?.value).toContain('e');
  expect(smallest?.value.length).toBeLessThanOrEqual(2);
});
