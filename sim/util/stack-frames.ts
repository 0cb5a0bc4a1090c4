/** Stacks as V8 writes them: taken where the code stands, or from an error, and read frame by frame. */

/** A stack is cut off here: a program may have put anything in its place. */
const STACK_CHARACTERS_MAX = 20_000;

export interface StackFrame {
  /** A path or a URL, as the stack has it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The stack below the frame of `callee`, a function that is running. Costs some 10 µs. */
export const stackBelow = (callee: object, framesMax: number): string => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = framesMax;
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee as () => void); // any function on the stack; the type asks for one by name
  // Reading formats it, with source maps where they are in use.
  const stack = String(holder.stack);
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
};

/** The stack of what was thrown; '' where it has none. Never throws. */
export const stackOf = (thrown: unknown): string => {
  try {
    const stack: unknown =
      typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'stack') : undefined;
    return typeof stack === 'string' ? stack.slice(0, STACK_CHARACTERS_MAX) : '';
  } catch {
    return ''; // a getter that throws: nothing is known
  }
};

/**
 * What opens the location in a frame's line: names and paths may have parentheses of their own. Both 'a test (of x)
 * (/app/a.ts:1:2)' and 'perform (/app/copy (2)/a.ts:1:2)' are lines that V8 writes.
 */
const OPENING = / \((?=\/|[A-Za-z]:[\\/]|[a-z]+:|eval at |<anonymous>|index \d|native)/;

/** Where a frame's line says that it is: 'file:1:2' of 'at name (file:1:2)' or 'at async file:1:2'. */
const locationIn = (line: string): string | undefined => {
  const text = line.trim();
  if (!text.startsWith('at ')) return undefined;
  const opening = text.endsWith(')') ? OPENING.exec(text) : null;
  return opening === null ? text.replace(/^at (async )?/, '') : text.slice(opening.index + 2, -1);
};

/** The frame in one line of a stack. Undefined where the line names no position in a file, as of code that was evaluated. */
export const frameIn = (line: string): StackFrame | undefined => {
  const [, file, row, column] = /^(.+?):(\d+):(\d+)$/.exec(locationIn(line) ?? '') ?? [];
  if (file === undefined || file.startsWith('eval at ')) return undefined;
  return { file, line: Number(row), column: Number(column) };
};

/**
 * The name of the function in one line of a stack, without its receiver: 'append' of 'at async Store.append [as add] (/a.ts:1:2)'.
 * '' where it has none.
 */
export const functionIn = (line: string): string => {
  const text = line.trim();
  const opening = text.endsWith(')') ? OPENING.exec(text) : null;
  if (opening === null || !text.startsWith('at ')) return '';
  const name = text
    .slice(0, opening.index)
    .replace(/^at (async )?(new )?/, '')
    .replace(/ \[as [^\]]*\]$/, '');
  const own = name.slice(name.lastIndexOf('.') + 1);
  return own === '<anonymous>' ? '' : own;
};

/** The frames of a stack, the innermost first. */
export const framesIn = (stack: string): readonly StackFrame[] =>
  stack.split('\n').flatMap((line) => frameIn(line) ?? []);
