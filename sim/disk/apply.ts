/** Applies micro-operations to an image: how a crash image is made from what is durable and what survived. */
import {
  type DirectoryInode,
  type DiskImage,
  EMPTY_FILE,
  type FileInode,
  type Inode,
  sectorSum1,
  sectorSum2,
} from './image.js';
import {
  type EntryChange,
  type InodeBirth,
  isData,
  type MicroOperation,
  type SectorWrite,
  sectorsOf,
} from './micro-operation.js';
import {
  cutAt,
  GARBAGE_SECTOR,
  SECTOR_BYTES,
  type Sector,
  STALE_SECTOR,
  sectorsFor,
  ZERO_SECTOR,
} from './sector.js';

/**
 * What a sector holds whose data did not reach the disk. 'zero': what it held before, which is zeros if it was new.
 * 'stale': if it was new, the old bytes of its block. 'garbage': the power failed while the first of the lost sectors
 * was being written, and neither its old nor its new bytes are there.
 */
export type Fill = 'zero' | 'stale' | 'garbage';

/** A file under construction. */
interface FileDraft {
  mode: number;
  size: number;
  readonly sectors: Sector[];
  sum1: number;
  sum2: number;
}

/** A hole adds nothing, so that growing a file costs nothing per sector. Equal content must add equally. */
const isZero = (sector: Sector): boolean =>
  sector.hash1 === ZERO_SECTOR.hash1 && sector.hash2 === ZERO_SECTOR.hash2;

const setSector = (draft: FileDraft, index: number, sector: Sector): void => {
  while (draft.sectors.length < index) draft.sectors.push(ZERO_SECTOR);
  const before = draft.sectors[index] ?? ZERO_SECTOR;
  if (!isZero(before)) {
    draft.sum1 = (draft.sum1 - sectorSum1(index, before)) | 0;
    draft.sum2 = (draft.sum2 - sectorSum2(index, before)) | 0;
  }
  draft.sectors[index] = sector;
  if (!isZero(sector)) {
    draft.sum1 = (draft.sum1 + sectorSum1(index, sector)) | 0;
    draft.sum2 = (draft.sum2 + sectorSum2(index, sector)) | 0;
  }
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
    if (cut !== sector) setSector(draft, last, cut);
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
  const { mode, size, sectors, sum1, sum2 } = draft;
  return { kind: 'file', mode, size, sectors, sum1, sum2 };
};

const covers = (draft: FileDraft, write: SectorWrite): boolean => write.index < sectorsFor(draft.size);

/** Old bytes show where a file covers a sector that was allocated for a write which did not survive. */
const exposes = (draft: FileDraft, write: SectorWrite): boolean =>
  write.allocates && covers(draft, write) && (draft.sectors[write.index] ?? ZERO_SECTOR) === ZERO_SECTOR;

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

  /** Fills the sectors whose data was lost; false when there is none that could show it. */
  fill(lost: readonly MicroOperation[], fill: Exclude<Fill, 'zero'>): boolean {
    let shown = false;
    for (const operation of lost) {
      if (!isData(operation)) continue;
      const draft = this.file(operation.ino);
      for (const write of sectorsOf(operation)) {
        if (fill === 'garbage' ? !covers(draft, write) : !exposes(draft, write)) continue;
        shown = true;
        setSector(draft, write.index, fill === 'garbage' ? GARBAGE_SECTOR : STALE_SECTOR);
      }
      if (shown && fill === 'garbage') return true;
    }
    return shown;
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

/**
 * The image in which `kept` survived and `lost` did not; undefined when there is no sector that `fill` could show in,
 * as that image would only repeat the one filled with zeros.
 */
export const crashImage = (
  base: DiskImage,
  kept: readonly MicroOperation[],
  lost: readonly MicroOperation[],
  fill: Fill,
): DiskImage | undefined => {
  const draft = new ImageDraft(base);
  for (const operation of kept) draft.apply(operation);
  if (fill !== 'zero' && !draft.fill(lost, fill)) return undefined;
  return draft.image();
};
