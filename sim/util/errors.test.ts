import { expect, it } from 'vitest';
import { thrownText } from './errors.js';

const loop: { self?: unknown } = {};
loop.self = loop;

it.each([
  [new TypeError('no'), 'TypeError: no'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [{ name: 'ErrnoError', errno: 20 }, '{"name":"ErrnoError","errno":20}'],
  [Object.create(null), '{}'],
  [loop, '[object Object]'],
  [{ toJSON: () => undefined }, '[object Object]'],
  ['x'.repeat(500), `${'x'.repeat(300)}…`],
])('thrownText describes what was thrown: %o', (thrown, text) => {
  expect(thrownText(thrown)).toBe(text);
});
