/** The names of SQLite's result codes, which its build lists itself. */
import type { Machine } from '../wasm/machine.js';

let names: ReadonlyMap<number, string> | undefined;

const namesOf = (machine: Machine): ReadonlyMap<number, string> => {
  const lists: unknown = JSON.parse(machine.text(machine.api.sqlite3__wasm_enum_json()) ?? '{}');
  const codes: unknown = Reflect.get(Object(lists), 'resultCodes');
  return new Map(Object.entries(Object(codes)).map(([name, code]) => [Number(code), name]));
};

/** `SQLITE_BUSY`; that of the lower byte where an extended code has no name of its own. */
export const resultName = (machine: Machine, code: number): string => {
  names ??= namesOf(machine);
  return names.get(code) ?? names.get(code & 0xff) ?? `UNKNOWN_SQLITE_ERROR_${code}`;
};
