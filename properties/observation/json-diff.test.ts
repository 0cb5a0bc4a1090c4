import { describe, expect, test } from 'vitest';
import type { Json } from '../../sim/suite/suite.js';
import { firstDifference, inWords, sameJson } from './json-diff.js';

describe('sameJson and firstDifference', () => {
  test.each<[Json, Json]>([
    [null, null],
    [
      { a: 1, b: [1, { c: 'x' }] },
      { b: [1, { c: 'x' }], a: 1 },
    ],
    [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
  ])('%j is %j', (left, right) => {
    expect(sameJson(left, right)).toBe(true);
  });

  test.each<[Json, Json, string]>([
    [1, '1', ''],
    [null, {}, ''],
    [[], {}, ''],
    [[1], [1, 2], '1'],
    [{ a: { b: 1 } }, { a: { b: 2 } }, 'a.b'],
    [{ a: 1 }, { a: 1, b: null }, 'b'],
    [JSON.parse('{"__proto__":1}'), {}, '__proto__'],
    [{}, { constructor: 1 }, 'constructor'],
  ])('%j is not %j: they differ at "%s"', (left, right, path) => {
    expect(firstDifference(left, right)?.path).toBe(path);
  });
});

describe('inWords', () => {
  test('is its JSON', () => expect(inWords({ a: 'x' })).toBe('a "x"'));
  test('is nothing where it is absent', () => expect(inWords(undefined)).toBe('nothing'));
  test('is cut where it is long', () => expect(inWords('x'.repeat(500))).toHaveLength(120));
});
