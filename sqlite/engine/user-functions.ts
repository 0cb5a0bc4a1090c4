/** Functions that SQL can call: one set of C callbacks for all of them, told apart by the number that each is registered with. */
import type { WasmFunction } from '../wasm/assembly.js';
import type { Pointer } from '../wasm/c-api.js';
import type { Machine } from '../wasm/machine.js';
import type { Signature } from '../wasm/trampolines.js';

/** A function or an aggregate. It reports its own errors: an exception must not pass through SQLite. */
export interface UserFunction {
  /** Of a function: computes the result. */
  call(context: Pointer, values: readonly Pointer[]): void;
  step(context: Pointer, values: readonly Pointer[]): void;
  inverse(context: Pointer, values: readonly Pointer[]): void;
  /** The result so far; the last one when `isFinal`. */
  value(context: Pointer, isFinal: boolean): void;
}

export const FUNCTION_SIGNATURES = {
  callFunction: 'v(iii)',
  stepFunction: 'v(iii)',
  inverseFunction: 'v(iii)',
  valueFunction: 'v(i)',
  finalFunction: 'v(i)',
  destroyFunction: 'v(i)',
} as const satisfies Readonly<Record<string, Signature>>;

interface Registry {
  readonly functions: Map<number, UserFunction>;
}

export const functionMethods = (
  machine: () => Machine,
  registry: () => Registry,
): Readonly<Record<keyof typeof FUNCTION_SIGNATURES, WasmFunction>> => {
  const calledIn = (context: Pointer): UserFunction => {
    const known = registry().functions.get(machine().api.sqlite3_user_data(context));
    if (known === undefined) throw new Error('SQLite calls a function that is not registered.');
    return known;
  };
  const valuesAt = (count: number, at: Pointer): readonly Pointer[] =>
    Array.from({ length: count }, (_, index) => machine().pointer(at + 4 * index));
  return {
    callFunction: (context: Pointer, count: number, values: Pointer) =>
      calledIn(context).call(context, valuesAt(count, values)),
    stepFunction: (context: Pointer, count: number, values: Pointer) =>
      calledIn(context).step(context, valuesAt(count, values)),
    inverseFunction: (context: Pointer, count: number, values: Pointer) =>
      calledIn(context).inverse(context, valuesAt(count, values)),
    valueFunction: (context: Pointer) => calledIn(context).value(context, false),
    finalFunction: (context: Pointer) => calledIn(context).value(context, true),
    destroyFunction: (id: number) => void registry().functions.delete(id),
  };
};
