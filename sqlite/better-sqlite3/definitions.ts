/** Functions and aggregates that SQL can call. */
import { OK, type Pointer } from '../engine/c-api.js';
import type { Connection } from '../engine/connection.js';
import type { UserFunction } from '../engine/user-functions.js';
import { result, valueAt } from '../engine/values.js';
import type { Handle } from './handle.js';
import { booleanOption, functionOption } from './options.js';

const UTF8 = 1;
const DETERMINISTIC = 0x800;
const DIRECT_ONLY = 0x80000;
const ARGUMENTS_MAX = 100;

type Call = (...args: unknown[]) => unknown;

interface Definition {
  readonly name: string;
  /** -1: any number. */
  readonly count: number;
  readonly flags: number;
  readonly wantsBigints: boolean;
}

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
  const wantsBigints =
    'safeIntegers' in options ? booleanOption(options, 'safeIntegers') : handle.wantsBigints;
  const flags =
    UTF8 |
    (booleanOption(options, 'deterministic') ? DETERMINISTIC : 0) |
    (booleanOption(options, 'directOnly') ? DIRECT_ONLY : 0);
  return { name, flags, wantsBigints, count: booleanOption(options, 'varargs') ? -1 : limited(count()) };
};

const requireQuiet = (handle: Handle): void => {
  handle.requireOpen();
  handle.requireIdle();
  handle.requireNoIterators();
};

/** What the callbacks of one definition do with arguments, results and what the program throws. */
class Calls {
  constructor(
    private readonly connection: Connection,
    private readonly definition: Definition,
  ) {}

  args(values: readonly Pointer[]): unknown[] {
    return values.map((value) => valueAt(this.connection.machine, value, this.definition.wantsBigints));
  }

  /** Calls `act`; what it throws is what the statement fails with. */
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
    if (result(this.connection.machine, context, value) === OK) return;
    const returned = `User-defined function ${this.definition.name}() returned`;
    throw typeof value === 'bigint'
      ? new RangeError(`${returned} a bigint that was too big`)
      : new TypeError(`${returned} an invalid value`);
  }
}

const unused = (): never => {
  throw new Error('SQLite calls a function in a way that it was not registered for.');
};

export const defineFunction = (handle: Handle, name: string, options: object, call: Call): void => {
  const definition = definitionOf(handle, name, options, () => checkedCount(call.length));
  requireQuiet(handle);
  const { connection } = handle;
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
  const code = machine.withText(name, (text) =>
    machine.api.sqlite3_create_function_v2(
      connection.handle,
      text,
      definition.count,
      definition.flags,
      id,
      session.entry('callFunction'),
      0,
      0,
      session.entry('destroyFunction'),
    ),
  );
  if (code !== OK) connection.throwLast();
};

interface AggregateOptions {
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

export const defineAggregate = (handle: Handle, name: string, options: object): void => {
  const start: unknown = 'start' in options ? options.start : null;
  const step = functionOption(options, 'step');
  if (step === undefined) throw new TypeError('Missing required option "step"');
  const inverse = functionOption(options, 'inverse');
  const ending = functionOption(options, 'result');
  const definition = definitionOf(handle, name, options, () => {
    const count = Math.max(
      checkedCount(step.length),
      inverse === undefined ? 0 : checkedCount(inverse.length),
    );
    return Math.max(count - 1, 0);
  });
  requireQuiet(handle);
  const { connection } = handle;
  const { machine, session } = connection;
  const calls = new Calls(connection, definition);
  const id = session.addFunction(aggregateOf(connection, calls, { start, step, inverse, result: ending }));
  const window = inverse !== undefined;
  const code = machine.withText(name, (text) =>
    machine.api.sqlite3_create_window_function(
      connection.handle,
      text,
      definition.count,
      definition.flags,
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
