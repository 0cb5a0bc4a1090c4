/**
 * A sector: the unit a power cut tears. Immutable, so that images, lives and journals share it, with the hash of
 * its content beside it. A write makes new sectors; nothing is ever overwritten.
 */
import { scramble } from '../../util/hash.js';

/** The unit that reaches the platter whole or not at all, under every model but `posix-worst`. */
export const SECTOR_BYTES = 512;

export interface Sector {
  readonly bytes: Uint8Array;
  readonly hash1: number;
  readonly hash2: number;
  /** Nothing is allocated here. A property and no identity, as a state that crosses processes is a copy. */
  readonly isHole: boolean;
}

const WORDS = SECTOR_BYTES / 4;
const SLAB_SECTORS = 64;

let slab = new ArrayBuffer(SECTOR_BYTES * SLAB_SECTORS);
let slabUsed = 0;

/** Fresh zeroed memory for one sector. Cut from slabs: an ArrayBuffer of its own costs ten times as much. */
const allocate = (): Uint8Array => {
  if (slabUsed === SLAB_SECTORS) {
    slab = new ArrayBuffer(SECTOR_BYTES * SLAB_SECTORS);
    slabUsed = 0;
  }
  return new Uint8Array(slab, SECTOR_BYTES * slabUsed++, SECTOR_BYTES);
};

/** Takes ownership of `bytes`, which must not change from now on. */
const seal = (bytes: Uint8Array, isHole = false): Sector => {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, WORDS);
  let hash1 = 0x2545f491;
  let hash2 = 0x6c078965;
  for (let i = 0; i < WORDS; i++) {
    // In bounds by the loop's limit: the alternative only satisfies the type.
    const word = words[i] ?? 0;
    const a = Math.imul(hash1 ^ word, 0xcc9e2d51);
    hash1 = (a << 15) | (a >>> 17);
    hash2 = Math.imul(hash2 + word, 0x1b873593) ^ (hash2 >>> 15);
  }
  return { bytes, hash1: scramble(hash1), hash2: scramble(hash2), isHole };
};

/** What a hole reads as, and what an allocated sector holds before its data arrives. */
export const ZERO_SECTOR: Sector = seal(allocate(), true);

/** Reads as zeros: a hole, or a sector that was written with them. */
export const isZeros = (sector: Sector): boolean =>
  sector.hash1 === ZERO_SECTOR.hash1 && sector.hash2 === ZERO_SECTOR.hash2;

/** Old bytes of a freed block: what a sector may hold whose file grew before its data reached the disk. */
export const STALE_SECTOR: Sector = seal(allocate().fill(0xa5));

/** What a sector may hold that the power failed on in the middle of. Like no data of any program, and the same in every run. */
export const GARBAGE_SECTOR: Sector = seal(allocate().map((_, index) => scramble(index + 1)));

/** `sector` with `length` bytes of `source` (from `sourceStart`) laid over it at `offset`. */
export const patched = (
  sector: Sector,
  offset: number,
  source: Uint8Array,
  sourceStart: number,
  length: number,
): Sector => {
  const bytes = allocate();
  if (length < SECTOR_BYTES) bytes.set(sector.bytes);
  bytes.set(source.subarray(sourceStart, sourceStart + length), offset);
  return seal(bytes);
};

/** `sector` with everything from `length` on zeroed: what lies beyond the end of a file is not part of it. */
export const cutAt = (sector: Sector, length: number): Sector => {
  if (sector.isHole || length >= SECTOR_BYTES) return sector;
  const { bytes } = sector;
  let dirty = false;
  for (let i = length; i < SECTOR_BYTES && !dirty; i++) dirty = bytes[i] !== 0;
  if (!dirty) return sector;
  const cut = allocate();
  cut.set(bytes.subarray(0, length));
  return seal(cut);
};

/** How many sectors hold `size` bytes. */
export const sectorsFor = (size: number): number => Math.ceil(size / SECTOR_BYTES);
