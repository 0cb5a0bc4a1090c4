/**
 * Turns a value into JSON text, or says which part of it JSON can't hold. Each part is read once, into a copy, and the copy
 * is what is written: a getter, a proxy or a `toJSON` can't show one value to the check and another to the disk.
 */
import { textOfThrown } from '../../thrown.js';
import { InvalidArgumentError } from '../errors.js';
import type { Json } from '../event.js';

/** Deeper than any honest document, and shallow enough that no parser's stack overflows on it. */
export const MAX_JSON_DEPTH = 1000;

/** What is wrong, and where: the path is put together on the way out, so that a sound value costs nothing. */
class Fault {
  constructor(
    readonly path: string,
    readonly what: string,
  ) {}

  inside(step: string): Fault {
    return new Fault(`${step}${this.path}`, this.what);
  }
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm (a vm context) are plain too: their prototype is one without a prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

/** Hides a `toJSON` that somebody gave to all objects or all arrays of this process. */
const withoutToJson = <Copy extends object>(copy: Copy): Copy =>
  'toJSON' in Array.prototype && !Object.hasOwn(copy, 'toJSON')
    ? Object.defineProperty(copy, 'toJSON', { value: undefined })
    : copy;

const copyOfArray = (value: readonly unknown[], depth: number): readonly Json[] | Fault => {
  const copy: Json[] = [];
  const { length } = value;
  for (let index = 0; index < length; index++) {
    const part = copyOf(value[index], depth);
    if (part instanceof Fault) return part.inside(`[${index}]`);
    copy.push(part);
  }
  return withoutToJson(copy);
};

const copyOfObject = (value: object, depth: number): Json | Fault => {
  if (depth > MAX_JSON_DEPTH)
    return new Fault('', `nested deeper than ${MAX_JSON_DEPTH} levels, or contains itself`);
  if (Array.isArray(value)) return copyOfArray(value, depth);
  if (!isPlain(value)) return new Fault('', 'an instance of a class');
  const fields = value as Readonly<Record<string, unknown>>; // what any object is
  const copy: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const part = copyOf(fields[key], depth);
    if (part instanceof Fault) return part.inside(`.${key}`);
    // Assigned, `__proto__` would become the copy's prototype, and a frozen prototype would refuse all of its names.
    if (key in Object.prototype) Object.defineProperty(copy, key, { value: part, enumerable: true });
    else copy[key] = part;
  }
  for (const symbol of Object.getOwnPropertySymbols(value))
    if (Object.prototype.propertyIsEnumerable.call(value, symbol))
      return new Fault(`[${String(symbol)}]`, 'under a symbol');
  return withoutToJson(copy);
};

const copyOf = (value: unknown, depth: number): Json | Fault => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : new Fault('', String(value));
    case 'object':
      return value === null ? null : copyOfObject(value, depth + 1);
    case 'undefined':
      return new Fault('', 'undefined');
    default:
      return new Fault('', `a ${typeof value}`);
  }
};

const brief = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}...` : path);

/** How a value is spoken of in an error. */
export interface Naming {
  /** The name of the value's part at a path, such as '.a[1]', or of all of it at ''. */
  readonly part: (path: string) => string;
  /** What did not happen because of it. */
  readonly outcome: string;
}

const EVENT_DATA: Naming = { part: (path) => `data${path}`, outcome: 'nothing was appended' };

/**
 * The JSON text of `value`. O(size). Lone surrogates and `__proto__` keys survive the round trip; -0 becomes 0.
 * @throws InvalidArgumentError naming the place of what JSON can't hold (undefined, NaN, a Date, a cycle, ...)
 */
export const toJsonText = (value: unknown, { part, outcome }: Naming = EVENT_DATA): string => {
  let why: string;
  try {
    const copy = copyOf(value, 0);
    if (!(copy instanceof Fault)) return JSON.stringify(copy);
    why = `${part(brief(copy.path))} is ${copy.what}: JSON can't hold that`;
  } catch (error) {
    // A getter or a proxy that throws, or a text longer than the longest string.
    why = `${part('')} can't be written as JSON (${textOfThrown(error)})`;
  }
  throw new InvalidArgumentError(`${why}; ${outcome}.`);
};
