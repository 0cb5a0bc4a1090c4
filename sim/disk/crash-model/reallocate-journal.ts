/**
 * A journal, as the life would have written it on a disk that it can't distinguish from its own: with holes elsewhere, or
 * other bytes where it wrote without reading. The life does the same there. Only two things differ: which writes have to find
 * a block, and the rest of the sectors that it wrote in part.
 */
import type { DiskImage } from './disk-image.js';
import type { JournalEntry } from './journal.js';
import { BLOCK_SECTORS, type SectorWrite, type SizeChange } from './micro-operation.js';
import { cutAt, isZeros, patched, SECTOR_BYTES, type Sector, sectorsFor, ZERO_SECTOR } from './sector.js';

interface FileContent {
  size: number;
  /** Those that are missing are holes. */
  readonly sectors: Sector[];
}

/** What the files that are written to hold. */
class FileContents {
  private readonly files = new Map<number, FileContent>();

  constructor(private readonly image: DiskImage) {}

  at(ino: number, index: number): Sector {
    return this.file(ino).sectors[index] ?? ZERO_SECTOR;
  }

  write(ino: number, index: number, sector: Sector): void {
    const { sectors } = this.file(ino);
    while (sectors.length < index) sectors.push(ZERO_SECTOR);
    sectors[index] = sector;
  }

  resize({ ino, size }: SizeChange): void {
    const file = this.file(ino);
    const { sectors } = file;
    if (size < file.size) {
      sectors.length = Math.min(sectors.length, sectorsFor(size));
      const last = Math.floor(size / SECTOR_BYTES);
      const tail = sectors[last];
      if (tail !== undefined) sectors[last] = cutAt(tail, size % SECTOR_BYTES);
    }
    file.size = size;
  }

  /** Whether the whole block that holds a sector has no place on the disk. */
  isHoleBlock(ino: number, index: number): boolean {
    const start = index - (index % BLOCK_SECTORS);
    const block = this.file(ino).sectors.slice(start, start + BLOCK_SECTORS);
    return block.every((sector) => sector.isHole);
  }

  /** Whether the file covers a sector in which it has nothing but zeros, or a hole. */
  showsZeros(ino: number, index: number): boolean {
    return index < sectorsFor(this.file(ino).size) && isZeros(this.at(ino, index));
  }

  private file(ino: number): FileContent {
    const known = this.files.get(ino);
    if (known !== undefined) return known;
    const inode = this.image.inodes.get(ino);
    const file =
      inode?.kind === 'file'
        ? { size: inode.size, sectors: inode.sectors.slice() }
        : { size: 0, sectors: [] };
    this.files.set(ino, file);
    return file;
  }
}

/** What a write leaves where `before` was: what it did not write stays. */
const writtenOver = ({ sector, written }: SectorWrite, before: Sector): Sector => {
  if (written === undefined) return sector;
  const [from, to] = written;
  const after = patched(before, from, sector.bytes, from, to - from);
  return after.hash1 === sector.hash1 && after.hash2 === sector.hash2 ? sector : after;
};

export interface Reallocated {
  readonly entries: readonly JournalEntry[];
  /** Something was written in the place of zeros: whether they were written or a hole makes a difference. */
  readonly replacesZeros: boolean;
}

/** `entries` of a life in which each write reached the file, for one that begins on `image`. O(files + entries) */
export const reallocate = (entries: readonly JournalEntry[], image: DiskImage): Reallocated => {
  const contents = new FileContents(image);
  let opensBlock = false;
  let continues = false;
  let replacesZeros = false;
  const reallocated = entries.map((entry): JournalEntry => {
    if (entry.kind === 'size') contents.resize(entry);
    if (entry.kind !== 'sector') return entry;
    const { ino, index } = entry;
    // Asked before the call writes anything of the block.
    if (!continues) opensBlock = contents.isHoleBlock(ino, index);
    continues = entry.continues;
    replacesZeros ||= contents.showsZeros(ino, index);
    const before = contents.at(ino, index);
    const allocates = before.isHole;
    const sector = writtenOver(entry, before);
    contents.write(ino, index, sector);
    const isSame =
      allocates === entry.allocates && opensBlock === entry.opensBlock && sector === entry.sector;
    return isSame ? entry : { ...entry, allocates, opensBlock, sector };
  });
  return { entries: reallocated, replacesZeros };
};
