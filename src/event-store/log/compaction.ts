/**
 * Compaction: leaves out of a full segment the events of system streams that are past their stream's `maxCount`, so
 * that checkpoints don't make the log grow without end. Positions and versions stay as they were; the places of
 * what is left out are skipped by every reader, and its message ids are forgotten.
 *
 * A segment is compacted once, when it is full. Of each stream at least the last event in the segment stays, so
 * that versions are known from the log alone.
 */
import { Buffer } from 'node:buffer';
import { type EntryPlace, type FrameHeader, writeFrameOfEntries } from '../format/frame.js';
import { SEGMENT_HEADER_BYTES, writeSegmentHeader } from '../format/segment.js';
import { forEachEntry } from '../format/segment-index.js';
import type { FullSegment } from './log.js';

/** Whether the event of a stream with this version may be dropped. */
export type MayDrop = (streamName: string, version: number) => boolean;

/** Below this share of bytes that would go, rewriting a segment is not worth it. */
const WORTHWHILE = 0.25;

type SegmentBytes = Pick<FullSegment, 'number' | 'base' | 'bytes'>;

interface KeptFrame {
  readonly frame: FrameHeader;
  readonly entries: EntryPlace[];
}

/** What is left of a segment's frames when some events are dropped, and how many bytes that saves. */
interface Kept {
  readonly frames: readonly KeptFrame[];
  readonly droppedBytes: number;
  /** The position after the last event, dropped or not. */
  readonly nextPosition: number;
}

const keep = (bytes: Buffer, frames: readonly FrameHeader[], end: number, mayDrop: MayDrop): Kept => {
  const kept = new Map<number, KeptFrame>();
  let droppedBytes = 0;
  const nextPosition = forEachEntry(bytes, frames, end, (entry, position, frame) => {
    const { start, end: entryEnd, streamName, version } = entry;
    if (mayDrop(streamName, version)) {
      droppedBytes += entryEnd - start;
      return;
    }
    let own = kept.get(frame.offset);
    if (own === undefined) {
      own = { frame, entries: [] };
      kept.set(frame.offset, own);
    }
    own.entries.push({ start, end: entryEnd, position });
  });
  return { frames: [...kept.values()], droppedBytes, nextPosition };
};

const rewrite = ({ number, base, bytes }: SegmentBytes, { frames, nextPosition }: Kept): Buffer => {
  const compacted = Buffer.alloc(bytes.length);
  let previous = writeSegmentHeader(compacted, number, base, nextPosition - base);
  let offset = SEGMENT_HEADER_BYTES;
  for (const { frame, entries } of frames) {
    const place = { segment: number, offset, previous, groupStart: offset, position: frame.position };
    const header = writeFrameOfEntries(compacted, place, bytes, entries);
    previous = header.crc;
    offset += header.bytes;
  }
  return compacted.subarray(0, offset);
};

/**
 * The segment without what may be dropped; undefined when that would not be worth rewriting it. O(bytes).
 * `nextPosition` is the position after its last event.
 */
export const compact = (
  full: FullSegment,
  frames: readonly FrameHeader[],
  nextPosition: number,
  mayDrop: MayDrop,
): Buffer | undefined => {
  const kept = keep(full.bytes, frames, nextPosition, mayDrop);
  return kept.droppedBytes < WORTHWHILE * full.bytes.length ? undefined : rewrite(full, kept);
};

/** A compacted segment that ends with the last of these frames, and says so. There is one frame at least. */
export const shortened = (full: SegmentBytes, frames: readonly FrameHeader[], end: number): Buffer =>
  rewrite(
    full,
    keep(full.bytes, frames, end, () => false),
  );
