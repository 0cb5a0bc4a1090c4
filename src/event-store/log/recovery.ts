/**
 * Opens a log: finds its segments, judges every byte of the tail, cuts what a power cut tore, and makes sure of the
 * rest. A log that was closed cleanly has no tail (clean-shutdown.ts).
 *
 * The last group in the log may not be durable: the process may have been killed between write and sync, or the sync may have
 * failed, after which the system takes the same pages for clean. So recovery repeats the append of that group (write, sync,
 * and for the first group of a segment a sync of the directory) before any read. The same write zeroes the bytes after the
 * group. A power cut may interrupt recovery anywhere: it then starts over.
 */
import type { Buffer } from 'node:buffer';
import type { Environment, FileSystem } from '../../environment.js';
import { errorCode } from '../../thrown.js';
import { CorruptLogError } from '../errors.js';
import { indexFileName, lastIndexNumber, type StoredSegmentIndex } from '../format/index-file.js';
import {
  endOfContent,
  findProofOfDamage,
  foreignHeader,
  hasStrayContent,
  parseSegmentFileName,
  type SegmentScan,
  scanSegment,
  segmentFileName,
} from '../format/segment.js';
import {
  BadFrameError,
  checkCovered,
  forEachEntry,
  GrowingSegmentIndex,
  indexFrames,
  type SegmentIndex,
} from '../format/segment-index.js';
import { checkAgainst, endsAsIndexed, readLastIndexFile } from './clean-shutdown.js';
import {
  type FileHandle,
  openToWrite,
  readWhole,
  syncAncestors,
  syncDirectory,
  writeRange,
} from './durable-files.js';
import { Log, type LogOptions, type Tail } from './log.js';
import { type LoadSegmentIndex, LogIndex } from './log-index.js';
import { readIndexFile } from './seal-segment.js';

/** The unacknowledged end of the log, torn by a power cut, that was cut off. */
export interface TornTail {
  readonly file: string;
  /** Where it began: bytes from the start of the file. */
  readonly offset: number;
  /** How far it reached. */
  readonly bytes: number;
}

/** What opening the store found. */
export interface RecoveryReport {
  readonly events: number;
  readonly segments: number;
  /** Absent when nothing was torn. */
  readonly tornTail?: TornTail;
}

/** What opening the store gives. */
export interface Recovered {
  readonly log: Log;
  readonly index: LogIndex;
  readonly report: RecoveryReport;
}

/** A segment as it was read. */
interface ReadSegment {
  readonly number: number;
  readonly file: string;
  readonly bytes: Buffer;
  readonly scan: SegmentScan;
  /** After this there are only zeros. At least where the last valid frame ends. */
  readonly contentEnd: number;
}

/** The segments before the tail. */
interface SealedSegments {
  readonly bases: readonly number[];
  readonly indexes: readonly (SegmentIndex | undefined)[];
  readonly versions: Map<string, number>;
  readonly nextPosition: number;
  /** Those that had to be read. */
  readonly read: readonly ReadSegment[];
}

/** The last file of the log, open, and what it is. */
interface LastSegment extends ReadSegment {
  readonly handle: FileHandle;
  /** 'tail': it grows on. 'sealed': it is complete. 'blank': no append to it ever became durable as a whole. */
  readonly state: 'tail' | 'sealed' | 'blank';
}

/**
 * Opens the log. Reads the tail and the last index file, and the whole log only when that file is of no use.
 * @throws CorruptLogError the log is damaged in a way no power cut explains; nothing was changed
 */
export const recoverLog = async (
  env: Environment,
  directory: string,
  options: LogOptions,
): Promise<Recovered> => {
  const names = await list(env.fs, directory);
  const count = countSegments(directory, names);
  const lastIndex = await readLastIndexFile(env.fs, directory, names, count);
  if (lastIndex !== undefined && (await endsAsIndexed(env.fs, directory, lastIndex)))
    return openClosed(env, directory, options, lastIndex);
  const last = count === 0 ? undefined : await openLast(env, directory, count);
  try {
    if (lastIndex !== undefined && last !== undefined) {
      checkAgainst(lastIndex, last.file, last.scan);
      await dropIndexFile(env, directory, lastIndex, last.scan);
    }
    return await recoverFrom(env, directory, options, last);
  } catch (error) {
    await last?.handle.close().catch(() => {}); // The first error is the one to tell.
    throw error;
  }
};

/**
 * The segment is sealed and its log was read nevertheless: so its index file is wrong. It is removed, durably, before the seal makes
 * room for more events. Without the seal, events that only the file claims would count as missing, and so as damage.
 */
const dropIndexFile = async (
  { fs, mark }: Environment,
  directory: string,
  index: StoredSegmentIndex,
  { seal }: SegmentScan,
): Promise<void> => {
  if (seal === undefined) return;
  await fs.rm(`${directory}/${indexFileName(index.segment)}`, { force: true });
  await syncDirectory(fs, directory);
  mark('store:index-file-dropped');
};

/** The log, when the last index file describes all of it. */
const openClosed = (
  env: Environment,
  directory: string,
  options: LogOptions,
  last: StoredSegmentIndex,
): Recovered => {
  const nextPosition = last.base + last.count;
  const log = new Log(env, directory, options, last.bases(), undefined, nextPosition);
  const load = indexLoader(env.fs, directory, log);
  const growing = new GrowingSegmentIndex(nextPosition);
  const index = new LogIndex(load, last.versions(), onlyLast(last), growing);
  return { log, index, report: { events: nextPosition - 1, segments: last.segment } };
};

/** The indexes of all segments up to this one. Only its own is in memory. */
const onlyLast = (last: StoredSegmentIndex): readonly (SegmentIndex | undefined)[] =>
  Array.from({ length: last.segment }, (_, at) => (at === last.segment - 1 ? last : undefined));

const recoverFrom = async (
  env: Environment,
  directory: string,
  options: LogOptions,
  last: LastSegment | undefined,
): Promise<Recovered> => {
  const { fs } = env;
  const sealedCount = last === undefined ? 0 : last.state === 'sealed' ? last.number : last.number - 1;
  const grows = last?.state === 'tail' ? last : undefined;
  const sealed = await readSealed(fs, directory, sealedCount, grows?.scan.base);
  if (sealedCount > 0) env.mark(sealed.read.length === 0 ? 'store:opened-by-index' : 'store:opened-by-log');
  const growing = new GrowingSegmentIndex(sealed.nextPosition);
  if (grows !== undefined) indexInto(growing, sealed.versions, grows, sealed.nextPosition);
  const tornTail = last === undefined ? undefined : await cutTornTail(env, directory, last);
  // Without an event nothing was ever acknowledged, and the directory itself may not be durable yet.
  if (grows === undefined && sealedCount === 0) await syncAncestors(fs, directory);
  const tail = grows === undefined ? undefined : tailOf(grows);
  const nextPosition = growing.base + growing.count;
  const log = new Log(env, directory, options, sealed.bases, tail, nextPosition);
  for (const { number, bytes, scan } of sealed.read) log.keep(number, bytes.subarray(0, scan.end));
  const load = indexLoader(fs, directory, log);
  const index = new LogIndex(load, sealed.versions, sealed.indexes, growing);
  const report = { events: nextPosition - 1, segments: sealedCount + (tail === undefined ? 0 : 1) };
  return { log, index, report: tornTail === undefined ? report : { ...report, tornTail } };
};

const pathOf = (directory: string, number: number): string => `${directory}/${segmentFileName(number)}`;

/** Segments are numbered from 1 and none is ever missing; nor is one that has an index file, written when it was full. */
const countSegments = (directory: string, names: readonly string[]): number => {
  const numbers = names
    .map(parseSegmentFileName)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
  numbers.forEach((number, index) => {
    if (number === index + 1) return;
    const missing = pathOf(directory, index + 1);
    throw new CorruptLogError(missing, 0, `it is missing, though segment ${number} exists`);
  });
  const indexed = lastIndexNumber(names);
  if (indexed > numbers.length) {
    const missing = pathOf(directory, numbers.length + 1);
    throw new CorruptLogError(missing, 0, `it is missing, though segment ${indexed} has an index file`);
  }
  return numbers.length;
};

/** What is in the directory, which is made if need be. */
const list = async (fs: FileSystem, directory: string): Promise<readonly string[]> => {
  try {
    return await fs.readdir(directory);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    await fs.mkdir(directory, { recursive: true });
    return [];
  }
};

const judge = (file: string, number: number, bytes: Buffer): ReadSegment => {
  const foreign = foreignHeader(bytes);
  if (foreign !== undefined) throw new CorruptLogError(file, foreign.offset, foreign.why);
  const scan = scanSegment(bytes, number);
  return { number, file, bytes, scan, contentEnd: endOfContent(bytes, scan.validEnd) };
};

const openLast = async (env: Environment, directory: string, number: number): Promise<LastSegment> => {
  const file = pathOf(directory, number);
  const handle = await openToWrite(env, file, 'existing');
  try {
    const segment = judge(file, number, await readWhole(handle));
    const { bytes, scan, contentEnd } = segment;
    const proof = findProofOfDamage(bytes, scan.validEnd, contentEnd, number);
    if (proof !== undefined || (scan.compacted && hasStrayContent(scan, contentEnd))) {
      const why =
        proof === undefined ? 'the segment was complete' : `one written later is at ${proof.offset}`;
      throw new CorruptLogError(file, scan.end, `no valid frame is there, though ${why}`);
    }
    const state = scan.compacted ? 'sealed' : scan.frames.length > 0 ? 'tail' : 'blank';
    return { ...segment, handle, state };
  } catch (error) {
    await handle.close().catch(() => {}); // The first error is the one to tell.
    throw error;
  }
};

/**
 * The index file stands for the whole log before the tail, but only if the tail goes on right where the index ends:
 * an older one could have been left by a crash. `tailBase` is undefined when there is no tail to ask.
 */
const readSealed = async (
  fs: FileSystem,
  directory: string,
  count: number,
  tailBase: number | undefined,
): Promise<SealedSegments> => {
  if (count === 0) return { bases: [], indexes: [], versions: new Map(), nextPosition: 1, read: [] };
  const stored = tailBase === undefined ? undefined : await readIndexFile(fs, directory, count);
  const isOfThisLog =
    stored !== undefined &&
    stored.base + stored.count === tailBase &&
    stored.baseCount === count &&
    (await endsAsIndexed(fs, directory, stored));
  if (!isOfThisLog) return await readSealedLog(fs, directory, count);
  return {
    bases: stored.bases(),
    indexes: onlyLast(stored),
    versions: stored.versions(),
    nextPosition: tailBase,
    read: [],
  };
};

const readSealedLog = async (fs: FileSystem, directory: string, count: number): Promise<SealedSegments> => {
  const bases: number[] = [];
  const indexes: SegmentIndex[] = [];
  const read: ReadSegment[] = [];
  const versions = new Map<string, number>();
  let nextPosition = 1;
  for (let number = 1; number <= count; number++) {
    const file = pathOf(directory, number);
    const segment = judge(file, number, await fs.readFile(file));
    const { scan, contentEnd } = segment;
    // Everything in it had been synced before the next segment was created.
    if (scan.frames.length === 0 || hasStrayContent(scan, contentEnd)) {
      throw new CorruptLogError(file, scan.end, 'no valid frame is there, though a later segment exists');
    }
    const index = new GrowingSegmentIndex(nextPosition);
    indexInto(index, versions, segment, nextPosition);
    bases.push(nextPosition);
    indexes.push(index);
    read.push(segment);
    nextPosition = scan.nextPosition;
  }
  return { bases, indexes, versions, nextPosition, read };
};

/** Indexes the frames of a segment, which begins with position `due`, and goes on with the streams' versions. */
const indexInto = (
  index: GrowingSegmentIndex,
  versions: Map<string, number>,
  { file, bytes, scan }: ReadSegment,
  due: number,
): void => {
  if (scan.base !== due) {
    throw new CorruptLogError(file, 0, `it begins with event ${scan.base}, though event ${due} was due`);
  }
  try {
    const last = forEachEntry(
      bytes,
      scan.frames,
      scan.nextPosition,
      ({ streamName, version, messageIdHash }, position, frame) => {
        const before = versions.get(streamName) ?? 0;
        // Compaction drops the oldest events of a stream, so its versions may begin later, but never go back.
        if (scan.compacted ? version <= before : version !== before + 1) {
          throw new RangeError(`event ${position} has version ${version} after ${before} in its stream`);
        }
        index.add(streamName, version, messageIdHash, position, frame.offset);
        versions.set(streamName, version);
      },
    );
    checkCovered(scan.frames, scan.nextPosition, last);
  } catch (error) {
    if (!(error instanceof BadFrameError)) throw error;
    throw new CorruptLogError(file, error.offset, error.message);
  }
};

/** Leaves of the last segment only what is valid, and makes sure that it is durable. */
const cutTornTail = async (
  env: Environment,
  directory: string,
  { file, bytes, scan, contentEnd, handle, state }: LastSegment,
): Promise<TornTail | undefined> => {
  if (state === 'sealed') {
    await handle.close();
    // A process killed in the middle of a compaction may have left it in the page cache only. Readers are about to see its gaps.
    await syncDirectory(env.fs, directory);
    return undefined;
  }
  // In a blank file nothing is worth keeping, its header neither.
  const end = state === 'blank' ? 0 : scan.end;
  const torn =
    contentEnd > (state === 'blank' ? 0 : scan.validEnd)
      ? { file, offset: end, bytes: contentEnd - end }
      : undefined;
  if (torn !== undefined) env.mark('store:torn-tail-cut');
  // A seal goes, too: the segment grows on.
  bytes.fill(0, end);
  const groupStart = state === 'blank' ? 0 : (scan.frames.at(-1)?.groupStart ?? 0);
  if (contentEnd > groupStart) {
    await writeRange(handle, bytes, groupStart, contentEnd);
    if (env.writeThrough === undefined) await handle.datasync();
  }
  if (state === 'blank') await handle.close();
  else if (groupStart === 0) await syncDirectory(env.fs, directory);
  return torn;
};

const tailOf = ({ number, handle, bytes, scan }: LastSegment): Tail => ({
  number,
  base: scan.base ?? 0,
  handle,
  buffer: bytes,
  end: scan.end,
  allocated: bytes.length,
  crc: scan.crc,
});

/** The index of a sealed segment: from its file, or from the segment itself. */
const indexLoader =
  (fs: FileSystem, directory: string, log: Log): LoadSegmentIndex =>
  async (segment, from) => {
    const base = log.bases[segment - 1] ?? 0;
    const count = log.endOf(segment) - base;
    if (from === 'file') {
      const stored = await readIndexFile(fs, directory, segment);
      if (stored?.base === base && stored.count === count && (await endsAsIndexed(fs, directory, stored)))
        return stored;
    }
    return await indexFromLog(log, segment, base, count);
  };

const indexFromLog = async (
  log: Log,
  segment: number,
  base: number,
  count: number,
): Promise<SegmentIndex> => {
  const inMemory = log.inMemory(segment);
  const bytes = inMemory ?? (await log.load(segment)).bytes;
  try {
    return indexFrames(base, count, bytes, scanSegment(bytes, segment).frames);
  } catch (error) {
    if (!(error instanceof BadFrameError)) throw error;
    throw new CorruptLogError(log.pathOf(segment), error.offset, error.message);
  }
};
