/**
 * The end of a log that was closed in good order: closing seals a tail that is worth it, so its last segment, too, has
 * an index file, and the next opening reads that and not the segment.
 *
 * The index file is believed if it follows from the index file before it, and the log ends right where it says: with the very
 * frame that it names, and without a byte after it. Otherwise the segment is read. It may then hold more than the file says, or the same in another form
 * (a crash took a compaction back), but not less: the file was written when all of that was durable.
 */
import type { FileSystem } from '../../environment.js';
import { CorruptLogError } from '../errors.js';
import { FRAME_HEADER_BYTES, frameBytesAt, MAX_FRAME_BYTES, readFrame } from '../format/frame.js';
import { goesOnFrom, type LogSoFar } from '../format/index-consistency.js';
import { indexFileName, type StoredSegmentIndex } from '../format/index-file.js';
import { type SegmentScan, segmentFileName } from '../format/segment.js';
import { readRange } from './durable-files.js';
import { readIndexFile } from './seal-segment.js';

/** The index file of the last segment, if there is one that may speak for the whole log. `names`: the directory's. */
export const readLastIndexFile = async (
  fs: FileSystem,
  directory: string,
  names: readonly string[],
  segment: number,
): Promise<StoredSegmentIndex | undefined> => {
  if (!names.includes(indexFileName(segment))) return undefined;
  const stored = await readIndexFile(fs, directory, segment);
  return stored?.baseCount === segment ? stored : undefined;
};

/** Whether the last segment ends where its index file says. Reads one frame. */
export const endsAsIndexed = async (
  fs: FileSystem,
  directory: string,
  index: StoredSegmentIndex,
): Promise<boolean> => {
  const handle = await fs.open(`${directory}/${segmentFileName(index.segment)}`, 'r');
  try {
    const offset = index.lastFrameOffset();
    const header = await readRange(handle, offset, FRAME_HEADER_BYTES);
    const bytes = header.length < FRAME_HEADER_BYTES ? 0 : frameBytesAt(header, 0);
    if (bytes < FRAME_HEADER_BYTES || bytes > MAX_FRAME_BYTES) return false;
    // A full segment's room ahead was given back before its index file was written: the file ends with the frame.
    const end = await readRange(handle, offset, bytes + 1);
    const frame = readFrame(end, 0, Math.min(bytes, end.length), index.segment, offset);
    return frame?.crc === index.lastCrc && end.length === bytes;
  } finally {
    await handle.close();
  }
};

/**
 * Whether an index file goes on where the one of the segment before it ends: what both say of streams and segments must be
 * the same. Reads that file; when it is of no use nothing is known.
 */
export const followsItsPredecessor = async (
  fs: FileSystem,
  directory: string,
  index: StoredSegmentIndex,
): Promise<boolean> => {
  const { segment } = index;
  const before = segment === 1 ? NOTHING : (await readIndexFile(fs, directory, segment - 1))?.logSoFar();
  return before !== undefined && goesOnFrom(before, index.logSoFar(), index.namedSlices());
};

const NOTHING: LogSoFar = { bases: [], nextPosition: 1, versions: new Map() };

/** What is wrong with a last segment that holds less than its index file says; undefined: nothing. */
export const damageAgainst = (index: StoredSegmentIndex, scan: SegmentScan): string | undefined => {
  const last = index.base + index.count - 1;
  // Without a frame there is nothing in it, whatever position its header claims to begin with.
  return scan.frames.length > 0 && scan.nextPosition > last
    ? undefined
    : `no valid frame is there, though events up to ${last} were when its index file was written`;
};

/** @throws CorruptLogError the last segment holds less than its index file says */
export const checkAgainst = (index: StoredSegmentIndex, file: string, scan: SegmentScan): void => {
  const damage = damageAgainst(index, scan);
  if (damage !== undefined) throw new CorruptLogError(file, scan.end, damage);
};
