/** What ends the command line with exit code 2: something the caller can put right, said in one line. */

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
 * next one, as compilers do ("Transform failed with 1 error:"), both.
 */
export const messageOf = (thrown: unknown): string => {
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  const [first = '', next = ''] = message.split('\n', 2).map((line) => line.trim());
  return (first.endsWith(':') ? `${first} ${next}`.trim() : first) || 'unknown error';
};

/** The stable code of what was thrown, if it has one. */
export const codeOf = (thrown: unknown): string | undefined =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
