/** That a replay is not the run it was, and where that shows first. */
import type { ReplayResult } from '../sim/result/result.js';

type Compared = Pick<ReplayResult, 'same' | 'differsAt' | 'trace'>;

const where = ({ differsAt, trace }: Compared): string => {
  if (differsAt === undefined) return 'No step is known to differ.';
  const entry = trace[differsAt - 1];
  // Past `--until`, or past the end of what the run does now.
  if (entry === undefined) return `It shows first at step ${differsAt}.`;
  const site = entry.site === undefined ? '' : ` (${entry.site.file}:${entry.site.line})`;
  return `Step ${differsAt} is the first that is not as it was; now it is: ${entry.label}${site}.`;
};

/** Undefined when it is the same run. */
export const changeTold = (result: Compared): string | undefined =>
  result.same
    ? undefined
    : `Not the same run as when the token was made: the code or the suite has changed since. ${where(result)}`;
