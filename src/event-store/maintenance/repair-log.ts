/**
 * Makes a damaged log open again by giving up everything from the first damage on. Nothing is destroyed: the files
 * that held it are kept in 'given-up' beside the log. The store loses the events in them, acknowledged or
 * not: use it when there is no backup to restore.
 */
import { Buffer } from 'node:buffer';
import type { FileSystem } from '../../environment.js';
import { errorCode } from '../../thrown.js';
import { InvalidArgumentError } from '../errors.js';
import { indexFileName, parseIndexFileName } from '../format/index-file.js';
import {
  parseSegmentFileName,
  SEGMENT_HEADER_BYTES,
  scanSegment,
  segmentFileName,
} from '../format/segment.js';
import { shortened } from '../log/compaction.js';
import { syncDirectory, writeRange } from '../log/durable-files.js';
import { type Damage, type Examination, examineLog } from './verify-log.js';

/** The folder, in the store's directory, to which a repair moves what it gives up. */
export const GIVEN_UP_DIRECTORY = 'given-up';

/** What a repair found, and what it gave up. */
export interface Repair {
  readonly before: Examination;
  /** The damage from which on everything was given up; undefined: the log was sound, nothing was changed. */
  readonly givenUpFrom: Damage | undefined;
}

/**
 * Repairs the log in a directory that no store has open. Interrupted, it is run again after moving what is in
 * 'given-up' elsewhere.
 * @throws InvalidArgumentError 'given-up' is there already, from an earlier repair
 */
export const repairLog = async (fs: FileSystem, directory: string): Promise<Repair> => {
  const before = await examineLog(fs, directory);
  const givenUpFrom = before.damages[0];
  if (givenUpFrom === undefined) {
    await makeDurable(fs, directory);
    return { before, givenUpFrom };
  }
  const aside = `${directory}/${GIVEN_UP_DIRECTORY}`;
  try {
    await fs.mkdir(aside);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new InvalidArgumentError(`${aside} holds what an earlier repair gave up; move it elsewhere first`);
  }
  // Of a file moved into a directory that a power cut takes back there is nothing left.
  await syncDirectory(fs, directory);
  await setAside(fs, directory, givenUpFrom);
  return { before, givenUpFrom };
};

/**
 * A sound log may be what a repair left whose process was killed before its last syncs: sound in the page cache, and
 * damaged again after a power cut.
 */
const makeDurable = async (fs: FileSystem, directory: string): Promise<void> => {
  const names = await fs.readdir(directory).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
    return [];
  });
  const segments = names.filter((name) => parseSegmentFileName(name) !== undefined);
  for (const name of segments) {
    const handle = await fs.open(`${directory}/${name}`, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
  if (segments.length > 0) await syncDirectory(fs, directory);
};

/** Keeps what is given up: a copy of the damaged segment, and the files after it themselves; then cuts that segment. */
const setAside = async (fs: FileSystem, directory: string, damage: Damage): Promise<void> => {
  const aside = `${directory}/${GIVEN_UP_DIRECTORY}`;
  const names = await fs.readdir(directory);
  const damaged = segmentFileName(damage.segment);
  // First of all: once the files after it are gone the damage may look like a torn write, which an opening wipes out.
  if (names.includes(damaged)) await copyDurably(fs, directory, aside, damaged);
  const numbers = names.map((name) => parseSegmentFileName(name) ?? parseIndexFileName(name) ?? 0);
  const segments = [...new Set(numbers)].filter((number) => number >= damage.segment).sort((a, b) => b - a);
  // Backwards, so that a log cut short here is still one without a gap.
  for (const segment of segments) {
    for (const name of [indexFileName(segment), segmentFileName(segment)]) {
      if (name === damaged || !names.includes(name)) continue;
      await fs.rename(`${directory}/${name}`, `${aside}/${name}`);
    }
  }
  // When nothing is left of that segment the log ends with the one before it, which may itself have lost events that
  // only its index file still speaks of: what comes next would have shown it, and is missing or damaged.
  const before = indexFileName(damage.segment - 1);
  if (damage.offset <= SEGMENT_HEADER_BYTES && names.includes(before)) {
    await fs.rename(`${directory}/${before}`, `${aside}/${before}`);
  }
  await syncDirectory(fs, aside);
  await syncDirectory(fs, directory);
  if (names.includes(damaged)) await cut(fs, damage);
};

/** The copy is all there is of what will be cut: it must be on the disk before, with its name. */
const copyDurably = async (fs: FileSystem, from: string, to: string, name: string): Promise<void> => {
  await fs.copyFile(`${from}/${name}`, `${to}/${name}`);
  const handle = await fs.open(`${to}/${name}`, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncDirectory(fs, to);
};

/** Leaves of the damaged segment what lies before the damage, durably. */
const cut = async (fs: FileSystem, { file, segment, offset }: Damage): Promise<void> => {
  const bytes = await fs.readFile(file);
  const left = leftOf(bytes, segment, offset);
  const handle = await fs.open(file, 'r+');
  try {
    await writeRange(handle, left, 0, left.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** The bytes of a segment that ends where the damage begins, with zeros up to where it ended. */
const leftOf = (bytes: Buffer, segment: number, damagedFrom: number): Buffer => {
  const { base, compacted, frames, nextPosition } = scanSegment(bytes, segment);
  const left = Buffer.alloc(bytes.length);
  const kept = frames.filter(({ offset }) => offset < damagedFrom);
  const last = kept.at(-1);
  // A segment without a frame is blank: its header goes, too.
  if (base === undefined || last === undefined) return left;
  const end = frames[kept.length]?.position ?? nextPosition;
  if (compacted) shortened({ number: segment, base, bytes }, kept, end).copy(left);
  else bytes.copy(left, 0, 0, last.offset + last.bytes);
  return left;
};
