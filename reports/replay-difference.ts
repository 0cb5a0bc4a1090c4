/** Reports that a replay diverges from the run its token records, and the first divergence. */
import type { ReplayResult } from '../sim/result/result.js';

type Compared = Pick<ReplayResult, 'same' | 'differsAt' | 'trace'>;

const where = ({ differsAt, trace }: Compared): string => {
  if (differsAt === undefined) return 'Every step is the same as far as the token records it.';
  const entry = trace[differsAt - 1];
  // Past `--until`, or past the end of what the run does now.
  if (entry === undefined) return `First divergence at step ${differsAt}.`;
  const site = entry.site === undefined ? '' : ` (${entry.site.file}:${entry.site.line})`;
  return `First divergence at step ${differsAt}, which is now: ${entry.label}${site}.`;
};

/** Undefined when it is the same run. */
export const changeTold = (result: Compared): string | undefined =>
  result.same
    ? undefined
    : `Not the run that the token records: the code or the suite has changed. ${where(result)}`;
