/**
 * Whether an index file agrees with itself. That it is the one of its segment the segment's seal says (closed-end.ts). A seal can
 * be forged together with its index file: no number in the file may lead a reader out of it, or in circles.
 */
import type { Buffer } from 'node:buffer';
import { FRAME_ALIGNMENT, hashText } from './frame.js';
import { SEGMENT_HEADER_BYTES } from './segment.js';

/** The parts of an index file. */
export interface IndexLayout {
  readonly segment: number;
  readonly base: number;
  readonly count: number;
  /** By position less the base; 0 for an event that was dropped. */
  readonly frameOffsets: Uint32Array;
  /** Pairs of hash and place. */
  readonly idSlots: Uint32Array;
  /** Fours of hash, first version, start in `relative`, end of name. */
  readonly slices: Uint32Array;
  readonly relative: Uint32Array;
  readonly bases: readonly number[];
  /** Pairs of version and end of name. */
  readonly streams: Uint32Array;
  /** Of the slices first, and then of the streams. */
  readonly names: Buffer;
}

const at = (words: Uint32Array, index: number): number => words[index] ?? 0;

/** Every part of the file says the same of the same. O(file). */
export const isConsistent = (layout: IndexLayout): boolean =>
  areBasesSound(layout) &&
  areFramesInOrder(layout) &&
  areSlicesSound(layout) &&
  areIdsSound(layout) &&
  areVersionsSound(layout);

const areBasesSound = ({ bases, segment, base }: IndexLayout): boolean =>
  bases.length === segment &&
  bases[0] === 1 &&
  bases.at(-1) === base &&
  bases.every((each, index) => index === 0 || each > (bases[index - 1] ?? 0));

const areFramesInOrder = ({ frameOffsets }: IndexLayout): boolean => {
  let before = SEGMENT_HEADER_BYTES;
  for (const offset of frameOffsets) {
    if (offset === 0) continue;
    if (offset < before || offset % FRAME_ALIGNMENT !== 0) return false;
    before = offset;
  }
  return true;
};

/** Each event that is there belongs to one stream, and each stream's events are in order. */
const areSlicesSound = ({ slices, relative, count, frameOffsets, names }: IndexLayout): boolean => {
  const claimed = new Uint8Array(count);
  let start = 0;
  let nameStart = 0;
  let hash = 0;
  for (let slice = 0; slice < slices.length; slice += 4) {
    const end = slice + 4 < slices.length ? at(slices, slice + 6) : relative.length;
    const nameEnd = at(slices, slice + 3);
    if (at(slices, slice) < hash || at(slices, slice + 1) < 1 || at(slices, slice + 2) !== start)
      return false;
    if (end <= start || nameEnd <= nameStart || nameEnd > names.length) return false;
    hash = at(slices, slice);
    if (hashText(names.toString('utf8', nameStart, nameEnd)) !== hash) return false;
    for (let index = start; index < end; index++) {
      const place = at(relative, index);
      if (place >= count || claimed[place] === 1 || (index > start && place <= at(relative, index - 1)))
        return false;
      claimed[place] = 1;
    }
    start = end;
    nameStart = nameEnd;
  }
  return (
    start === relative.length && claimed.every((is, place) => (is === 1) === at(frameOffsets, place) > 0)
  );
};

/** Each event's id is found by its hash, once. */
const areIdsSound = ({ idSlots, relative, count, frameOffsets }: IndexLayout): boolean => {
  const size = idSlots.length / 2;
  if (!Number.isInteger(Math.log2(size)) || size < 2) return false;
  const seen = new Uint8Array(count + 1);
  let taken = 0;
  for (let slot = 0; slot < size; slot++) {
    const place = at(idSlots, 2 * slot + 1);
    if (place === 0) continue;
    if (place > count || seen[place] === 1 || at(frameOffsets, place - 1) === 0) return false;
    seen[place] = 1;
    taken++;
    for (let probe = at(idSlots, 2 * slot) & (size - 1); probe !== slot; probe = (probe + 1) & (size - 1))
      if (at(idSlots, 2 * probe + 1) === 0) return false;
  }
  return taken === relative.length && taken < size;
};

/** Every event that ever was is one version of one stream. */
const areVersionsSound = ({ streams, slices, names, base, count }: IndexLayout): boolean => {
  let nameStart = slices.length === 0 ? 0 : at(slices, slices.length - 1);
  let sum = 0;
  for (let stream = 0; stream < streams.length; stream += 2) {
    const nameEnd = at(streams, stream + 1);
    if (at(streams, stream) < 1 || nameEnd <= nameStart) return false;
    sum += at(streams, stream);
    nameStart = nameEnd;
  }
  return nameStart === names.length && sum === base + count - 1;
};
