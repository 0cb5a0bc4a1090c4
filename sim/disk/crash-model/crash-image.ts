/** Applies micro-operations to an image: how a crash image is made from what is durable and what survived. */
import {
  type DirectoryInode,
  type DiskImage,
  EMPTY_FILE,
  type FileInode,
  type Inode,
  sectorSum1,
  sectorSum2,
  zeroSum,
} from './disk-image.js';
import {
  type DataWrite,
  type EntryChange,
  type InodeBirth,
  isData,
  type MicroOperation,
  sectorsOf,
} from './micro-operation.js';
import {
  cutAt,
  GARBAGE_SECTOR,
  isZeros,
  SECTOR_BYTES,
  type Sector,
  STALE_SECTOR,
  sectorsFor,
  ZERO_SECTOR,
} from './sector.js';

/**
 * What the sectors hold whose data did not reach the disk. 'zero': what they held before, which is zeros where they were
 * new. 'stale': where they were new, the old bytes of their blocks. 'garbage': the power failed while the disk wrote one of
 * them, so neither its old nor its new bytes are there; the others are as under 'zero'.
 */
export type Fill = 'zero' | 'stale' | 'garbage';

/** A file under construction. */
interface FileDraft {
  mode: number;
  size: number;
  readonly sectors: Sector[];
  sum1: number;
  sum2: number;
  zeros: number;
  /** Sectors with bytes that no write put there, and the lost write that left them. */
  showing: Map<number, DataWrite> | undefined;
}

/** Adds a sector to the sums of its file, or takes it out. A hole adds nothing, so growing a file costs nothing per sector. */
const count = (draft: FileDraft, index: number, sector: Sector, sign: 1 | -1): void => {
  if (sector.isHole) return;
  // Equal content must add equally to the sums.
  if (isZeros(sector)) {
    draft.zeros = (draft.zeros + sign * zeroSum(index)) | 0;
    return;
  }
  draft.sum1 = (draft.sum1 + sign * sectorSum1(index, sector)) | 0;
  draft.sum2 = (draft.sum2 + sign * sectorSum2(index, sector)) | 0;
};

const setSector = (draft: FileDraft, index: number, sector: Sector): void => {
  while (draft.sectors.length < index) draft.sectors.push(ZERO_SECTOR);
  count(draft, index, draft.sectors[index] ?? ZERO_SECTOR, -1);
  draft.sectors[index] = sector;
  count(draft, index, sector, 1);
  draft.showing?.delete(index);
};

const dropSectorsFrom = (draft: FileDraft, count: number): void => {
  for (let index = draft.sectors.length - 1; index >= count; index--) setSector(draft, index, ZERO_SECTOR);
  if (draft.sectors.length > count) draft.sectors.length = count;
};

const cutTail = (draft: FileDraft): void => {
  const tail = draft.size % SECTOR_BYTES;
  const last = (draft.size - tail) / SECTOR_BYTES;
  const sector = draft.sectors[last];
  if (tail > 0 && sector !== undefined) {
    const cut = cutAt(sector, tail);
    if (cut === sector) return;
    const showing = draft.showing?.get(last);
    setSector(draft, last, cut);
    if (showing !== undefined) draft.showing?.set(last, showing);
  }
};

const resize = (draft: FileDraft, size: number): void => {
  const shrinks = size < draft.size;
  draft.size = size;
  if (shrinks) {
    dropSectorsFrom(draft, sectorsFor(size));
    cutTail(draft);
  }
};

const finished = (draft: FileDraft): FileInode => {
  const count = sectorsFor(draft.size);
  // What was written beyond the end of the file is no part of it.
  dropSectorsFrom(draft, count);
  cutTail(draft);
  while (draft.sectors.length < count) draft.sectors.push(ZERO_SECTOR);
  const { mode, size, sectors, sum1, sum2, zeros } = draft;
  return { kind: 'file', mode, size, sectors, sum1, sum2, zeros };
};

/** Builds one image. Use once: apply, then {@link ImageDraft.image}. */
class ImageDraft {
  private readonly inodes: Map<number, Inode>;
  private readonly files = new Map<number, FileDraft>();
  private readonly directories = new Map<number, Map<string, number>>();
  private nextIno: number;

  constructor(base: DiskImage) {
    this.inodes = new Map(base.inodes);
    this.nextIno = base.nextIno;
  }

  birth({ ino, inode }: InodeBirth): void {
    this.inodes.set(ino, inode);
    this.nextIno = Math.max(this.nextIno, ino + 1);
  }

  apply(operation: MicroOperation): void {
    switch (operation.kind) {
      case 'sector':
        setSector(this.file(operation.ino), operation.index, operation.sector);
        return;
      case 'block':
        for (const { index, sector } of operation.writes) setSector(this.file(operation.ino), index, sector);
        return;
      case 'size':
        resize(this.file(operation.ino), operation.size);
        return;
      case 'mode':
        this.setMode(operation.ino, operation.mode);
        return;
      case 'entries':
        for (const change of operation.changes) this.setEntry(change);
        return;
      default:
        operation satisfies never;
    }
  }

  /**
   * A write whose data was lost leaves something else in its place. It takes the write's turn: a truncation after it cuts
   * it, and frees its block. Old bytes show only in a block that was given to this write.
   */
  applyLost(lost: DataWrite, fill: Exclude<Fill, 'zero'>): void {
    const draft = this.file(lost.ino);
    for (const { index, allocates, left = SECTOR_BYTES } of sectorsOf(lost)) {
      const isNew = allocates && (draft.sectors[index] ?? ZERO_SECTOR).isHole;
      if (fill === 'stale' && !isNew) continue;
      setSector(draft, index, cutAt(fill === 'stale' ? STALE_SECTOR : GARBAGE_SECTOR, left));
      draft.showing ??= new Map();
      draft.showing.set(index, lost);
    }
  }

  /** Whether a file covers what a lost write left in it. @param by this one; undefined: any of them */
  shows(by: DataWrite | undefined): boolean {
    for (const { showing, size } of this.files.values())
      for (const [index, lost] of showing ?? [])
        if (index < sectorsFor(size) && (by === undefined || by === lost)) return true;
    return false;
  }

  image(): DiskImage {
    for (const [ino, draft] of this.files) this.inodes.set(ino, finished(draft));
    for (const [ino, entries] of this.directories) {
      const before = this.inodes.get(ino);
      const mode = before?.kind === 'directory' ? before.mode : 0o40755;
      this.inodes.set(ino, { kind: 'directory', mode, entries } satisfies DirectoryInode);
    }
    return { inodes: this.inodes, nextIno: this.nextIno };
  }

  private file(ino: number): FileDraft {
    let draft = this.files.get(ino);
    if (draft === undefined) {
      const inode = this.inodes.get(ino);
      const file = inode?.kind === 'file' ? inode : EMPTY_FILE;
      draft = {
        mode: file.mode,
        size: file.size,
        sectors: file.sectors.slice(),
        sum1: file.sum1,
        sum2: file.sum2,
        zeros: file.zeros,
        showing: undefined,
      };
      this.files.set(ino, draft);
    }
    return draft;
  }

  private setMode(ino: number, mode: number): void {
    const inode = this.inodes.get(ino);
    if (inode?.kind === 'directory') this.inodes.set(ino, { ...inode, mode });
    else if (inode?.kind === 'file') this.file(ino).mode = mode;
  }

  private setEntry({ directory, name, ino }: EntryChange): void {
    let entries = this.directories.get(directory);
    if (entries === undefined) {
      const inode = this.inodes.get(directory);
      entries = new Map(inode?.kind === 'directory' ? inode.entries : []);
      this.directories.set(directory, entries);
    }
    if (ino === undefined) entries.delete(name);
    else entries.set(name, ino);
  }
}

/** `base` with `births` and `operations` applied in the given order. O(inodes + sectors of the changed files). */
export const applyAll = (
  base: DiskImage,
  births: readonly InodeBirth[],
  operations: readonly MicroOperation[],
): DiskImage => {
  const draft = new ImageDraft(base);
  for (const birth of births) draft.birth(birth);
  for (const operation of operations) draft.apply(operation);
  return draft.image();
};

/** What a power cut made of the micro-operations that were not durable. */
export interface Outcome {
  /** By index into the operations. */
  readonly isLost: (index: number) => boolean;
  readonly fill: Fill;
  /** For 'garbage': the data write that the power failed in. */
  readonly torn?: DataWrite | undefined;
  /** No image unless this lost write shows in it. */
  readonly mustShow?: DataWrite | undefined;
}

/**
 * `base` with those of the operations that were not lost, applied in the given order, and what the lost ones left;
 * undefined where nothing that they left shows, as that image would only repeat the one filled with zeros.
 */
export const crashImage = (
  base: DiskImage,
  operations: readonly MicroOperation[],
  { isLost, fill, torn, mustShow }: Outcome,
): DiskImage | undefined => {
  const draft = new ImageDraft(base);
  operations.forEach((operation, index) => {
    if (!isLost(index)) draft.apply(operation);
    else if (isData(operation) && (fill === 'stale' || (fill === 'garbage' && operation === torn)))
      draft.applyLost(operation, fill);
  });
  if (fill !== 'zero' && !draft.shows(mustShow)) return undefined;
  return draft.image();
};
