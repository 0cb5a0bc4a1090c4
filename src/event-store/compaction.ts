/**
 * Compaction: leaves out of a full segment the events of system streams that are past their stream's `maxCount`, so
 * that checkpoints don't make the log grow without end. Positions and versions stay as they were; the places of
 * what is left out are skipped by every reader, and its message ids are forgotten.
 *
 * A segment is compacted once, when it is full. Of each stream at least the last event in the segment stays, so
 * that versions are known from the log alone.
 */
import { Buffer } from 'node:buffer';
import { type EntryPlace, type FrameHeader, writeFrameOfEntries } from './frame.js';
import type { FullSegment } from './log.js';
import { SEGMENT_HEADER_BYTES, writeSegmentHeader } from './segment.js';
import { forEachEntry } from './segment-index.js';

/** Whether the event of a stream with this version may be dropped. */
export type MayDrop = (streamName: string, version: number) => boolean;

/** Below this share of bytes that would go, rewriting a segment is not worth it. */
const WORTHWHILE = 0.25;

interface KeptFrame {
  readonly frame: FrameHeader;
  readonly entries: EntryPlace[];
}

/**
 * The segment without what may be dropped; undefined when that would not be worth rewriting it. O(bytes).
 * `nextPosition` is the position after its last event.
 */
export const compact = (
  { number, base, bytes }: FullSegment,
  frames: readonly FrameHeader[],
  nextPosition: number,
  mayDrop: MayDrop,
): Buffer | undefined => {
  const kept = new Map<number, KeptFrame>();
  let dropped = 0;
  forEachEntry(bytes, frames, nextPosition, (entry, position, frame) => {
    const { start, end, streamName, version } = entry;
    if (mayDrop(streamName, version)) {
      dropped += end - start;
      return;
    }
    let own = kept.get(frame.offset);
    if (own === undefined) {
      own = { frame, entries: [] };
      kept.set(frame.offset, own);
    }
    own.entries.push({ start, end, position });
  });
  if (dropped < WORTHWHILE * bytes.length) return undefined;
  const compacted = Buffer.alloc(bytes.length);
  let previous = writeSegmentHeader(compacted, number, base, nextPosition - base);
  let offset = SEGMENT_HEADER_BYTES;
  for (const { frame, entries } of kept.values()) {
    const place = { segment: number, offset, previous, groupStart: offset, position: frame.position };
    const header = writeFrameOfEntries(compacted, place, bytes, entries);
    previous = header.crc;
    offset += header.bytes;
  }
  return compacted.subarray(0, offset);
};
