/** JSON, checked: what a token carries and a history compares must be data that prints and parses to itself. */
import { copyAsJson, type JsonRules, NotJson } from '../../src/json-copy.js';
import type { Json } from './suite.js';

/** Far deeper than people nest data. */
const DEPTH_MAX = 500;

/** What beside JSON is let through: results may hold bigints, which become strings, and zeros of either sign. */
const RULES = {
  none: { depthMax: DEPTH_MAX, allowed: [] },
  '-0': { depthMax: DEPTH_MAX, allowed: ['-0'] },
  '-0 and bigint': { depthMax: DEPTH_MAX, allowed: ['-0', 'bigint'] },
} satisfies Readonly<Record<string, JsonRules>>;

/** Where `value` is not JSON; undefined when it is. Cost: linear in the value. */
export const findNotJson = (value: unknown, lenience: keyof typeof RULES = 'none'): NotJson | undefined => {
  const copy = copyAsJson(value, RULES[lenience]);
  return copy instanceof NotJson ? copy : undefined;
};

/** 'there is a Date at .at'; 'it is NaN'. */
export const notJsonPhrase = ({ path, what }: NotJson): string =>
  path === '' ? `it is ${what}` : `there is ${what} at ${path}`;

const emptyLike = (value: object): Record<string, Json> =>
  Object.getPrototypeOf(value) === null ? Object.create(null) : {};

/** A deep copy: what is done to it leaves the original alone. Faster than printing and parsing for small values. */
export const copyOfJson = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOfJson);
  const copy = emptyLike(value);
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') {
      const own = { value: copyOfJson(item), enumerable: true, configurable: true, writable: true };
      Object.defineProperty(copy, key, own);
    } else copy[key] = copyOfJson(item);
  }
  return copy;
};

/** The value itself, frozen at any depth. */
export const frozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) frozen(item);
    Object.freeze(value);
  }
  return value;
};

/** A deep, frozen copy. */
export const frozenJson = (value: Json): Json => frozen(copyOfJson(value));
