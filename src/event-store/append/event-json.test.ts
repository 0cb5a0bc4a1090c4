import { describe, expect, test } from 'vitest';
import { InvalidArgumentError } from '../errors.js';
import type { Json } from '../event.js';
import { MAX_JSON_DEPTH, toJsonText } from './event-json.js';

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
  ['a Date', { at: new Date(0) }, 'data.at is a Date'],
  ['a Map', new Map(), 'data is a Map'],
  ['a hole in an array', new Array(2), 'data[0] is undefined'],
  ['a symbol as a key', { a: { [Symbol('k')]: 1 } }, 'data.a[Symbol(k)] is under a symbol'],
  ['a cycle', cyclic, 'nested deeper than 1000 levels, or contains itself'],
  ['too deep a nesting', nested(MAX_JSON_DEPTH + 1), 'nested deeper than 1000 levels'],
])('toJsonText refuses %s, and names its path', (_, value, message) => {
  // The types forbid these; programs without types don't.
  expect(() => toJsonText(value as Json)).toThrow(message);
});

test.each<[string, Json]>([
  ['a __proto__ key', JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Json],
  ['a lone surrogate', 'a\ud800b'],
  ['the deepest nesting', nested(MAX_JSON_DEPTH)],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ['an object with a hidden symbol', Object.defineProperty({ a: 1 }, Symbol('k'), { value: 1 })],
  ['text with line separators and zeros', '\u2028\u2029\0'],
])('toJsonText keeps %s', (_, value) => {
  expect(JSON.parse(toJsonText(value))).toEqual(value);
});

describe('toJsonText writes the copy that it has checked', () => {
  /** Shows each value once, in turn. */
  const changing = (...values: readonly unknown[]): object => {
    let reads = 0;
    return { get a() { return values[reads++]; } }; // biome-ignore format: one line
  };

  test('a getter is read once', () => {
    expect(toJsonText(changing(1, Number.NaN) as Json)).toBe('{"a":1}');
    expect(() => toJsonText(changing(Number.NaN, 1) as Json)).toThrow('data.a is NaN');
  });

  test('a proxy is read once', () => {
    let reads = 0;
    const proxy = new Proxy({ a: 1 }, { get: () => (reads++ === 0 ? 1 : undefined) });
    expect(toJsonText(proxy)).toBe('{"a":1}');
    const list = new Proxy([1, 2], {
      get: (target, key) => (key === '0' ? reads++ : Reflect.get(target, key)),
    });
    expect(toJsonText(list)).toBe('[1,2]');
  });

  test('toJSON is not called, wherever it is', () => {
    class Shouting extends Array<number> {
      toJSON(): string {
        return 'LOUD';
      }
    }
    const hidden = Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'hidden' });
    const inherited = Object.assign(Object.create(Object.create(null, { toJSON: { value: () => 2 } })), {
      a: 1,
    });
    expect(toJsonText(Shouting.from([1, 2]) as Json)).toBe('[1,2]');
    expect(toJsonText(Object.assign([1], { toJSON: () => 2 }) as Json)).toBe('[1]');
    expect(toJsonText(hidden)).toBe('{"a":1}');
    expect(toJsonText(inherited as Json)).toBe('{"a":1}');
    expect(() => toJsonText({ toJSON: () => 1 } as unknown as Json)).toThrow('data.toJSON is a function');
  });

  test.each([
    ['all objects', Object.prototype],
    ['all arrays', Array.prototype],
  ])('toJSON of %s is not called', (_, prototype) => {
    Object.defineProperty(prototype, 'toJSON', { value: () => 'LOUD', configurable: true });
    try {
      expect(toJsonText({ a: [1, { toJSON: 'mine' }] })).toBe('{"a":[1,{"toJSON":"mine"}]}');
    } finally {
      Reflect.deleteProperty(prototype, 'toJSON');
    }
  });

  test('names of a frozen prototype are names like others', () => {
    Object.defineProperty(Object.prototype, 'frozen', { value: 1, configurable: true });
    try {
      expect(toJsonText({ frozen: 2, a: 1 })).toBe('{"frozen":2,"a":1}');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'frozen');
    }
  });

  test('what throws when it is read is refused, whatever it throws', () => {
    const nothing: unknown = Object.create(null);
    for (const thrown of [new Error('no'), undefined, nothing, Symbol('s')]) {
      const value = { get a(): Json { throw thrown; } }; // biome-ignore format: one line
      expect(() => toJsonText(value)).toThrow(InvalidArgumentError);
    }
    expect(() => toJsonText(Proxy.revocable({}, {}).proxy)).not.toThrow();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(() => toJsonText(proxy)).toThrow(InvalidArgumentError);
  });

  test('-0 becomes 0', () => {
    expect(toJsonText({ a: -0 })).toBe('{"a":0}');
  });
});
