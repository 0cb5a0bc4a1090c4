import { expect, test } from 'vitest';
import { NOTHING_OBSERVED } from '../observation/observation.js';
import { scenarioSuites } from '../scenarios/index.js';
import { shippedSuites } from '../suites/index.js';
import * as invariants from './index.js';

/** Made with adapters that are never called: here only the names matter. */
const nineteen = [
  ...Object.values({
    ...invariants,
    fromRule: undefined,
    ofStore: undefined,
    rest: undefined,
    retry: undefined,
    usable: undefined,
  })
    .filter((make) => make !== undefined)
    .map((make) => make(() => NOTHING_OBSERVED)),
  invariants.rest(() => NOTHING_OBSERVED, { settle: async () => {}, head: () => 0 }),
  invariants.retry(() => NOTHING_OBSERVED, { resend: async () => null, head: () => 0, describe: String }),
  invariants.usable(async () => []),
];

test('properties/invariants: nineteen, each with a unique name and a statement', () => {
  expect(new Set(nineteen.map(({ name }) => name)).size).toBe(19);
  for (const { statement } of nineteen) expect(statement).toMatch(/^[A-Z].*\.$/);
});

test('properties/invariants: a suite of the package checks each', () => {
  const checked = new Set(
    [...shippedSuites, ...scenarioSuites].flatMap((suite) => suite.invariants.map(({ name }) => name)),
  );
  expect(nineteen.filter(({ name }) => !checked.has(name))).toEqual([]);
});

test('shippedSuites and scenarioSuites: names are unique', () => {
  const names = [...shippedSuites, ...scenarioSuites].map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
