/**
 * A journal, as the life would have written it on a disk of equal content that has its holes elsewhere. A program can't
 * tell a hole from zeros, so it does the same; only which writes have to find a block differs.
 */
import type { DiskImage } from './disk-image.js';
import type { JournalEntry } from './journal.js';
import { BLOCK_SECTORS, type SectorWrite } from './micro-operation.js';
import { sectorsFor, ZERO_SECTOR } from './sector.js';

/** For each file that is written to, which of its sectors are holes: those that are missing are. */
class Holes {
  private readonly files = new Map<number, boolean[]>();

  constructor(private readonly image: DiskImage) {}

  write({ ino, index }: SectorWrite): void {
    const filled = this.filled(ino);
    while (filled.length < index) filled.push(false);
    filled[index] = true;
  }

  resize(ino: number, size: number): void {
    const filled = this.filled(ino);
    filled.length = Math.min(filled.length, sectorsFor(size));
  }

  at(ino: number, index: number): boolean {
    return this.filled(ino)[index] !== true;
  }

  /** Whether the whole block that holds a sector is one. */
  inBlockOf(ino: number, index: number): boolean {
    const start = index - (index % BLOCK_SECTORS);
    return !this.filled(ino)
      .slice(start, start + BLOCK_SECTORS)
      .includes(true);
  }

  private filled(ino: number): boolean[] {
    const known = this.files.get(ino);
    if (known !== undefined) return known;
    const inode = this.image.inodes.get(ino);
    const filled = inode?.kind === 'file' ? inode.sectors.map((sector) => sector !== ZERO_SECTOR) : [];
    this.files.set(ino, filled);
    return filled;
  }
}

/** `entries` of a life in which each write reached the file, for one that begins on `image`. O(files + entries) */
export const reallocate = (entries: readonly JournalEntry[], image: DiskImage): readonly JournalEntry[] => {
  const holes = new Holes(image);
  let opensBlock = false;
  let continues = false;
  return entries.map((entry): JournalEntry => {
    if (entry.kind === 'size') holes.resize(entry.ino, entry.size);
    if (entry.kind !== 'sector') return entry;
    const { ino, index } = entry;
    // Asked before the call writes anything of the block.
    if (!continues) opensBlock = holes.inBlockOf(ino, index);
    continues = entry.continues;
    const allocates = holes.at(ino, index);
    holes.write(entry);
    const isSame = allocates === entry.allocates && opensBlock === entry.opensBlock;
    return isSame ? entry : { ...entry, allocates, opensBlock };
  });
};
