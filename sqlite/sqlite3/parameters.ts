/** The values of a statement's parameters, from the arguments of a call of `sqlite3`. */

import type { Connection } from '../engine/connection.js';
import { bind, type SqlValue } from '../engine/values.js';
import { OK, type Pointer } from '../wasm/c-api.js';

/** A value, and where it goes: the number of a parameter, from 1, or its name with its prefix. */
export type Bound = readonly [place: number | string, value: SqlValue];

export type Callback = (...args: unknown[]) => unknown;

/** What a call is given: the callback comes last. */
export interface Given {
  readonly bound: readonly Bound[];
  readonly callback: Callback | undefined;
}

const isInt32 = (value: number): boolean => (value | 0) === value;

/** Undefined for what `sqlite3` leaves unbound. */
const sqlValueOf = (value: unknown): SqlValue | undefined => {
  if (typeof value === 'string' || value === null || Buffer.isBuffer(value)) return value;
  if (value instanceof RegExp) return String(value);
  if (typeof value === 'number') return isInt32(value) ? BigInt(value) : value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (value instanceof Date) return Number(value);
  // That is what it binds, whatever the object's own text is.
  return typeof value === 'object' ? '[object Object]' : undefined;
};

const isList = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  value instanceof RegExp ||
  value instanceof Date ||
  Buffer.isBuffer(value);

const isCallback = (value: unknown): value is Callback => typeof value === 'function';

/** A name that is a whole number is the number of a parameter. */
const placeOf = (name: string): number | string => (isInt32(Number(name)) ? Number(name) : name);

const placed = (args: readonly unknown[]): readonly (readonly [number | string, unknown])[] => {
  const [first] = args;
  if (Array.isArray(first)) return first.map((value: unknown, index) => [index + 1, value]);
  if (isList(first)) return args.map((value, index) => [index + 1, value]);
  return Object.entries(Object(first)).map(([name, value]) => [placeOf(name), value]);
};

export const givenBy = (args: readonly unknown[]): Given => {
  const last = args.at(-1);
  const callback = isCallback(last) ? last : undefined;
  const values = callback === undefined ? args : args.slice(0, -1);
  const bound = placed(values).flatMap(([place, value]): Bound[] => {
    const known = sqlValueOf(value);
    return known === undefined ? [] : [[place, known]];
  });
  return { bound, callback };
};

/** Binds the values, after a reset. @returns SQLite's code */
export const bindAll = ({ machine }: Connection, statement: Pointer, bound: readonly Bound[]): number => {
  const { api } = machine;
  if (bound.length === 0) return OK;
  api.sqlite3_reset(statement);
  api.sqlite3_clear_bindings(statement);
  const indexOf = (name: string): number => {
    const count = api.sqlite3_bind_parameter_count(statement);
    for (let index = 1; index <= count; index++)
      if (machine.text(api.sqlite3_bind_parameter_name(statement, index)) === name) return index;
    return 0;
  };
  for (const [place, value] of bound) {
    const code = bind(machine, statement, typeof place === 'number' ? place : indexOf(place), value);
    if (code !== OK) return code;
  }
  return OK;
};
