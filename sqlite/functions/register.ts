/** Functions and aggregates that SQL can call, registered with SQLite. */

import type { Connection } from '../engine/connection.js';
import type { UserFunction } from '../engine/user-functions.js';
import { result, valueAt } from '../engine/values.js';
import { OK, type Pointer } from '../wasm/c-api.js';

const UTF8 = 1;
const DETERMINISTIC = 0x800;
const DIRECT_ONLY = 0x80000;

export type Call = (...args: unknown[]) => unknown;

export interface Definition {
  readonly name: string;
  /** -1: any number. */
  readonly count: number;
  readonly isDeterministic: boolean;
  readonly isDirectOnly: boolean;
  readonly wantsBigints: boolean;
  /** The error for a result that SQL has no type for. */
  readonly invalidResult: (value: unknown) => Error;
}

const flagsOf = ({ isDeterministic, isDirectOnly }: Definition): number =>
  UTF8 | (isDeterministic ? DETERMINISTIC : 0) | (isDirectOnly ? DIRECT_ONLY : 0);

/** What the callbacks of one definition do with arguments, results and what the program throws. */
class Calls {
  constructor(
    private readonly connection: Connection,
    private readonly definition: Definition,
  ) {}

  args(values: readonly Pointer[]): unknown[] {
    return values.map((value) => valueAt(this.connection.machine, value, this.definition.wantsBigints));
  }

  /** Calls `act`. An error of it makes the statement fail. */
  attempt(context: Pointer, act: () => void): boolean {
    if (this.connection.thrown !== undefined) return false;
    try {
      act();
      return true;
    } catch (error) {
      this.connection.thrown = { error };
      const { machine } = this.connection;
      machine.withText('', (text, bytes) => machine.api.sqlite3_result_error(context, text, bytes));
      return false;
    }
  }

  result(context: Pointer, value: unknown): void {
    if (result(this.connection.machine, context, value) !== OK) throw this.definition.invalidResult(value);
  }
}

const unused = (): never => {
  throw new Error('SQLite calls a function in a way that it was not registered for.');
};

export const registerFunction = (connection: Connection, definition: Definition, call: Call): void => {
  const { machine, session } = connection;
  const calls = new Calls(connection, definition);
  const id = session.addFunction({
    call: (context, values) =>
      void calls.attempt(context, () =>
        calls.result(context, Reflect.apply(call, undefined, calls.args(values))),
      ),
    step: unused,
    inverse: unused,
    value: unused,
  });
  const code = machine.withText(definition.name, (text) =>
    machine.api.sqlite3_create_function_v2(
      connection.handle,
      text,
      definition.count,
      flagsOf(definition),
      id,
      session.entry('callFunction'),
      0,
      0,
      session.entry('destroyFunction'),
    ),
  );
  if (code !== OK) connection.throwLast();
};

export interface AggregateOptions {
  readonly start: unknown;
  readonly step: Call;
  readonly inverse: Call | undefined;
  readonly result: Call | undefined;
}

/** The state of one group or window, kept by the address that SQLite has for it. */
interface Accumulator {
  value: unknown;
  isWindow: boolean;
}

const aggregateOf = (connection: Connection, calls: Calls, options: AggregateOptions): UserFunction => {
  const groups = new Map<Pointer, Accumulator>();
  const keyOf = (context: Pointer): Pointer => connection.machine.api.sqlite3_aggregate_context(context, 8);
  const groupOf = (context: Pointer): Accumulator => {
    const key = keyOf(context);
    const known = groups.get(key);
    if (known !== undefined) return known;
    const { start } = options;
    const made = {
      value: typeof start === 'function' ? Reflect.apply(start, undefined, []) : start,
      isWindow: false,
    };
    groups.set(key, made);
    return made;
  };
  const attempt = (context: Pointer, act: () => void): void => {
    if (!calls.attempt(context, act)) groups.delete(keyOf(context));
  };
  const stepBy = (call: Call, context: Pointer, values: readonly Pointer[]): void =>
    attempt(context, () => {
      const group = groupOf(context);
      const next: unknown = Reflect.apply(call, undefined, [group.value, ...calls.args(values)]);
      if (next !== undefined) group.value = next;
    });
  return {
    call: unused,
    step: (context, values) => stepBy(options.step, context, values),
    inverse: (context, values) => stepBy(options.inverse ?? unused, context, values),
    value: (context, isFinal) => {
      attempt(context, () => {
        const group = groupOf(context);
        if (isFinal && group.isWindow) return;
        group.isWindow = !isFinal;
        const { value } = group;
        calls.result(context, options.result === undefined ? value : options.result(value));
      });
      if (isFinal) groups.delete(keyOf(context));
    },
  };
};

export const registerAggregate = (
  connection: Connection,
  definition: Definition,
  options: AggregateOptions,
): void => {
  const { machine, session } = connection;
  const calls = new Calls(connection, definition);
  const id = session.addFunction(aggregateOf(connection, calls, options));
  const window = options.inverse !== undefined;
  const code = machine.withText(definition.name, (text) =>
    machine.api.sqlite3_create_window_function(
      connection.handle,
      text,
      definition.count,
      flagsOf(definition),
      id,
      session.entry('stepFunction'),
      session.entry('finalFunction'),
      window ? session.entry('valueFunction') : 0,
      window ? session.entry('inverseFunction') : 0,
      session.entry('destroyFunction'),
    ),
  );
  if (code !== OK) connection.throwLast();
};
