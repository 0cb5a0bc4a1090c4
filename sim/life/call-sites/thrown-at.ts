/** Where an error that a program did not handle was made, read off its stack. */
import { frameOf } from './call-site.js';

/** A stack is cut off here: a program may have put anything in its place. */
const STACK_CHARACTERS = 20_000;

const stackOf = (error: unknown): string => {
  try {
    const stack: unknown =
      typeof error === 'object' && error !== null ? Reflect.get(error, 'stack') : undefined;
    return typeof stack === 'string' ? stack.slice(0, STACK_CHARACTERS) : '';
  } catch {
    return ''; // a getter that throws: nothing is known
  }
};

/** 'path:line' of the innermost frame that is the program's; undefined where the stack has none. Never throws. */
export const thrownAt = (error: unknown): string | undefined => {
  for (const line of stackOf(error).split('\n')) {
    const frame = frameOf(line);
    if (frame !== undefined) return `${frame.file}:${frame.line}`;
  }
  return undefined;
};
