/**
 * A disk image: what lies on the platter at one moment. Immutable and structurally shared: two images differ
 * in memory only by what differs between them. Its key is a hash over content as a program can see it
 * (names, bytes, sizes, links), never over inode numbers, so equal disks have equal keys however they came about.
 */
import { Hash, scramble } from '../../util/hash.js';
import { SECTOR_BYTES, type Sector } from './sector.js';

export interface FileInode {
  readonly kind: 'file';
  readonly mode: number;
  readonly size: number;
  /** Exactly the sectors that `size` needs; bytes of the last one beyond `size` are zero. */
  readonly sectors: readonly Sector[];
  /** Sum over the sectors of their position-dependent hashes: kept up to date in O(changed sectors). */
  readonly sum1: number;
  readonly sum2: number;
  /** The same over the sectors that were written with zeros: they read as a hole does, but have a place on the disk. */
  readonly zeros: number;
}

export interface DirectoryInode {
  readonly kind: 'directory';
  readonly mode: number;
  readonly entries: ReadonlyMap<string, number>;
}

export interface SymlinkInode {
  readonly kind: 'symlink';
  readonly target: string;
}

export type Inode = FileInode | DirectoryInode | SymlinkInode;

export const ROOT_INO = 1;

export interface DiskImage {
  readonly inodes: ReadonlyMap<number, Inode>;
  /** Larger than every inode number ever used on this disk. */
  readonly nextIno: number;
}

export const EMPTY_FILE: FileInode = {
  kind: 'file',
  mode: 0o100644,
  size: 0,
  sectors: [],
  sum1: 0,
  sum2: 0,
  zeros: 0,
};

/** A freshly formatted disk: the root directory, and nothing in it. */
export const EMPTY_IMAGE: DiskImage = {
  inodes: new Map([[ROOT_INO, { kind: 'directory', mode: 0o40755, entries: new Map() }]]),
  nextIno: ROOT_INO + 1,
};

/** What one sector adds to lane 1 of its file's sum when it stands at `index`. */
export const sectorSum1 = (index: number, sector: Sector): number =>
  scramble(sector.hash1 + Math.imul(index, 0x9e3779b1));
/** The same for lane 2. */
export const sectorSum2 = (index: number, sector: Sector): number =>
  scramble(sector.hash2 ^ Math.imul(index + 1, 0x85ebca77));

/** The same for a sector of zeros that is no hole. */
export const zeroSum = (index: number): number => scramble(index + 1);

const inodeHash = (image: DiskImage, ino: number, seen: Map<number, number>, allocation: boolean): Hash => {
  const hash = new Hash();
  const inode = image.inodes.get(ino);
  if (inode === undefined) return hash.int(-1);
  switch (inode.kind) {
    case 'file':
      hash.int(1).int(inode.mode).int(inode.size).int(inode.sum1).int(inode.sum2);
      return allocation ? hash.int(inode.zeros) : hash;
    case 'symlink':
      return hash.int(2).text(inode.target);
    case 'directory': {
      hash.int(3).int(inode.mode).int(inode.entries.size);
      let sum1 = 0;
      let sum2 = 0;
      for (const [name, child] of inode.entries) {
        // A sum, so that the order in which names were added does not count.
        const entry = inodeHash(image, child, seen, allocation);
        seen.set(child, (seen.get(child) ?? 0) + 1);
        const named = new Hash().text(name).int(entry.lane1).int(entry.lane2);
        sum1 = (sum1 + scramble(named.lane1)) | 0;
        sum2 = (sum2 + scramble(named.lane2)) | 0;
      }
      return hash.int(sum1).int(sum2);
    }
    default:
      return inode satisfies never;
  }
};

/** Which names are one file: needed only where a file has several. */
const linkGroups = (image: DiskImage, shared: ReadonlySet<number>): string => {
  const paths = new Map<number, string[]>();
  const walk = (ino: number, path: string): void => {
    const inode = image.inodes.get(ino);
    if (inode?.kind === 'directory') {
      for (const name of [...inode.entries.keys()].sort())
        walk(inode.entries.get(name) ?? -1, `${path}/${name}`);
    } else if (shared.has(ino)) {
      paths.set(ino, [...(paths.get(ino) ?? []), path]);
    }
  };
  walk(ROOT_INO, '');
  return JSON.stringify([...paths.values()]);
};

/**
 * A key that is equal for equal content. O(inodes + directory entries), whatever the bytes.
 * @param allocation whether written zeros and a hole differ. No program sees it, but a power cut later may: only a block
 *   that a write had to find room for can show old bytes.
 */
export const imageKey = (image: DiskImage, allocation = false): string => {
  const seen = new Map<number, number>();
  const hash = inodeHash(image, ROOT_INO, seen, allocation);
  const shared = new Set<number>();
  for (const [ino, count] of seen) if (count > 1) shared.add(ino);
  if (shared.size > 0) hash.text(linkGroups(image, shared));
  return hash.digest();
};

/** The bytes of a file of an image: for tests and for showing, not for the hot path. */
export const fileBytes = (file: FileInode): Uint8Array => {
  const bytes = new Uint8Array(file.size);
  file.sectors.forEach((sector, index) => {
    const start = index * SECTOR_BYTES;
    bytes.set(sector.bytes.subarray(0, Math.min(SECTOR_BYTES, file.size - start)), start);
  });
  return bytes;
};
