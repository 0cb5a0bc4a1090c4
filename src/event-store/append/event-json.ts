/** Turns a value into JSON text, or says which part of it JSON can't hold. The text is that of the copy that was checked. */
import { copyAsJson, type JsonRules, NotJson } from '../../json-copy.js';
import { textOfThrown } from '../../thrown.js';
import { InvalidArgumentError } from '../errors.js';

/** Deeper than any honest document, and shallow enough that no parser's stack overflows on it. */
export const MAX_JSON_DEPTH = 1000;

const RULES: JsonRules = { depthMax: MAX_JSON_DEPTH, allowed: ['-0'] };

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
    const copy = copyAsJson(value, RULES);
    if (!(copy instanceof NotJson)) return JSON.stringify(copy);
    why = `${part(brief(copy.path))} is ${copy.what}: JSON can't hold that`;
  } catch (error) {
    // A getter or a proxy that throws, or a text longer than the longest string.
    why = `${part('')} can't be written as JSON (${textOfThrown(error)})`;
  }
  throw new InvalidArgumentError(`${why}; ${outcome}.`);
};
