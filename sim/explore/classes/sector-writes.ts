/** What operations write of one sector. */
import { bytesOfRange, type Range, uncovered, withRange } from '../../disk/crash-model/image-reads.js';
import {
  isData,
  type MicroOperation,
  type SectorWrite,
  sectorsOf,
} from '../../disk/crash-model/micro-operation.js';
import { SECTOR_BYTES } from '../../disk/crash-model/sector.js';

const WHOLE: Range = [0, SECTOR_BYTES];

/** The part of an operation that writes a sector. */
export const writeOf = (operation: MicroOperation | undefined, sector: number): SectorWrite | undefined =>
  operation !== undefined && isData(operation)
    ? sectorsOf(operation).find(({ index }) => index === sector)
    : undefined;

/** The bytes of a range that none of these writes wrote: what was there before shows in them. */
export const unwritten = (writes: readonly SectorWrite[], range: number): readonly Range[] => {
  let known: readonly Range[] = [];
  for (const { written: [from, to] = WHOLE, left = SECTOR_BYTES } of writes)
    if (from < left) known = withRange(known, from, Math.min(to, left));
  return uncovered(known, ...bytesOfRange(range));
};
