/** JSON, checked: what a token carries and a history compares must be data that prints and parses to itself. */
import type { Json } from './suite.js';

const describe = (value: unknown): string => {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'object' && value !== null) return `a ${value.constructor?.name ?? 'strange object'}`;
  return typeof value === 'function' ? 'a function' : String(value);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // Of another realm, such as a module graph of its own: plain where nothing is above its prototype.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'); // not null: it has a prototype of its own
};

/** Far deeper than people nest data: what is deeper holds itself. */
const DEPTH_MAX = 500;

export interface NotJson {
  /** Like `[3].amount`; '' for the value itself. */
  readonly path: string;
  /** In words: 'a Date', 'NaN', 'undefined'. */
  readonly what: string;
}

/** What beside JSON is let through: results may hold bigints, which become strings, and zeros of either sign. */
type Lenience = 'none' | '-0' | '-0 and bigint';

/** Where `value` is not JSON; undefined when it is. Cost: linear in the value, nothing is copied. */
export const findNotJson = (
  value: unknown,
  lenience: Lenience = 'none',
  path = '',
  depth = 0,
): NotJson | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') {
    const isNumber = Number.isFinite(value) && (lenience !== 'none' || !Object.is(value, -0));
    return isNumber ? undefined : { path, what: describe(value) };
  }
  if (typeof value === 'bigint' && lenience === '-0 and bigint') return undefined;
  if (typeof value !== 'object') return { path, what: describe(value) };
  if (depth > DEPTH_MAX) return { path: '', what: 'an object that holds itself, or is nested too deep' };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const found = findNotJson(value[index], lenience, `${path}[${index}]`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isPlain(value)) return { path, what: describe(value) };
  for (const [key, item] of Object.entries(value)) {
    const found = findNotJson(item, lenience, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
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
