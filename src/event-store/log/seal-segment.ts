/**
 * What is done to a segment when it is full: system streams past their `maxCount` are compacted, the seal that names the
 * index file is put behind its last frame, and the index file is written. All of it only saves work later. When it fails, the log
 * is as good as before, so the store goes on.
 *
 * Order. The compacted segment takes the place of the old one by a rename after its sync, so there is always one
 * of them whole. The rename is made durable before a reader sees the gaps: what it no longer finds must not come back. The name of
 * the index file becomes durable by the first append to the next segment.
 */
import { Buffer } from 'node:buffer';
import type { Environment, FileSystem } from '../../environment.js';
import { errorCode } from '../../thrown.js';
import { isSystemStream } from '../event.js';
import { digestOf, encodeIndexFile, indexFileName, StoredSegmentIndex } from '../format/index-file.js';
import { encodeSeal, scanSegment, segmentFileName } from '../format/segment.js';
import { type GrowingSegmentIndex, indexFrames } from '../format/segment-index.js';
import { compact, type MayDrop } from './compaction.js';
import { syncDirectory, writeRange } from './durable-files.js';
import type { FullSegment, Log } from './log.js';
import type { LogIndex } from './log-index.js';

/** How many of a system stream's last events are kept at least; undefined: all. */
export type MaxCount = (streamName: string) => number | undefined;

/** A sealed segment in its final form. */
interface FinalForm {
  readonly bytes: Buffer;
  /** The crc of its last frame. */
  readonly crc: number;
  readonly own: GrowingSegmentIndex;
}

/** Seals the tail, if there is one. A file system that fails it here fails nothing else. */
export const sealTail = async (
  env: Environment,
  directory: string,
  log: Log,
  index: LogIndex,
  maxCount: MaxCount,
): Promise<void> => {
  const full = log.seal();
  if (full === undefined) return;
  const asItWas: FinalForm = { bytes: full.bytes, crc: full.crc, own: index.seal() };
  try {
    const compacted = compactedForm(full, asItWas.own, mayDropBy(index, maxCount));
    const final = compacted ?? asItWas;
    const { number } = full;
    const summary = { segment: number, lastCrc: final.crc, bases: log.bases, versions: index.versions };
    const indexFile = encodeIndexFile(final.own, summary);
    const end = final.own.base + final.own.count;
    const seal = encodeSeal(number, final.bytes.length, final.crc, end, digestOf(indexFile));
    if (compacted === undefined) await finish(full, seal);
    else {
      await finish(full, undefined);
      await putInPlace(env.fs, directory, number, Buffer.concat([compacted.bytes, seal]));
    }
    await writeFile(env.fs, `${directory}/${indexFileName(number)}`, indexFile);
    index.replace(full.number, final.own);
    log.endSealing(full.number, final.bytes);
    env.mark(compacted === undefined ? 'store:segment-sealed' : 'store:segment-compacted');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    env.mark('store:sealing-failed');
    // What is on disk now is either form of the segment: have it read again when it is needed.
    index.replace(full.number, undefined);
    log.endSealing(full.number, undefined);
  }
};

/**
 * Writes the seal, gives back the room that was allocated ahead, and makes both durable: nothing is written to this file again
 * that would take its new size along, so a power cut in a year's time might still find the old one.
 */
const finish = async ({ handle, bytes, allocated }: FullSegment, seal: Buffer | undefined): Promise<void> => {
  const end = bytes.length + (seal?.length ?? 0);
  try {
    if (seal !== undefined) await writeRange(handle, seal, bytes.length, end, bytes.length);
    else if (allocated <= end) return;
    if (allocated > end) await handle.truncate(end);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const mayDropBy =
  (index: LogIndex, maxCount: MaxCount): MayDrop =>
  (streamName, version) => {
    if (!isSystemStream(streamName)) return false;
    const kept = maxCount(streamName);
    return kept !== undefined && version <= index.versionOf(streamName) - Math.max(kept, 1);
  };

const compactedForm = (
  full: FullSegment,
  own: GrowingSegmentIndex,
  mayDrop: MayDrop,
): FinalForm | undefined => {
  const any = [...own.slices].some(([streamName, { firstVersion }]) => mayDrop(streamName, firstVersion));
  if (!any) return undefined;
  const { frames } = scanSegment(full.bytes, full.number);
  const bytes = compact(full, frames, full.base + own.count, mayDrop);
  if (bytes === undefined) return undefined;
  const scan = scanSegment(bytes, full.number);
  return { bytes, crc: scan.crc, own: indexFrames(full.base, own.count, bytes, scan.frames) };
};

const putInPlace = async (
  fs: FileSystem,
  directory: string,
  segment: number,
  bytes: Buffer,
): Promise<void> => {
  const path = `${directory}/compacted.tmp`;
  await writeFile(fs, path, bytes);
  await fs.rename(path, `${directory}/${segmentFileName(segment)}`);
  await syncDirectory(fs, directory);
};

const writeFile = async (fs: FileSystem, path: string, bytes: Buffer): Promise<void> => {
  const handle = await fs.open(path, 'w');
  try {
    await writeRange(handle, bytes, 0, bytes.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The index file of a segment; undefined when it is missing or not whole. */
export const readIndexFile = async (
  fs: FileSystem,
  directory: string,
  segment: number,
): Promise<StoredSegmentIndex | undefined> => {
  let bytes: Buffer;
  try {
    bytes = await fs.readFile(`${directory}/${indexFileName(segment)}`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
  const stored = StoredSegmentIndex.read(bytes);
  return stored?.segment === segment ? stored : undefined;
};
