/** The context of a command that uses little of the machine. For tests. */
import type { Context } from '../context.js';

const never = (): never => {
  throw new Error('Nothing else is used.');
};

/** What is given, and for all else what throws when it is used. */
export const contextWith = (
  given: Pick<Context, 'stdout' | 'stderr' | 'directory'> & Partial<Context>,
): Context => ({
  variables: {},
  loadEngine: never,
  explore: never,
  replayFailures: never,
  describeFile: never,
  playToken: never,
  openInBrowser: never,
  ...given,
});
