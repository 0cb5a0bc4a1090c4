/**
 * Where the events of one segment are: the frame of each position, the positions of each stream, the events that
 * may have a message id. Two forms: one that grows with the tail, and one over the bytes of an index file
 * (index-file.ts), which takes no time to build.
 */
import type { Buffer } from 'node:buffer';
import { EntryCursor } from './entry-reader.js';
import type { FrameHeader } from './frame.js';
import { MessageIdTable } from './message-id-table.js';

/** A stream's events in one segment: versions from `firstVersion`, without gaps. */
export interface StreamSlice {
  readonly firstVersion: number;
  readonly count: number;
  /** Positions less the segment's base, from index `start` on. */
  readonly relative: ArrayLike<number>;
  readonly start: number;
}

export interface SegmentIndex {
  /** The first position of the segment. */
  readonly base: number;
  /** The positions it covers, those of events dropped by compaction included. */
  readonly count: number;
  /** For an index that was read from a file: the crc of the last frame of the segment it was made for. */
  readonly lastCrc?: number;
  /** The offset of the frame that holds a position; 0 when its event was dropped. O(1). */
  frameOffsetOf(position: number): number;
  /** Positions of the events that may have the message id with this hash. O(1). */
  candidatesFor(messageIdHash: number): readonly number[];
  sliceOf(streamName: string): StreamSlice | undefined;
}

interface GrowingSlice {
  readonly firstVersion: number;
  readonly relative: number[];
}

/** The index of a segment that grows, or that is being read. About 35 bytes an event. */
export class GrowingSegmentIndex implements SegmentIndex {
  readonly base: number;
  readonly ids = new MessageIdTable();
  readonly slices = new Map<string, GrowingSlice>();
  #frameOffsets = new Uint32Array(32);
  #count = 0;

  constructor(base: number) {
    this.base = base;
  }

  get count(): number {
    return this.#count;
  }

  get frameOffsets(): Uint32Array {
    return this.#frameOffsets.subarray(0, this.#count);
  }

  /** Adds the event at `position`, which lies after all that were added before. */
  add(
    streamName: string,
    version: number,
    messageIdHash: number,
    position: number,
    frameOffset: number,
  ): void {
    const relative = position - this.base;
    this.#sliceFor(streamName, version, position).push(relative);
    this.#cover(relative + 1);
    this.#frameOffsets[relative] = frameOffset;
    this.ids.add(messageIdHash, relative + 1);
  }

  /** Adds events of one stream that lie side by side in one frame, from `position` on. */
  addAll(
    streamName: string,
    firstVersion: number,
    idHashes: readonly number[],
    position: number,
    frameOffset: number,
  ): void {
    let relative = position - this.base;
    const slice = this.#sliceFor(streamName, firstVersion, position);
    this.#cover(relative + idHashes.length);
    this.#frameOffsets.fill(frameOffset, relative, relative + idHashes.length);
    for (const hash of idHashes) {
      slice.push(relative);
      relative++;
      this.ids.add(hash, relative);
    }
  }

  /** The positions of a stream's events. The next of them has this version. */
  #sliceFor(streamName: string, version: number, position: number): number[] {
    const slice = this.slices.get(streamName);
    if (slice === undefined) {
      const relative: number[] = [];
      this.slices.set(streamName, { firstVersion: version, relative });
      return relative;
    }
    if (version === slice.firstVersion + slice.relative.length) return slice.relative;
    throw new RangeError(`event ${position} has version ${version}, which does not follow in its stream`);
  }

  /** Makes the index cover this many positions, though the last ones may have been dropped. */
  #cover(count: number): void {
    if (count > this.#frameOffsets.length) {
      const grown = new Uint32Array(Math.max(count, 2 * this.#frameOffsets.length));
      grown.set(this.#frameOffsets);
      this.#frameOffsets = grown;
    }
    this.#count = Math.max(this.#count, count);
  }

  frameOffsetOf(position: number): number {
    return this.#frameOffsets[position - this.base] ?? 0;
  }

  candidatesFor(messageIdHash: number): readonly number[] {
    const places = this.ids.placesOf(messageIdHash);
    return places.length === 0 ? places : places.map((place) => this.base + place - 1);
  }

  sliceOf(streamName: string): StreamSlice | undefined {
    const slice = this.slices.get(streamName);
    if (slice === undefined) return undefined;
    const { firstVersion, relative } = slice;
    return { firstVersion, count: relative.length, relative, start: 0 };
  }
}

/** A frame whose checksum holds, but that no store has written. */
export class BadFrameError extends RangeError {
  override readonly name = 'BadFrameError';
  constructor(
    /** Where the frame begins. */
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Calls `visit` for each event of the frames, with the cursor on its entry. Throws BadFrameError where an entry is bad, or
 * `visit` finds so (RangeError, or SyntaxError for data that is no JSON). `end`: the position after the segment's last
 * one. Returns the one after the last visited, 0 when there was none.
 */
export const forEachEntry = (
  bytes: Buffer,
  frames: readonly FrameHeader[],
  end: number,
  visit: (entry: EntryCursor, position: number, frame: FrameHeader) => void,
): number => {
  const cursor = new EntryCursor();
  let due = 0;
  frames.forEach((frame, index) => {
    const frameEnd = frames[index + 1]?.position ?? end;
    try {
      cursor.enter(bytes, frame);
      if (frame.count === 0) throw new RangeError('it is a frame without an event');
      for (let place = frame.position; cursor.next(); place++) {
        const position = place + cursor.skip;
        if (position < due || position >= frameEnd)
          throw new RangeError(`event ${position} is out of its place`);
        visit(cursor, position, frame);
        due = position + 1;
      }
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error;
      throw new BadFrameError(frame.offset, error.message);
    }
  });
  return due;
};

/**
 * Compaction never drops the last event of a segment, so a header that claims more positions than that lies. To be
 * believed it would cost memory for each. Throws BadFrameError.
 */
export const checkCovered = (frames: readonly FrameHeader[], end: number, last: number): void => {
  if (last === end) return;
  const what = `it is to hold events up to ${end - 1}, but ends with ${last - 1}`;
  throw new BadFrameError(endOf(frames), what);
};

const endOf = (frames: readonly FrameHeader[]): number => {
  const last = frames.at(-1);
  return last === undefined ? 0 : last.offset + last.bytes;
};

/** The index of a segment from its frames. O(bytes). Throws BadFrameError. */
export const indexFrames = (
  base: number,
  count: number,
  bytes: Buffer,
  frames: readonly FrameHeader[],
): GrowingSegmentIndex => {
  const index = new GrowingSegmentIndex(base);
  const last = forEachEntry(bytes, frames, base + count, (entry, position, frame) => {
    index.add(entry.streamName, entry.version, entry.messageIdHash, position, frame.offset);
  });
  checkCovered(frames, base + count, last);
  return index;
};
