/**
 * What a killed process leaves to the next life besides the image that it sees: the durable disk under it, and the
 * micro-operations between the two, which the next power cut may still take.
 */

import { Hash } from '../../util/hash.js';
import { type DiskImage, type Inode, ROOT_INO } from './disk-image.js';
import { isData, type MicroOperation, sectorsOf } from './micro-operation.js';
import { SECTOR_BYTES } from './sector.js';

export interface Carried {
  /** The durable disk. */
  readonly base: DiskImage;
  /** In issue order, with negative numbers: those of a life's own begin at 0. */
  readonly volatile: readonly MicroOperation[];
  /** What a failed sync gave up; it is in the page cache and never reaches the disk. */
  readonly neverWritten: readonly MicroOperation[];
  /** Equal for equal content and order, whatever the numbers of files and micro-operations. */
  readonly key: string;
}

/** The files that some name leads to, or may still lead to. */
export const reachable = (base: DiskImage, volatile: readonly MicroOperation[]): ReadonlySet<number> => {
  const found = new Set([ROOT_INO]);
  for (const inode of base.inodes.values())
    if (inode.kind === 'directory') for (const ino of inode.entries.values()) found.add(ino);
  for (const operation of volatile)
    if (operation.kind === 'entries')
      for (const { ino } of operation.changes) if (ino !== undefined) found.add(ino);
  return found;
};

/** Changes of a file that no name can lead to any more: no image shows them. */
export const isDead = (operation: MicroOperation, files: ReadonlySet<number>): boolean =>
  operation.kind !== 'entries' && !files.has(operation.ino);

const renumbered = (operation: MicroOperation, shift: number): MicroOperation => {
  const id = operation.id - shift;
  if (operation.kind === 'size' && operation.flushedBefore !== undefined)
    return { ...operation, id, flushedBefore: operation.flushedBefore - shift };
  return { ...operation, id };
};

/** Numbers files by where they are met, so that equal disks number them alike. */
class Census {
  readonly met: number[] = [];
  private readonly numbers = new Map<number, number>();

  of(ino: number): number {
    const known = this.numbers.get(ino);
    if (known !== undefined) return known;
    this.numbers.set(ino, this.met.length);
    return this.met.push(ino) - 1;
  }

  walk(image: DiskImage, ino: number): void {
    this.of(ino);
    const inode = image.inodes.get(ino);
    if (inode?.kind !== 'directory') return;
    for (const name of [...inode.entries.keys()].sort()) this.walk(image, inode.entries.get(name) ?? 0);
  }
}

const hashInode = (hash: Hash, inode: Inode | undefined, census: Census): void => {
  switch (inode?.kind) {
    case undefined:
      hash.int(0);
      return;
    case 'file':
      hash.int(1).int(inode.mode).int(inode.size).int(inode.sum1).int(inode.sum2).int(inode.zeros);
      return;
    case 'symlink':
      hash.int(2).text(inode.target);
      return;
    case 'directory':
      hash.int(3).int(inode.mode).int(inode.entries.size);
      for (const name of [...inode.entries.keys()].sort())
        hash.text(name).int(census.of(inode.entries.get(name) ?? 0));
      return;
    default:
      inode satisfies never;
  }
};

const hashOperation = (hash: Hash, operation: MicroOperation, census: Census): void => {
  hashContent(hash, operation, census);
  if (isData(operation)) {
    for (const { sector, allocates, opensBlock } of sectorsOf(operation))
      hash.int(sector.hash1).int(sector.hash2).int(Number(allocates)).int(Number(opensBlock));
  } else if (operation.kind === 'size') {
    const { delayed, flushedBefore } = operation;
    hash.int(Number(delayed)).int(flushedBefore ?? 1);
  }
};

/** What an operation writes, but for the place that it is given on the disk, and for what else is in a sector. */
export const hashContent = (hash: Hash, operation: MicroOperation, census: Pick<Census, 'of'>): void => {
  if (isData(operation)) {
    hash.int(1).int(census.of(operation.ino));
    for (const { index, sector, written, left = SECTOR_BYTES } of sectorsOf(operation)) {
      hash.int(index).int(left);
      if (written === undefined) hash.int(sector.hash1).int(sector.hash2);
      else hash.int(written[0]).bytes(sector.bytes, ...written);
    }
  } else if (operation.kind === 'size') {
    hash.int(2).int(census.of(operation.ino)).int(operation.size);
  } else if (operation.kind === 'mode') {
    hash.int(3).int(census.of(operation.ino)).int(operation.mode);
  } else {
    hash.int(4).int(Number(operation.replaces));
    for (const { directory, name, ino } of operation.changes)
      hash
        .int(census.of(directory))
        .text(name)
        .int(ino === undefined ? -1 : census.of(ino));
  }
};

export const filesOf = (operation: MicroOperation): readonly number[] =>
  operation.kind === 'entries'
    ? operation.changes.flatMap(({ directory, ino }) => (ino === undefined ? [directory] : [directory, ino]))
    : [operation.ino];

const keyOf = (image: DiskImage, { base, volatile, neverWritten }: Omit<Carried, 'key'>): string => {
  const census = new Census();
  census.walk(image, ROOT_INO);
  census.walk(base, ROOT_INO);
  for (const operation of [...volatile, ...neverWritten])
    for (const ino of filesOf(operation)) census.walk(base, ino);
  const hash = new Hash();
  for (const ino of census.met) hashInode(hash, base.inodes.get(ino), census);
  for (const operation of volatile) hashOperation(hash, operation, census);
  hash.int(neverWritten.length);
  for (const operation of neverWritten) {
    hashOperation(hash, operation, census);
    // Where it stands among the others counts: a truncation in between cuts it.
    hash.int(volatile.filter(({ id }) => id < operation.id).length);
  }
  return hash.digest();
};

/** What the next life is left; undefined where all that it sees is durable. O(files + micro-operations) */
export const carry = (
  image: DiskImage,
  base: DiskImage,
  volatile: readonly MicroOperation[],
  neverWritten: readonly MicroOperation[],
): Carried | undefined => {
  const files = reachable(base, volatile);
  const alive = (operation: MicroOperation): boolean => !isDead(operation, files);
  const kept = [volatile.filter(alive), neverWritten.filter(alive)] as const;
  if (kept[0].length + kept[1].length === 0) return undefined;
  const shift = 1 + Math.max(...kept.flat().map(({ id }) => id));
  const [left, given] = kept.map((operations) => operations.map((operation) => renumbered(operation, shift)));
  const carried = { base, volatile: left ?? [], neverWritten: given ?? [] };
  return { ...carried, key: keyOf(image, carried) };
};
