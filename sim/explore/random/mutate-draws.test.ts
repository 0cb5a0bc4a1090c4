import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { stream } from '../../util/seeded-streams.js';
import { type Drawn, DrawnArbitrary, type Draws, PlacedArbitrary, valueFrom } from './draws.js';
import { goneOn, mutatedDraws } from './mutate-draws.js';

/** A command takes from one draw up to three. */
const command = fc.oneof(
  fc.constant('none'),
  fc.integer({ min: 0, max: 99 }).map(String),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })).map((pair) => pair.join('-')),
);
const LONGEST = 9;
const workloads = fc.array(command, { minLength: 1, maxLength: LONGEST });

const generate = (draws: Draws): readonly string[] => valueFrom(workloads, draws);

/** Of at least four commands. */
const drawn: readonly Drawn<string[]>[] = fc
  .sample(new DrawnArbitrary(new PlacedArbitrary(workloads)), { seed: 3, numRuns: 200 })
  .filter(({ value }) => value.length > 3);

/** For each number of commands, how many of the changed workloads begin with as many of the first one's. */
const kept = (mutate: (one: Drawn<string[]>, seed: number) => Draws): readonly number[] => {
  const counts = Array.from({ length: 4 }, () => 0);
  for (const [seed, one] of drawn.entries()) {
    const changed = generate(mutate(one, seed));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThanOrEqual(LONGEST);
    for (let commands = 1; commands < 4; commands++)
      if (one.value.slice(0, commands).join() === changed.slice(0, commands).join())
        counts[commands] = (counts[commands] ?? 0) + 1;
  }
  return counts;
};

it('goneOn keeps the commands up to a place, and few of the others', () => {
  const [, one = 0, two = 0, three = 0] = kept((workload, seed) =>
    goneOn(stream(seed, 'guide'), workload, 2, generate),
  );
  expect(Math.min(one, two)).toBeGreaterThan(0.9 * drawn.length);
  expect(three).toBeLessThan(drawn.length / 4);
});

it('mutatedDraws mostly keeps the commands before a place, and mostly changes what follows', () => {
  const [, one = 0, two = 0, three = 0] = kept((workload, seed) =>
    mutatedDraws(stream(seed, 'guide'), workload, 2, generate),
  );
  expect(one).toBeGreaterThan(0.7 * drawn.length);
  expect(two).toBeGreaterThan(0.4 * drawn.length);
  expect(three).toBeLessThan(0.4 * drawn.length);
});

it('mutatedDraws repeats the command of the place with small changes, also behind the end of the workload', () => {
  const longer = drawn.filter((one, seed) => {
    const { value } = one;
    const changed = generate(mutatedDraws(stream(seed, 'guide'), one, value.length, generate));
    return changed.length > value.length && changed.slice(0, value.length).join() === value.join();
  });
  expect(longer.length).toBeGreaterThan(0.2 * drawn.length);
});
