/**
 * Makes a damaged log open again by giving up everything from the first damage on. Nothing is destroyed: the files
 * that held it are kept in 'given-up' beside the log. What was given up is lost to the store, acknowledged or
 * not, so this is for when there is no backup to restore.
 */
import type { FileSystem } from '../environment.js';
import { InvalidArgumentError } from './errors.js';
import { type Damage, type Examination, examineLog } from './examine.js';
import { errorCode, syncDirectory, writeRange } from './files.js';
import { indexFileName } from './index-file.js';
import { endOfContent, parseSegmentFileName, scanSegment, segmentFileName } from './segment.js';

export const GIVEN_UP_DIRECTORY = 'given-up';

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
  if (givenUpFrom === undefined) return { before, givenUpFrom };
  const aside = `${directory}/${GIVEN_UP_DIRECTORY}`;
  try {
    await fs.mkdir(aside);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new InvalidArgumentError(`${aside} holds what an earlier repair gave up; move it elsewhere first`);
  }
  const names = await fs.readdir(directory);
  const last = Math.max(0, ...names.map((name) => parseSegmentFileName(name) ?? 0));
  // Backwards, so that a log cut short here is still one without a gap.
  for (let segment = last; segment >= givenUpFrom.segment; segment--) {
    const name = segmentFileName(segment);
    const index = indexFileName(segment);
    if (names.includes(index)) await fs.rename(`${directory}/${index}`, `${aside}/${index}`);
    if (!names.includes(name)) continue;
    if (segment > givenUpFrom.segment) await fs.rename(`${directory}/${name}`, `${aside}/${name}`);
    else await fs.copyFile(`${directory}/${name}`, `${aside}/${name}`);
  }
  await syncDirectory(fs, aside);
  await syncDirectory(fs, directory);
  if (names.includes(segmentFileName(givenUpFrom.segment))) await cut(fs, givenUpFrom);
  return { before, givenUpFrom };
};

/** Zeroes the damaged segment from the damage on, durably. */
const cut = async (fs: FileSystem, { file, segment, offset }: Damage): Promise<void> => {
  const bytes = await fs.readFile(file);
  const { frames, end } = scanSegment(bytes, segment);
  // A segment without a frame is blank: its header goes, too.
  const from = frames.some((frame) => frame.offset < offset) ? Math.min(offset, end) : 0;
  const handle = await fs.open(file, 'r+');
  try {
    const contentEnd = endOfContent(bytes, from);
    bytes.fill(0, from);
    await writeRange(handle, bytes, from, contentEnd);
    await handle.sync();
  } finally {
    await handle.close();
  }
};
