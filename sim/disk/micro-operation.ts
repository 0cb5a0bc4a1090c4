/**
 * Micro-operations: what a system call does to the disk, cut into the pieces that a power cut can tell apart.
 *
 * A *cell* is one sector of one file, the size of one file, or one directory entry. Each micro-operation gives
 * one or more cells a new version; a crash image picks for each cell a version between the last durable and the
 * current one. Plain immutable data.
 */
import type { Inode } from './image.js';
import type { Sector } from './sector.js';

interface MicroOperationBase {
  /** Place in its life's journal: the issue order. */
  readonly id: number;
}

export interface SectorWrite extends MicroOperationBase {
  readonly kind: 'sector';
  readonly ino: number;
  readonly index: number;
  readonly sector: Sector;
  /** The file had nothing allocated here: if this write is lost but the size is not, the block's old bytes may show. */
  readonly allocates: boolean;
}

export interface SizeChange extends MicroOperationBase {
  readonly kind: 'size';
  readonly ino: number;
  readonly size: number;
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
}

export interface ModeChange extends MicroOperationBase {
  readonly kind: 'mode';
  readonly ino: number;
  readonly mode: number;
}

export type MicroOperation = SectorWrite | SizeChange | EntriesChange | ModeChange;

/** A new inode that no name leads to yet. Not a micro-operation: until it has a name nobody can see it. */
export interface InodeBirth {
  readonly kind: 'birth';
  readonly ino: number;
  readonly inode: Inode;
}

/** fsync or fdatasync returned. For a directory: its entries. A crash inside the call makes nothing durable. */
export interface Sync {
  readonly kind: 'sync';
  readonly ino: number;
  readonly scope: 'data' | 'all';
}

const sameEntry = (a: EntriesChange, b: EntriesChange): boolean =>
  a.changes.some((x) => b.changes.some((y) => x.directory === y.directory && x.name === y.name));

/** Do two micro-operations give versions to the same cell? Then their order is kept under every model. */
export const sharesCell = (a: MicroOperation, b: MicroOperation): boolean => {
  switch (a.kind) {
    case 'sector':
      return b.kind === 'sector' && a.ino === b.ino && a.index === b.index;
    case 'size':
    case 'mode':
      return b.kind === a.kind && a.ino === b.ino;
    case 'entries':
      return b.kind === 'entries' && sameEntry(a, b);
    default:
      return a satisfies never;
  }
};

/** Does this sync make this micro-operation durable? */
export const isSyncedBy = (operation: MicroOperation, sync: Sync): boolean => {
  switch (operation.kind) {
    case 'sector':
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
