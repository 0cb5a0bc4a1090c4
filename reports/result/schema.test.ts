import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostile, sixDesigns, withSurprise } from '../fixtures/results.js';
import { findMismatch } from './schema.js';

const schema: unknown = JSON.parse(readFileSync(new URL('../result.schema.json', import.meta.url), 'utf8'));
const ajvConforms = new Ajv2020({ strict: true }).compile(JSON.parse(JSON.stringify(schema)));

type Place = readonly (string | number)[];

/** Every place in a JSON value, the top first. */
const places = (value: unknown, at: Place = []): readonly Place[] => [
  at,
  ...(Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...at, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, item]) => places(item, [...at, name]))
      : []),
];

const REMOVED = Symbol('removed');

/** A copy with the value at `place` replaced, or removed. */
const mutate = (value: unknown, place: Place, replacement: unknown): unknown => {
  const [head, ...rest] = place;
  if (head === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item, i) => (i === head ? mutate(item, rest, replacement) : item));
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return Object.fromEntries(
    entries.flatMap(([name, item]) => {
      if (name !== head) return [[name, item]];
      return rest.length === 0 && replacement === REMOVED ? [] : [[name, mutate(item, rest, replacement)]];
    }),
  );
};

describe('findMismatch: the published schema', () => {
  it.each([
    ['six designs', sixDesigns()],
    ['hostile texts', hostile()],
    ['a surprise', withSurprise()],
    ['a shard', { ...sixDesigns(), shard: { index: 1, count: 2 } }],
  ])('accepts a result: %s', (_, result) => {
    expect(ajvConforms(result)).toBe(true);
    expect(findMismatch(result, schema)).toBeUndefined();
  });

  it.each([
    ['no digest', { digest: undefined }, 'digest'],
    ['another version', { schemaVersion: 1 }, '/schemaVersion'],
    ['an unknown property', { extra: 1 }, 'extra'],
    ['suites that are no list', { suites: {} }, '/suites'],
    ['half a step', { seconds: -1 }, '/seconds'],
  ])('refuses a result with %s, saying where', (_, change, where) => {
    const changed: unknown = JSON.parse(JSON.stringify({ ...sixDesigns(), ...change }));
    expect(ajvConforms(changed)).toBe(false);
    const mismatch = findMismatch(changed, schema);
    expect(`${mismatch?.path} ${mismatch?.message}`).toContain(where);
  });

  it('is read by the small checker as by ajv, wherever a result is damaged', () => {
    const result = { ...sixDesigns(), suites: sixDesigns().suites.slice(0, 1) };
    const anyPlace = fc.constantFrom(...places(result));
    const replacement = fc.oneof(
      fc.constantFrom<unknown>(REMOVED, null, -1, 0, 1.5, '', 'x', 'safe', true, [], {}, [1], { a: 1 }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(anyPlace, replacement, (place, value) => {
        fc.pre(!(place.length === 0 && value === REMOVED));
        const damaged: unknown = JSON.parse(JSON.stringify(mutate(result, place, value)) ?? 'null');
        expect(findMismatch(damaged, schema) === undefined).toBe(ajvConforms(damaged));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('uses no keyword that the small checker does not know', () => {
    expect(() => findMismatch({}, { type: 'object', maxProperties: 1 })).toThrow("keyword 'maxProperties'");
  });
});
