/**
 * What a life reads of the image that it starts on. A life is a pure function of the history and of these values, so one life
 * stands for every image that agrees on them, whatever else lies there. (Jaaru, ASPLOS 2021, does this for persistent
 * memory; Pathfinder, OOPSLA 2025, samples such classes.)
 *
 * Files are numbered in the order in which a life meets them, the root first: equal lives number them alike on every disk.
 */
import { Hash } from '../../util/hash.js';
import { type DiskImage, type Inode, imageKey, ROOT_INO } from './disk-image.js';
import { BLOCK_SECTORS } from './micro-operation.js';
import { SECTOR_BYTES, type Sector, sectorsFor, ZERO_SECTOR } from './sector.js';

/** What can be read. Which sectors and blocks of a file are holes no program reads, but what a lost write leaves follows from it. */
export const READ = {
  entry: 0,
  names: 1,
  size: 2,
  mode: 3,
  links: 4,
  bytes: 5,
  all: 6,
  random: 7,
  isHole: 8,
  isEmptyBlock: 9,
} as const;

const READ_KINDS = Object.keys(READ).length;

/**
 * Numbers for each read: its kind, the file, the position in it (a sector, or the index of a name in `names`), the bytes of
 * the sector, and the value in two.
 */
export const READ_WIDTH = 6;

/** Everything that one life read, in order. */
export interface ImageReads {
  readonly packed: Int32Array;
  readonly names: readonly string[];
  /** The i-node of each file that was met. */
  readonly inos: readonly number[];
}

const RANGE_BITS = 10;
const RANGE_MASK = (1 << RANGE_BITS) - 1;

/** The bytes of a range that {@link rangeOf} made. */
export const bytesOfRange = (range: number): readonly [from: number, to: number] => [
  range & RANGE_MASK,
  range >> RANGE_BITS,
];

/** Bytes of a sector, from one to before another, as one number. */
const rangeOf = (from: number, to: number): number => from | (to << RANGE_BITS);

const WHOLE_SECTOR = rangeOf(0, SECTOR_BYTES);

const KINDS = { file: 1, directory: 2, symlink: 3 } as const;

const isName = (name: string): boolean => name !== '.' && name !== '..';

/** Reads values off an image. The last one stands in `value1` and `value2`, so that reading makes no garbage. */
export class ImageReader {
  value1 = 0;
  value2 = 0;
  readonly inos: number[];
  private readonly numbers: Map<number, number>;
  private links: ReadonlyMap<number, number> | undefined;

  /** @param met another reader of the same files, with which this one shares their numbers */
  constructor(
    readonly image: DiskImage,
    met?: ImageReader,
  ) {
    this.inos = met?.inos ?? [ROOT_INO];
    this.numbers = met?.numbers ?? new Map([[ROOT_INO, 0]]);
  }

  /** The number of a file, which is met by this if it was not before. */
  meet(ino: number): number {
    const known = this.numbers.get(ino);
    if (known !== undefined) return known;
    const number = this.inos.push(ino) - 1;
    this.numbers.set(ino, number);
    return number;
  }

  /** The number of a file that was met; undefined for one that was not, or that this life made. */
  numberOf(ino: number): number | undefined {
    return this.numbers.get(ino);
  }

  inode(file: number): Inode | undefined {
    return this.image.inodes.get(this.inos[file] ?? 0);
  }

  /**
   * Reads one value.
   * @param range of a sector, as rangeOf makes it
   * @param depth of the life that reads
   */
  read(kind: number, file: number, at: number, range: number, name: string, depth: number): void {
    switch (kind) {
      case READ.entry:
        this.entry(file, name);
        return;
      case READ.names:
        this.namesOf(file);
        return;
      case READ.size:
        this.sizeIn(file);
        return;
      case READ.mode:
        this.set(this.modeOf(file), 0);
        return;
      case READ.links:
        this.set(this.linksTo(file), 0);
        return;
      case READ.bytes:
        this.bytesOf(this.sectorAt(file, at), range);
        return;
      case READ.random:
        this.set(depth, 0);
        return;
      case READ.isHole:
        this.set(Number(this.sectorAt(file, at).isHole), 0);
        return;
      case READ.isEmptyBlock:
        this.set(Number(this.isEmptyBlock(file, at)), 0);
        return;
      default: {
        const hash = new Hash().text(imageKey(this.image));
        this.set(hash.lane1, hash.lane2);
      }
    }
  }

  sectorCount(file: number): number {
    const inode = this.inode(file);
    return inode?.kind === 'file' ? inode.sectors.length : 0;
  }

  sectorAt(file: number, index: number): Sector {
    const inode = this.inode(file);
    return (inode?.kind === 'file' ? inode.sectors[index] : undefined) ?? ZERO_SECTOR;
  }

  private bytesOf({ bytes, hash1, hash2 }: Sector, range: number): void {
    if (range === WHOLE_SECTOR) {
      this.set(hash1, hash2);
      return;
    }
    const hash = new Hash().bytes(bytes, range & RANGE_MASK, range >> RANGE_BITS);
    this.set(hash.lane1, hash.lane2);
  }

  private set(value1: number, value2: number): void {
    this.value1 = value1 | 0;
    this.value2 = value2 | 0;
  }

  private entry(directory: number, name: string): void {
    const inode = this.inode(directory);
    const ino = inode?.kind === 'directory' ? inode.entries.get(name) : undefined;
    const child = ino === undefined ? undefined : this.image.inodes.get(ino);
    if (ino === undefined || child === undefined) {
      this.set(0, 0);
      return;
    }
    const number = this.meet(ino);
    const target = child.kind === 'symlink' ? new Hash().text(child.target).lane1 : 0;
    this.set((number << 2) | KINDS[child.kind], target);
  }

  private namesOf(directory: number): void {
    const inode = this.inode(directory);
    const names = inode?.kind === 'directory' ? [...inode.entries.keys()].sort() : [];
    const hash = new Hash();
    for (const name of names) hash.text(name);
    this.set(hash.lane1, hash.lane2);
  }

  private sizeIn(file: number): void {
    const inode = this.inode(file);
    const size = inode?.kind === 'file' ? inode.size : 0;
    this.set(size, size / 0x100000000);
  }

  private modeOf(file: number): number {
    const inode = this.inode(file);
    return inode === undefined || inode.kind === 'symlink' ? 0 : inode.mode;
  }

  private isEmptyBlock(file: number, block: number): boolean {
    for (let sector = 0; sector < BLOCK_SECTORS; sector++)
      if (!this.sectorAt(file, block * BLOCK_SECTORS + sector).isHole) return false;
    return true;
  }

  private linksTo(file: number): number {
    this.links ??= linkCounts(this.image);
    return this.links.get(this.inos[file] ?? 0) ?? 0;
  }
}

const linkCounts = ({ inodes }: DiskImage): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  const walk = (directory: number): void => {
    const inode = inodes.get(directory);
    if (inode?.kind !== 'directory') return;
    for (const ino of inode.entries.values()) {
      counts.set(ino, (counts.get(ino) ?? 0) + 1);
      walk(ino);
    }
  };
  walk(ROOT_INO);
  return counts;
};

/** Bytes of a sector, from one to before another. */
export type Range = readonly [from: number, to: number];

/** The parts of a range that none of `known` covers; `known` is sorted and holds no two that touch. */
export const uncovered = (known: readonly Range[], from: number, to: number): readonly Range[] => {
  const parts: Range[] = [];
  let at = from;
  for (const [start, end] of known) {
    if (end <= at) continue;
    if (start >= to) break;
    if (start > at) parts.push([at, start]);
    at = end;
  }
  if (at < to) parts.push([at, to]);
  return parts;
};

export const withRange = (known: readonly Range[], from: number, to: number): readonly Range[] => {
  const touching = known.filter(([start, end]) => start <= to && end >= from);
  const apart = known.filter(([start, end]) => start > to || end < from);
  const merged: Range = [
    Math.min(from, ...touching.map(([start]) => start)),
    Math.max(to, ...touching.map(([, end]) => end)),
  ];
  return [...apart, merged].sort((a, b) => a[0] - b[0]);
};

const ALL_BYTES: readonly Range[] = [[0, SECTOR_BYTES]];
const NO_BYTES: readonly Range[] = [];

/** Notes what a life reads, each cell once. Cells that the life has written no longer belong to the image. */
export class ReadRecorder {
  private readonly reader: ImageReader;
  private readonly packed: number[] = [];
  private readonly names: string[] = [];
  private readonly known = new Set<string | number>();
  /** By number of file and by sector: the bytes that were read or written. */
  private readonly bytesKnown: Map<number, readonly Range[]>[] = [];

  constructor(
    image: DiskImage,
    private readonly depth: number,
  ) {
    this.reader = new ImageReader(image);
  }

  /** A name was looked up in a directory. */
  entry(directory: number, name: string): void {
    const file = this.reader.numberOf(directory);
    if (file === undefined || !isName(name) || !this.isNew(`${file}/${name}`)) return;
    this.note(READ.entry, file, this.names.push(name) - 1, 0, name);
  }

  /** A directory was listed. */
  listing(directory: number): void {
    this.once(READ.names, directory);
  }

  size(ino: number): void {
    this.once(READ.size, ino);
  }

  mode(ino: number): void {
    this.once(READ.mode, ino);
  }

  links(ino: number): void {
    this.once(READ.links, ino);
  }

  /** Bytes of a sector were read, from one to before another. */
  bytes(ino: number, index: number, from: number, to: number): void {
    const file = this.reader.numberOf(ino);
    if (file === undefined) return;
    const sectors = this.sectorsOf(file);
    const known = sectors.get(index) ?? NO_BYTES;
    const fresh = uncovered(known, from, to);
    if (fresh.length === 0) return;
    sectors.set(index, withRange(known, from, to));
    for (const [start, end] of fresh) this.note(READ.bytes, file, index, rangeOf(start, end), '');
  }

  /** Bytes of a sector were written. */
  wrote(ino: number, index: number, from: number, to: number): void {
    const file = this.reader.numberOf(ino);
    if (file === undefined) return;
    const sectors = this.sectorsOf(file);
    const isWhole = from === 0 && to === SECTOR_BYTES;
    sectors.set(index, isWhole ? ALL_BYTES : withRange(sectors.get(index) ?? NO_BYTES, from, to));
  }

  /** A file was cut: what lies beyond is zeros from now on. */
  truncated(ino: number, size: number): void {
    const file = this.reader.numberOf(ino);
    if (file === undefined) return;
    const tail = size % SECTOR_BYTES;
    if (tail > 0) this.wrote(ino, (size - tail) / SECTOR_BYTES, tail, SECTOR_BYTES);
    for (let index = sectorsFor(size); index < this.reader.sectorCount(file); index++)
      this.wrote(ino, index, 0, SECTOR_BYTES);
  }

  /** Random numbers come from the history and from the life's depth. */
  random(): void {
    if (this.isNew('random')) this.note(READ.random, 0, 0, 0, '');
  }

  /** The answer to a call may depend on any part of the disk. */
  all(): void {
    if (this.isNew('all')) this.note(READ.all, 0, 0, 0, '');
  }

  get reads(): ImageReads {
    return { packed: Int32Array.from(this.packed), names: this.names, inos: this.reader.inos };
  }

  private sectorsOf(file: number): Map<number, readonly Range[]> {
    this.bytesKnown[file] ??= new Map();
    return this.bytesKnown[file];
  }

  private once(kind: number, ino: number): void {
    const file = this.reader.numberOf(ino);
    if (file !== undefined && this.isNew(file * READ_KINDS + kind)) this.note(kind, file, 0, 0, '');
  }

  private isNew(cell: string | number): boolean {
    if (this.known.has(cell)) return false;
    this.known.add(cell);
    return true;
  }

  private note(kind: number, file: number, at: number, range: number, name: string): void {
    this.reader.read(kind, file, at, range, name, this.depth);
    this.packed.push(kind, file, at, range, this.reader.value1, this.reader.value2);
  }
}
