/** Whether an index file says of its segment, and of the log up to its end, what the log itself says. For `verify`, which reads both. */
import type { Buffer } from 'node:buffer';
import type { StoredSegmentIndex } from './index-file.js';
import type { SegmentScan } from './segment.js';
import { BadFrameError, indexFrames } from './segment-index.js';

/** What is known of the log up to the end of a segment. */
export interface LogSoFar {
  /** The first position of each segment. */
  readonly bases: readonly number[];
  readonly versions: ReadonlyMap<string, number>;
}

/** Compares every number of the file that somebody may believe. O(segment + streams). */
export const saysWhatIsThere = (
  stored: StoredSegmentIndex,
  scan: SegmentScan,
  bytes: Buffer,
  known: LogSoFar,
): boolean => {
  const base = scan.base ?? 0;
  const count = scan.nextPosition - base;
  if (stored.base !== base || stored.count !== count || stored.lastCrc !== scan.crc) return false;
  if (!sameNumbers(stored.bases(), known.bases) || !sameVersions(stored.versions(), known.versions))
    return false;
  try {
    return sameIndex(stored, indexFrames(base, count, bytes, scan.frames));
  } catch (error) {
    if (error instanceof BadFrameError) return false;
    throw error;
  }
};

const sameNumbers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((number, index) => number === b[index]);

const sameVersions = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([name, version]) => b.get(name) === version);

const sameIndex = (stored: StoredSegmentIndex, own: ReturnType<typeof indexFrames>): boolean => {
  for (let at = 0; at < own.count; at++)
    if (stored.frameOffsetOf(own.base + at) !== (own.frameOffsets[at] ?? 0)) return false;
  for (const [name, { firstVersion, relative }] of own.slices) {
    const slice = stored.sliceOf(name);
    if (slice === undefined || slice.firstVersion !== firstVersion || slice.count !== relative.length)
      return false;
    if (relative.some((place, index) => place !== slice.relative[slice.start + index])) return false;
  }
  // That no slice is left over the file itself shows: its events would have two streams (index-consistency.ts).
  const { slots } = own.ids;
  for (let slot = 0; slot < slots.length; slot += 2) {
    const hash = slots[slot] ?? 0;
    const place = slots[slot + 1] ?? 0;
    if (place > 0 && !stored.candidatesFor(hash).includes(own.base + place - 1)) return false;
  }
  return true;
};
