/** Stop reasons as a set: sorted and without doubles, so that the order of workloads, parts and shards does not show. */
import { STOPPING_EVENTS, STOPPING_LIMITS, type StopReason } from './result.js';

const KINDS: readonly StopReason['kind'][] = [...STOPPING_LIMITS, ...STOPPING_EVENTS];

const limitOf = (reason: StopReason): number => ('limit' in reason ? reason.limit : 0);

const compare = (a: StopReason, b: StopReason): number =>
  KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || limitOf(a) - limitOf(b);

/** All reasons of several sets. Cost: n log n. */
export const stopReasons = (...sets: readonly (readonly StopReason[])[]): readonly StopReason[] => {
  const sorted = sets.flat().sort(compare);
  return sorted.filter((reason, index) => {
    const before = sorted[index - 1];
    return before === undefined || compare(before, reason) !== 0;
  });
};

/**
 * Whether the counts of images are lower bounds beside this reason. Beside a depth they are not: they count the images of
 * up to that many successive power cuts, and all of those were found.
 */
export const isLowerBound = ({ kind }: StopReason): boolean => kind !== 'depth';
