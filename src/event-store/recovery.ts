/**
 * Opens a log: finds its segments, judges every byte, cuts what a power cut tore, and makes sure of the rest.
 *
 * The last group in the log is there, but nobody knows whether its sync ever happened: the process may have been
 * killed between write and sync, or the sync may have failed, after which the system takes the same pages for
 * clean. So recovery does again what the append of that group would have done (write, sync, and for the first
 * group of a segment sync the directory) before anything is shown to anyone. What follows the group is zeroed by
 * the same write. Recovery may itself be cut short anywhere and then simply starts over.
 */
import type { Buffer } from 'node:buffer';
import type { Environment } from '../environment.js';
import { CorruptLogError } from './errors.js';
import { errorCode, type FileHandle, readWhole, syncAncestors, syncDirectory, writeRange } from './files.js';
import { EntryCursor } from './frame.js';
import { Log, type LogOptions, type SealedSegment, type Tail } from './log.js';
import type { LogIndex } from './log-index.js';
import {
  endOfContent,
  findProofOfDamage,
  parseSegmentFileName,
  type SegmentScan,
  scanSegment,
  segmentFileName,
} from './segment.js';

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

/** A segment as it was read. */
interface ReadSegment {
  readonly number: number;
  readonly file: string;
  readonly bytes: Buffer;
  readonly scan: SegmentScan;
  /** After this there are only zeros. At least where the last valid frame ends. */
  readonly contentEnd: number;
}

/**
 * Fills `index` and returns the log, ready for the next append. O(bytes of the log).
 * @throws CorruptLogError the log is damaged in a way no power cut explains
 */
export const recoverLog = async (
  env: Environment,
  directory: string,
  options: LogOptions,
  index: LogIndex,
): Promise<{ readonly log: Log; readonly report: RecoveryReport }> =>
  await new Recovery(env, directory, options, index).run();

class Recovery {
  readonly #env: Environment;
  readonly #directory: string;
  readonly #options: LogOptions;
  readonly #index: LogIndex;
  readonly #sealed: ReadSegment[] = [];
  readonly #cursor = new EntryCursor();
  #tornTail: TornTail | undefined;

  constructor(env: Environment, directory: string, options: LogOptions, index: LogIndex) {
    this.#env = env;
    this.#directory = directory;
    this.#options = options;
    this.#index = index;
  }

  async run(): Promise<{ readonly log: Log; readonly report: RecoveryReport }> {
    const count = await this.#countSegments();
    for (let number = 1; number < count; number++) {
      const segment = this.#scan(number, await this.#env.fs.readFile(this.#pathOf(number)));
      this.#checkFollowsOn(segment);
      this.#sealed.push(segment);
    }
    const tail = count === 0 ? undefined : await this.#openTail(count);
    // Without an event nothing was ever acknowledged, and the directory itself may not be durable yet.
    if (tail === undefined) await syncAncestors(this.#env.fs, this.#directory);
    const sealed: SealedSegment[] = this.#sealed.map(({ number, scan }) => ({
      number,
      base: scan.base ?? 0,
      nextPosition: scan.nextPosition,
    }));
    const log = new Log(this.#env.fs, this.#directory, this.#options, sealed, tail, this.#index.head + 1);
    for (const { number, bytes, scan } of this.#sealed) log.keep(number, bytes.subarray(0, scan.end));
    const report = { events: this.#index.head, segments: sealed.length + (tail === undefined ? 0 : 1) };
    return { log, report: this.#tornTail === undefined ? report : { ...report, tornTail: this.#tornTail } };
  }

  /** Makes the directory if need be. Segments are numbered from 1 and none is ever missing. */
  async #countSegments(): Promise<number> {
    const names = await this.#list();
    const numbers = names
      .map(parseSegmentFileName)
      .filter((number) => number !== undefined)
      .sort((a, b) => a - b);
    numbers.forEach((number, index) => {
      if (number === index + 1) return;
      throw new CorruptLogError(this.#pathOf(index + 1), 0, `it is missing, though segment ${number} exists`);
    });
    return numbers.length;
  }

  async #list(): Promise<readonly string[]> {
    try {
      return await this.#env.fs.readdir(this.#directory);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      await this.#env.fs.mkdir(this.#directory, { recursive: true });
      return [];
    }
  }

  /** Indexes the frames of a segment. */
  #scan(number: number, bytes: Buffer): ReadSegment {
    const file = this.#pathOf(number);
    const cursor = this.#cursor;
    const scan = scanSegment(bytes, number, (frame) => {
      if (frame.position !== this.#index.head + 1) {
        const due = `event ${this.#index.head + 1} was due here, but event ${frame.position} came`;
        throw new CorruptLogError(file, frame.offset, due);
      }
      try {
        cursor.start(bytes, frame);
        while (cursor.next()) {
          this.#index.add(cursor.streamName, cursor.version, cursor.messageIdHash, frame.offset);
        }
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new CorruptLogError(file, frame.offset, error.message);
      }
    });
    return { number, file, bytes, scan, contentEnd: endOfContent(bytes, scan.end) };
  }

  /** For a segment that is not the last: everything in it had been synced before the next one was created. */
  #checkFollowsOn({ file, scan, contentEnd }: ReadSegment): void {
    if (scan.lastFrame === undefined) {
      throw new CorruptLogError(file, scan.end, 'it holds no events, though a later segment exists');
    }
    if (contentEnd > scan.end) {
      throw new CorruptLogError(file, scan.end, 'no valid frame is there, though a later segment exists');
    }
  }

  /** The segment to append to: the last one, or the one before when the last one's first write was torn. */
  async #openTail(number: number): Promise<Tail | undefined> {
    const handle = await this.#env.fs.open(this.#pathOf(number), 'r+');
    try {
      const segment = this.#scan(number, await readWhole(handle));
      this.#checkTail(segment);
      if (segment.scan.lastFrame !== undefined) return await this.#makeSure(segment, handle);
      // Its first write never became durable as a whole: nothing in it is worth keeping, its header neither.
      await this.#blank(segment, handle);
      await handle.close();
    } catch (error) {
      await handle.close().catch(() => {}); // The first error is the one to tell.
      throw error;
    }
    const previous = this.#sealed.pop();
    if (previous === undefined) return undefined;
    const previousHandle = await this.#env.fs.open(previous.file, 'r+');
    try {
      return await this.#makeSure(previous, previousHandle);
    } catch (error) {
      await previousHandle.close().catch(() => {}); // The first error is the one to tell.
      throw error;
    }
  }

  #checkTail({ number, file, bytes, scan, contentEnd }: ReadSegment): void {
    const proof = findProofOfDamage(bytes, scan.end, contentEnd, number);
    if (proof === undefined) return;
    const { offset } = proof;
    throw new CorruptLogError(
      file,
      scan.end,
      `no valid frame is there, though one written later is at ${offset}`,
    );
  }

  /** Zeroes a file that holds no event, durably. */
  async #blank({ file, bytes, contentEnd }: ReadSegment, handle: FileHandle): Promise<void> {
    if (contentEnd === 0) return;
    this.#reportTorn(file, 0, contentEnd);
    bytes.fill(0);
    await writeRange(handle, bytes, 0, contentEnd);
    await handle.datasync();
  }

  /** Does the last group's append again, and zeroes what follows it. */
  async #makeSure({ number, file, bytes, scan, contentEnd }: ReadSegment, handle: FileHandle): Promise<Tail> {
    const { base = 0, end, crc, lastFrame } = scan;
    if (contentEnd > end) {
      this.#reportTorn(file, end, contentEnd - end);
      bytes.fill(0, end);
    }
    const groupStart = lastFrame?.groupStart ?? 0;
    await writeRange(handle, bytes, groupStart, contentEnd);
    await handle.datasync();
    if (groupStart === 0) await syncDirectory(this.#env.fs, this.#directory);
    return { number, base, handle, buffer: bytes, end, allocated: bytes.length, crc };
  }

  #reportTorn(file: string, offset: number, bytes: number): void {
    this.#env.mark('store:torn-tail-cut');
    this.#tornTail = { file, offset, bytes };
  }

  #pathOf(number: number): string {
    return `${this.#directory}/${segmentFileName(number)}`;
  }
}
