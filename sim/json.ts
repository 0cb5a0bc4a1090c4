/** JSON, checked: what a token carries and a history compares must be data that prints and parses to itself. */
import { codedError } from './errors.js';

const describe = (value: unknown): string => {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'object' && value !== null) return `a ${value.constructor?.name ?? 'strange object'}`;
  return typeof value === 'function' ? 'a function' : String(value);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** Where `value` is not JSON, as a path like `[3].amount`; undefined when it is. */
const notJsonAt = (
  value: unknown,
  path: string,
): { readonly path: string; readonly value: unknown } | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? undefined : { path, value };
  if (typeof value !== 'object') return { path, value };
  if (!Array.isArray(value) && !isPlain(value)) return { path, value };
  for (const [key, item] of Object.entries(value)) {
    const found = notJsonAt(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** @throws PowercutError 'COMMAND_NOT_JSON', naming the place and the value */
export const assertJsonCommands = (suite: string, workload: readonly unknown[]): void => {
  const found = notJsonAt(workload, '');
  if (found === undefined) return;
  throw codedError(
    'COMMAND_NOT_JSON',
    `Suite '${suite}' generated a command that is not JSON: at ${found.path} there is ${describe(found.value)}. ` +
      'Commands travel in tokens, so use only null, booleans, finite numbers, strings, arrays and plain objects.',
  );
};
