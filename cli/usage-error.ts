/** What ends the command line with exit code 2: something the caller can put right, said in one line. */

import { thrownParts } from '../sim/util/errors.js';

export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The first line of what was thrown, whatever was thrown: suites are other people's code. Where that only announces the
 * next one, as compilers do ("Transform failed with 1 error:"), both. Never throws.
 */
export const messageOf = (thrown: unknown): string => {
  const { name, message } = thrownParts(thrown);
  const [first = '', next = ''] = (message || name).split('\n', 2).map((line) => line.trim());
  return (first.endsWith(':') ? `${first} ${next}`.trim() : first) || 'unknown error';
};

const STACK_CHARACTERS_MAX = 10_000;

/** The stack of what was thrown, if it has one that is text. Never throws: a suite can have replaced what makes stacks. */
export const stackOf = (thrown: unknown): string | undefined => {
  try {
    const stack: unknown = thrown instanceof Error ? thrown.stack : undefined;
    return typeof stack === 'string' ? stack.slice(0, STACK_CHARACTERS_MAX) : undefined;
  } catch {
    return undefined;
  }
};
