/** Functions and aggregates that SQL can call, by the options of `better-sqlite3`. */
import { type Call, type Definition, registerAggregate, registerFunction } from '../functions/register.js';
import type { Handle } from './handle.js';
import { booleanOption, functionOption } from './options.js';

const ARGUMENTS_MAX = 100;

const checkedCount = (length: unknown): number => {
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0)
    throw new TypeError('Expected function.length to be a positive integer');
  return length;
};

const limited = (count: number): number => {
  if (count > ARGUMENTS_MAX)
    throw new RangeError('User-defined functions cannot have more than 100 arguments');
  return count;
};

const definitionOf = (handle: Handle, name: string, options: object, count: () => number): Definition => {
  const returned = `User-defined function ${name}() returned`;
  return {
    name,
    count: booleanOption(options, 'varargs') ? -1 : limited(count()),
    isDeterministic: booleanOption(options, 'deterministic'),
    isDirectOnly: booleanOption(options, 'directOnly'),
    wantsBigints: 'safeIntegers' in options ? booleanOption(options, 'safeIntegers') : handle.wantsBigints,
    invalidResult: (value) =>
      typeof value === 'bigint'
        ? new RangeError(`${returned} a bigint that was too big`)
        : new TypeError(`${returned} an invalid value`),
  };
};

/** Refuses what would change the connection under a statement. */
export const requireQuiet = (handle: Handle): void => {
  handle.requireOpen();
  handle.requireIdle();
  handle.requireNoIterators();
};

export const defineFunction = (handle: Handle, name: string, options: object, call: Call): void => {
  const definition = definitionOf(handle, name, options, () => checkedCount(call.length));
  requireQuiet(handle);
  registerFunction(handle.connection, definition, call);
};

export const defineAggregate = (handle: Handle, name: string, options: object): void => {
  const start: unknown = 'start' in options ? options.start : null;
  const step = functionOption(options, 'step');
  if (step === undefined) throw new TypeError('Missing required option "step"');
  const inverse = functionOption(options, 'inverse');
  const result = functionOption(options, 'result');
  const definition = definitionOf(handle, name, options, () => {
    const count = Math.max(
      checkedCount(step.length),
      inverse === undefined ? 0 : checkedCount(inverse.length),
    );
    return Math.max(count - 1, 0);
  });
  requireQuiet(handle);
  registerAggregate(handle.connection, definition, { start, step, inverse, result });
};
