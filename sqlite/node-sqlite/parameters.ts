/** The values of a statement's parameters, from the arguments of a call. */

import type { Connection } from '../engine/connection.js';
import { bind, NO_SUCH_TYPE } from '../engine/values.js';
import { OK, type Pointer, TOOBIG } from '../wasm/c-api.js';
import { invalidState, invalidType, invalidValue } from './errors.js';

export interface NamingRules {
  readonly allowBareNamedParameters: boolean;
  readonly allowUnknownNamedParameters: boolean;
}

const nameAt = ({ machine }: Connection, statement: Pointer, index: number): string | undefined =>
  machine.text(machine.api.sqlite3_bind_parameter_name(statement, index));

const put = (connection: Connection, statement: Pointer, index: number, value: unknown): void => {
  // Unlike elsewhere, `undefined` is no null here.
  const code = value === undefined ? NO_SUCH_TYPE : bind(connection.machine, statement, index, value);
  if (code === OK) return;
  if (code === NO_SUCH_TYPE)
    throw invalidType(`Provided value cannot be bound to SQLite parameter ${index}.`);
  if (code === TOOBIG && typeof value === 'bigint') throw invalidValue('BigInt value is too large to bind.');
  connection.throwCode(code);
};

/** Indexes by the names that a program may use. */
const indexesOf = (
  connection: Connection,
  statement: Pointer,
  allowsBare: boolean,
): ReadonlyMap<string, number> => {
  const indexes = new Map<string, number>();
  const bare = new Map<string, string>();
  const count = connection.machine.api.sqlite3_bind_parameter_count(statement);
  for (let index = 1; index <= count; index++) {
    const name = nameAt(connection, statement, index);
    if (name === undefined) continue;
    indexes.set(name, index);
    if (!allowsBare) continue;
    const short = name.slice(1);
    const known = bare.get(short);
    if (known !== undefined)
      throw invalidState(
        `Cannot create bare named parameter '${short}' because of conflicting names '${known}' and '${name}'.`,
      );
    bare.set(short, name);
    indexes.set(short, index);
  }
  return indexes;
};

/** @throws errors with the codes of `node:sqlite` */
export const bindArguments = (
  connection: Connection,
  statement: Pointer,
  rules: NamingRules,
  args: readonly unknown[],
): void => {
  const [first, ...rest] = args;
  const hasNames = typeof first === 'object' && first !== null && !ArrayBuffer.isView(first);
  if (hasNames) {
    const indexes = indexesOf(connection, statement, rules.allowBareNamedParameters);
    for (const [key, value] of Object.entries(first)) {
      const index = indexes.get(key);
      if (index !== undefined) put(connection, statement, index, value);
      else if (!rules.allowUnknownNamedParameters) throw invalidState(`Unknown named parameter '${key}'`);
    }
  }
  let index = 0;
  for (const value of hasNames ? rest : args) {
    do index += 1;
    while (nameAt(connection, statement, index) !== undefined);
    put(connection, statement, index, value);
  }
};
