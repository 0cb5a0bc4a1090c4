/**
 * Looks at a log without changing it: every segment, frame and entry, every damage, and what the index files are
 * worth. For the person on call; opening a store looks at less, and stops at the first damage.
 */
import type { Buffer } from 'node:buffer';
import type { FileSystem } from '../../environment.js';
import type { RecordedEvent } from '../event.js';
import { saysWhatIsThere } from '../format/index-comparison.js';
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
import { BadFrameError, checkCovered, forEachEntry } from '../format/segment-index.js';
import { damageAgainst } from '../log/clean-shutdown.js';
import type { TornTail } from '../log/recovery.js';
import { readIndexFile } from '../log/seal-segment.js';
import { recordedEvent } from '../read/event-page.js';

/** A place in the log that does not hold what its checksums say. */
export interface Damage {
  readonly file: string;
  /** The number of the damaged segment. */
  readonly segment: number;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly what: string;
}

/** One segment file, as it was found. */
export interface ExaminedSegment {
  readonly file: string;
  /** Events that can be read: in front of any damage. */
  readonly events: number;
  readonly bytes: number;
  readonly compacted: boolean;
  /**
   * 'whole': it says what the segment says, and the segment's seal names it. 'unusable': the store does not use it, which costs
   * time and nothing else. 'none' where none is due.
   */
  readonly indexFile: 'whole' | 'unusable' | 'none';
}

/** What reading a whole log found. */
export interface Examination {
  readonly segments: readonly ExaminedSegment[];
  readonly events: number;
  readonly streams: number;
  /** In the order of the log. Sound: none. */
  readonly damages: readonly Damage[];
  /** The unacknowledged end that the next opening will cut. No damage. */
  readonly tornTail?: TornTail;
}

/**
 * Reads the whole log, and hands each event that can be read to `onEvent`; after each segment waits for `keptUp`. O(bytes
 * of the log); holds one segment and the names of the streams in memory. Throws what the file system throws, and
 * nothing for damage.
 */
export const examineLog = async (
  fs: FileSystem,
  directory: string,
  onEvent: (event: RecordedEvent) => void = () => {},
  keptUp: () => Promise<void> = async () => {},
): Promise<Examination> => {
  const names = await fs.readdir(directory);
  const numbers = names
    .map(parseSegmentFileName)
    .filter((number) => number !== undefined)
    .sort((a, b) => a - b);
  const last = numbers.at(-1);
  const examiner = new Examiner(directory, onEvent);
  let due = 1;
  for (const segment of numbers) {
    if (segment > due) examiner.missing(due, `segment ${segment} exists`);
    due = segment + 1;
    const bytes = await fs.readFile(`${directory}/${segmentFileName(segment)}`);
    const stored = await readIndexFile(fs, directory, segment);
    const isDue = segment !== last || names.includes(indexFileName(segment));
    examiner.examine(segment, bytes, segment === last, isDue ? (stored ?? 'unusable') : undefined);
    await keptUp();
  }
  const indexed = lastIndexNumber(names);
  if (indexed >= due) examiner.missing(due, `segment ${indexed} has an index file`);
  return examiner.result();
};

/** What is found of one that is due: 'unusable' when it is missing, or not whole. */
type IndexFile = StoredSegmentIndex | 'unusable' | undefined;

class Examiner {
  readonly #directory: string;
  readonly #onEvent: (event: RecordedEvent) => void;
  readonly #segments: ExaminedSegment[] = [];
  readonly #damages: Damage[] = [];
  readonly #versions = new Map<string, number>();
  /** The position that comes next; undefined after damage, when the next segment says where it begins. */
  #due: number | undefined = 1;
  /** The first positions of the segments so far. */
  readonly #bases: number[] = [];
  #tornTail: TornTail | undefined;

  constructor(directory: string, onEvent: (event: RecordedEvent) => void) {
    this.#directory = directory;
    this.#onEvent = onEvent;
  }

  /** The segments from `first` on are missing, and something shows that there were some. */
  missing(first: number, proof: string): void {
    this.#damage(first, 0, `it is missing, though ${proof}`);
    this.#due = undefined;
  }

  examine(segment: number, bytes: Buffer, isLast: boolean, index: IndexFile): void {
    const scan = scanSegment(bytes, segment);
    const contentEnd = endOfContent(bytes, scan.validEnd);
    // The last segment without a frame is blank, whatever its header says.
    const begun = scan.base !== undefined && (scan.frames.length > 0 || !isLast);
    if (begun && this.#due !== undefined && scan.base !== this.#due)
      this.#damage(segment, 0, `it begins with event ${scan.base}; event ${this.#due} was due`);
    const events = this.#read(segment, bytes, scan, !hasStrayContent(scan, contentEnd));
    const damage = isLast && typeof index === 'object' ? damageAgainst(index, scan) : undefined;
    const foreign = foreignHeader(bytes);
    if (foreign !== undefined) this.#damage(segment, foreign.offset, foreign.why);
    else if (damage === undefined) this.#judgeEnd(segment, bytes, scan, contentEnd, isLast);
    else this.#damage(segment, scan.end, damage);
    this.#bases.push(scan.base ?? 0);
    const indexFile = this.#judgeIndex(segment, bytes, scan, index);
    const { compacted } = scan;
    this.#segments.push({ file: this.#path(segment), events, bytes: bytes.length, compacted, indexFile });
  }

  #judgeIndex(
    segment: number,
    bytes: Buffer,
    scan: SegmentScan,
    index: IndexFile,
  ): ExaminedSegment['indexFile'] {
    if (typeof index !== 'object') return index ?? 'none';
    if (scan.seal?.indexDigest.equals(index.digest) !== true) return 'unusable';
    const known = { bases: this.#bases, versions: this.#versions };
    // In front of it something is missing: then the log can't say whether its index file is right.
    if (this.#damages.length > 0 || saysWhatIsThere(index, scan, bytes, known)) return 'whole';
    const what = 'the index file that its seal names says something else than the log';
    this.#damage(segment, scan.end, what);
    return 'unusable';
  }

  /** Hands out the events; returns how many. */
  #read(segment: number, bytes: Buffer, scan: SegmentScan, toItsEnd: boolean): number {
    let events = 0;
    this.#due = scan.base === undefined ? undefined : scan.nextPosition;
    // Where events are missing, dropped or damaged, a stream may go on later; within a segment it has no gap.
    const mayBegin = scan.compacted || this.#damages.length > 0;
    const begun = new Set<string>();
    try {
      const last = forEachEntry(bytes, scan.frames, scan.nextPosition, (entry, position) => {
        const { streamName, version } = entry;
        const before = this.#versions.get(streamName) ?? 0;
        const follows = mayBegin && !begun.has(streamName) ? version > before : version === before + 1;
        begun.add(streamName);
        if (!follows) throw new RangeError(`event ${position} has version ${version} after ${before}`);
        this.#versions.set(streamName, version);
        this.#onEvent(recordedEvent(entry, position));
        events++;
      });
      if (scan.frames.length > 0 && toItsEnd) checkCovered(scan.frames, scan.nextPosition, last);
    } catch (error) {
      if (!(error instanceof BadFrameError)) throw error;
      this.#damage(segment, error.offset, error.message);
    }
    return events;
  }

  #judgeEnd(segment: number, bytes: Buffer, scan: SegmentScan, contentEnd: number, isLast: boolean): void {
    const blank = scan.frames.length === 0;
    if (!isLast || scan.compacted) {
      if (blank || hasStrayContent(scan, contentEnd)) {
        this.#damage(segment, scan.end, 'no valid frame is there, though the segment was complete');
        this.#due = undefined;
      }
      return;
    }
    const proof = findProofOfDamage(bytes, scan.validEnd, contentEnd, segment);
    if (proof !== undefined) {
      this.#damage(
        segment,
        scan.end,
        `no valid frame is there, though one written later is at ${proof.offset}`,
      );
      return;
    }
    const end = blank ? 0 : scan.end;
    if (contentEnd > (blank ? 0 : scan.validEnd)) {
      this.#tornTail = { file: this.#path(segment), offset: end, bytes: contentEnd - end };
    }
  }

  result(): Examination {
    const found = {
      segments: this.#segments,
      events: this.#segments.reduce((sum, { events }) => sum + events, 0),
      streams: this.#versions.size,
      damages: this.#damages,
    };
    return this.#tornTail === undefined ? found : { ...found, tornTail: this.#tornTail };
  }

  #damage(segment: number, offset: number, what: string): void {
    this.#damages.push({ file: this.#path(segment), segment, offset, what });
  }

  #path(segment: number): string {
    return `${this.#directory}/${segmentFileName(segment)}`;
  }
}
