/** Turns event data into JSON text, or says which part of it JSON can't hold. */
import { InvalidArgumentError } from './errors.js';
import type { Json } from './event.js';

/** Deeper than any honest document, and shallow enough that no parser's stack overflows on it. */
export const MAX_JSON_DEPTH = 1000;

/** What is wrong, and where: the path is put together on the way out, so that a sound value costs nothing. */
interface Fault {
  readonly path: string;
  readonly what: string;
}

const inside = (fault: Fault, step: string): Fault => ({ path: `${step}${fault.path}`, what: fault.what });

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Objects of another realm (a vm context) are plain too: their prototype is one without a prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

const objectFault = (value: object, depth: number): Fault | undefined => {
  if (depth > MAX_JSON_DEPTH) {
    return { path: '', what: `nested deeper than ${MAX_JSON_DEPTH} levels, or contains itself` };
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = findFault(value[index], depth);
      if (fault !== undefined) return inside(fault, `[${index}]`);
    }
    return undefined;
  }
  if (!isPlain(value)) return { path: '', what: 'an instance of a class' };
  const fields = value as Readonly<Record<string, unknown>>; // what any object is
  for (const key of Object.keys(value)) {
    const fault = findFault(fields[key], depth);
    if (fault !== undefined) return inside(fault, `.${key}`);
  }
  return undefined;
};

const findFault = (value: unknown, depth: number): Fault | undefined => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : { path: '', what: String(value) };
    case 'object':
      return value === null ? undefined : objectFault(value, depth + 1);
    case 'undefined':
      return { path: '', what: 'undefined' };
    default:
      return { path: '', what: `a ${typeof value}` };
  }
};

const brief = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}...` : path);

/**
 * The JSON text of `value`. O(size). Lone surrogates and `__proto__` keys survive the round trip; -0 becomes 0.
 * @throws InvalidArgumentError naming the place of what JSON can't hold (undefined, NaN, a Date, a cycle, ...)
 */
export const toJsonText = (value: Json): string => {
  const fault = findFault(value, 0);
  if (fault !== undefined) {
    throw new InvalidArgumentError(
      `data${brief(fault.path)} is ${fault.what}: JSON can't hold that; nothing was appended.`,
    );
  }
  try {
    return JSON.stringify(value);
  } catch (error) {
    // What is left after the check: a text longer than the longest string, or a getter that throws.
    throw new InvalidArgumentError(`data can't be written as JSON (${String(error)}); nothing was appended.`);
  }
};
