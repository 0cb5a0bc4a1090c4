import { expect, test } from 'vitest';
import type { Json } from './event.js';
import { MAX_JSON_DEPTH, toJsonText } from './json.js';

const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

test.each<[string, unknown, string]>([
  ['undefined', undefined, 'data is undefined'],
  ['a property that is undefined', { a: { b: undefined } }, 'data.a.b is undefined'],
  ['NaN', { a: [1, Number.NaN] }, 'data.a[1] is NaN'],
  ['Infinity', Number.POSITIVE_INFINITY, 'data is Infinity'],
  ['a bigint', [1n], 'data[0] is a bigint'],
  ['a function', { f: () => 1 }, 'data.f is a function'],
  ['a symbol', [Symbol('s')], 'data[0] is a symbol'],
  ['a Date', { at: new Date(0) }, 'data.at is an instance of a class'],
  ['a Map', new Map(), 'data is an instance of a class'],
  ['a hole in an array', new Array(2), 'data[0] is undefined'],
  ['a cycle', cyclic, 'nested deeper than 1000 levels, or contains itself'],
  ['too deep a nesting', nested(MAX_JSON_DEPTH + 1), 'nested deeper than 1000 levels'],
])('refuses %s, and says where it is', (_, value, message) => {
  // The types forbid these; programs without types don't.
  expect(() => toJsonText(value as Json)).toThrow(message);
});

test.each<[string, Json]>([
  ['a __proto__ key', JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Json],
  ['a lone surrogate', 'a\ud800b'],
  ['the deepest nesting', nested(MAX_JSON_DEPTH)],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ['text with line separators and zeros', '\u2028\u2029\0'],
])('keeps %s', (_, value) => {
  expect(JSON.parse(toJsonText(value))).toEqual(value);
});
