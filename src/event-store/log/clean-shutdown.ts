/**
 * The end of a log that was closed in good order: closing seals a tail that is worth it, so its last segment, too, has
 * an index file, and the next opening reads that and not the segment.
 *
 * An index file is believed if the seal of its segment names it: the last frame is the one that the index file names, the seal
 * follows it, and the file ends there. The seal is a part of the log, so an index file that is forged, of another log or of another
 * segment is no use, however sound its own checksum is. Otherwise the segment is read. It may then hold more than the
 * index file says, or the same in another form (a crash took a compaction back), but not less: the file was written when all
 * of that was durable.
 */
import type { FileSystem } from '../../environment.js';
import { CorruptLogError } from '../errors.js';
import { FRAME_HEADER_BYTES, frameBytesAt, MAX_FRAME_BYTES, readFrame } from '../format/frame.js';
import { indexFileName, type StoredSegmentIndex } from '../format/index-file.js';
import { readSeal, SEAL_BYTES, type SegmentScan, segmentFileName } from '../format/segment.js';
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

/** Whether a segment ends where its index file says, with a seal that names that file. Reads one frame and the seal. */
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
    // A full segment's room ahead was given back before its index file was written: the file ends with the seal.
    const end = await readRange(handle, offset, bytes + SEAL_BYTES + 1);
    const frame = readFrame(end, 0, Math.min(bytes, end.length), index.segment, offset);
    if (frame?.crc !== index.lastCrc || end.length !== bytes + SEAL_BYTES) return false;
    const seal = readSeal(end, bytes, index.segment, frame.crc, index.base + index.count, offset);
    return seal?.indexDigest.equals(index.digest) === true;
  } finally {
    await handle.close();
  }
};

/** What is wrong with a last segment that holds less than its index file says; undefined: nothing. */
export const damageAgainst = (index: StoredSegmentIndex, scan: SegmentScan): string | undefined => {
  const last = index.base + index.count - 1;
  // It is all there, and it is the index file that is wrong.
  if (scan.seal !== undefined) return undefined;
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
