/**
 * Micro-operations: what a system call does to the disk, cut into the pieces that a power cut can tell apart.
 *
 * A *cell* is one sector of one file, the size of one file, or one directory entry. Each micro-operation gives
 * one or more cells a new version; a crash image picks for each cell a version between the last durable and the
 * current one. Plain immutable data.
 */
import type { Inode } from './disk-image.js';
import { cutAt, SECTOR_BYTES, type Sector } from './sector.js';

/** What a disk writes whole or not at all is 512 B, or this much. */
export const BLOCK_SECTORS = 4096 / SECTOR_BYTES;

/** The block of 4096 B that a sector is in. */
export const blockOf = (sector: number): number => Math.floor(sector / BLOCK_SECTORS);

interface MicroOperationBase {
  /** Number in its life's journal: the issue order. A rename has one for each of its {@link renameParts}. */
  readonly id: number;
}

export interface SectorWrite extends MicroOperationBase {
  readonly kind: 'sector';
  readonly ino: number;
  readonly index: number;
  readonly sector: Sector;
  /** The file had nothing allocated here: if this write is lost but the size is not, the block's old bytes may show. */
  readonly allocates: boolean;
  /** The file had nothing in the whole block of 4096 B: a file system must find room for it before it can write. */
  readonly opensBlock: boolean;
  /** The same call also writes the next sector of the same block of 4096 B. */
  readonly continues: boolean;
  /** The bytes of the sector that the call wrote, from one to before another. Absent: all. */
  readonly written?: readonly [from: number, to: number];
  /** A durable truncation left this many bytes of the sector. Absent: all. */
  readonly left?: number;
}

/** The sectors that one call writes of one block of 4096 B: one micro-operation where that is the disk's sector. */
export interface BlockWrite extends MicroOperationBase {
  readonly kind: 'block';
  readonly ino: number;
  readonly index: number;
  readonly writes: readonly SectorWrite[];
}

export interface SizeChange extends MicroOperationBase {
  readonly kind: 'size';
  readonly ino: number;
  readonly size: number;
  /**
   * A write grew the file over a block that has no place on the disk yet. A file system that delays allocation commits
   * such a size with the block's data, and may commit later names before it.
   */
  readonly delayed: boolean;
  /** Micro-operations from this number on still come after the size: the file was flushed before them. */
  readonly flushedBefore?: number;
}

export interface EntryChange {
  readonly directory: number;
  readonly name: string;
  /** The inode the name leads to from now on; undefined: the name is gone. */
  readonly ino: number | undefined;
}

/** Names added or removed together: a rename changes several entries as one. */
export interface EntriesChange extends MicroOperationBase {
  readonly kind: 'entries';
  readonly changes: readonly EntryChange[];
  /** A rename that takes a name away from another file. */
  readonly replaces: boolean;
}

export interface ModeChange extends MicroOperationBase {
  readonly kind: 'mode';
  readonly ino: number;
  readonly mode: number;
}

export type DataWrite = SectorWrite | BlockWrite;

export type MicroOperation = DataWrite | SizeChange | EntriesChange | ModeChange;

/** A new inode that no name leads to yet. Not a micro-operation: until it has a name, no program can see it. */
export interface InodeBirth {
  readonly kind: 'birth';
  readonly ino: number;
  readonly inode: Inode;
}

/**
 * A file that was truncated to nothing was closed. ext4 gives its delayed blocks their places then (auto_da_alloc).
 * Not a micro-operation: it only orders the file's size before all that follows.
 */
export interface Flush {
  readonly kind: 'flush';
  readonly ino: number;
  /** The number of the next micro-operation. */
  readonly before: number;
}

/** fsync or fdatasync returned. For a directory: its entries. A crash inside the call makes nothing durable. */
export interface Sync {
  readonly kind: 'sync';
  readonly ino: number;
  readonly scope: 'data' | 'all';
  readonly isDirectory: boolean;
}

export const isData = (operation: MicroOperation): operation is DataWrite =>
  operation.kind === 'sector' || operation.kind === 'block';

/** The sectors that a data write is made of. */
export const sectorsOf = (operation: DataWrite): readonly SectorWrite[] =>
  operation.kind === 'sector' ? [operation] : operation.writes;

/** One micro-operation out of the sectors that one call writes of one block. */
export const blockWrite = (writes: readonly SectorWrite[]): BlockWrite | undefined => {
  const [first] = writes;
  if (first === undefined) return undefined;
  const { id, ino, index } = first;
  return { kind: 'block', id, ino, index: blockOf(index), writes };
};

/** How many numbers a change of entries takes: one, or for a rename one for each part it may be taken into. */
export const numbersFor = (changes: readonly EntryChange[]): number =>
  changes.length === 1 ? 1 : changes.length + 1;

/** A rename where it is not atomic: the name it replaces goes, the old name goes, the new name comes. */
export const renameParts = (rename: EntriesChange): readonly EntriesChange[] => {
  const { changes, replaces, id } = rename;
  if (changes.length === 1) return [rename];
  const added = changes.filter(({ ino }) => ino !== undefined);
  const replaced = replaces ? added.map((change) => ({ ...change, ino: undefined })) : [];
  const removed = changes.filter(({ ino }) => ino === undefined);
  return [...replaced, ...removed, ...added].map((change, part) => ({
    kind: 'entries',
    id: id + part,
    changes: [change],
    replaces: false,
  }));
};

const cutSector = (write: SectorWrite, size: number): SectorWrite | undefined => {
  const left = Math.min(size - write.index * SECTOR_BYTES, write.left ?? SECTOR_BYTES);
  if (left <= 0) return undefined;
  return left === SECTOR_BYTES ? write : { ...write, sector: cutAt(write.sector, left), left };
};

/** What is left of a data write after its file was cut to `size` bytes; undefined: nothing. */
export const cutTo = (write: DataWrite, size: number): DataWrite | undefined => {
  if (write.kind === 'sector') return cutSector(write, size);
  const writes = write.writes.flatMap((sector) => cutSector(sector, size) ?? []);
  return writes.length === 0 ? undefined : { ...write, writes };
};

const sameEntry = (a: EntriesChange, b: EntriesChange): boolean =>
  a.changes.some((x) => b.changes.some((y) => x.directory === y.directory && x.name === y.name));

/** Do two micro-operations give versions to the same cell? Then their order is kept under every model. */
export const sharesCell = (a: MicroOperation, b: MicroOperation): boolean => {
  switch (a.kind) {
    case 'sector':
    case 'block':
      return b.kind === a.kind && a.ino === b.ino && a.index === b.index;
    case 'size':
    case 'mode':
      return b.kind === a.kind && a.ino === b.ino;
    case 'entries':
      return b.kind === 'entries' && sameEntry(a, b);
    default:
      return a satisfies never;
  }
};

/** Whether `earlier` must be there if `later` is: in each cell versions keep their order, and a model orders more. */
export const follows = (
  earlier: MicroOperation,
  later: MicroOperation,
  { mustPrecede }: { readonly mustPrecede: (earlier: MicroOperation, later: MicroOperation) => boolean },
): boolean => sharesCell(earlier, later) || mustPrecede(earlier, later);

/** Does this sync make this micro-operation durable? */
export const isSyncedBy = (operation: MicroOperation, sync: Sync): boolean => {
  switch (operation.kind) {
    case 'sector':
    case 'block':
    case 'size':
      return operation.ino === sync.ino;
    case 'mode':
      return operation.ino === sync.ino && sync.scope === 'all';
    case 'entries':
      return operation.changes.some((change) => change.directory === sync.ino);
    default:
      return operation satisfies never;
  }
};
