/** The values of a statement's parameters, from the arguments of a call. */

import { bind, NO_SUCH_TYPE } from '../engine/values.js';
import { NOMEM, OK, type Pointer, RANGE, TOOBIG } from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';

interface Parameters {
  readonly count: number;
  /** By name, without its prefix. */
  readonly named: readonly (readonly [name: string, index: number])[];
  readonly anonymous: readonly number[];
}

export const parametersOf = (machine: Machine, statement: Pointer): Parameters => {
  const { api } = machine;
  const count = api.sqlite3_bind_parameter_count(statement);
  const indexes = Array.from({ length: count }, (_, index) => index + 1);
  const nameOf = (index: number): string | undefined =>
    machine.text(api.sqlite3_bind_parameter_name(statement, index));
  const named = indexes.flatMap((index) => {
    const name = nameOf(index);
    return name === undefined ? [] : [[name.slice(1), index] as const];
  });
  return { count, named, anonymous: indexes.filter((index) => nameOf(index) === undefined) };
};

/** An object literal, of this realm or another: nothing, or only some realm's Object.prototype, is above it. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const ERRORS = new Map([
  [NO_SUCH_TYPE, () => new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null')],
  [TOOBIG, () => new RangeError('The bound string, buffer, or bigint is too big')],
  [RANGE, () => new RangeError('Too many parameter values were provided')],
  [NOMEM, () => new Error('Out of memory')],
]);

/** @throws TypeError and RangeError, with the messages of `better-sqlite3` */
export const bindArguments = (
  machine: Machine,
  statement: Pointer,
  parameters: Parameters,
  args: readonly unknown[],
): void => {
  let nextAnonymous = 0;
  let bound = 0;
  let hasObject = false;
  const put = (value: unknown, index: number): void => {
    const code = bind(machine, statement, index, value);
    if (code === OK) return;
    throw ERRORS.get(code)?.() ?? new Error('An unexpected error occured while trying to bind parameters');
  };
  const putNext = (value: unknown): void => {
    put(value, parameters.anonymous[nextAnonymous] ?? parameters.count + 1);
    nextAnonymous += 1;
    bound += 1;
  };
  const putNamed = (values: object): void => {
    if (hasObject) throw new TypeError('You cannot specify named parameters in two different objects');
    hasObject = true;
    for (const [name, index] of parameters.named) {
      if (!Object.hasOwn(values, name)) throw new RangeError(`Missing named parameter "${name}"`);
      put(Reflect.get(values, name), index);
      bound += 1;
    }
  };
  for (const arg of args) {
    if (Array.isArray(arg)) {
      for (let index = 0; index < arg.length; index++) putNext(arg[index]);
    } else if (typeof arg === 'object' && arg !== null && !ArrayBuffer.isView(arg)) {
      if (isPlain(arg)) putNamed(arg);
      else if (parameters.named.length > 0)
        throw new TypeError('Named parameters can only be passed within plain objects');
      else putNext(arg);
    } else putNext(arg);
  }
  if (bound > parameters.count) throw new RangeError('Too many parameter values were provided');
  if (bound < parameters.count)
    throw !hasObject && parameters.named.length > 0
      ? new TypeError('Missing named parameters')
      : new RangeError('Too few parameter values were provided');
};
