/**
 * The crash model once more, written from docs/crash-model.md alone and by brute force: a disk is a plain map, an image is
 * what is left of every subset of the changes that the rules allow. It shares nothing with the simulator but the calls of
 * a program and the names of the models. For tests.
 */
import { GARBAGE_SECTOR, STALE_SECTOR } from '../disk/crash-model/sector.js';
import type { DiskCall } from './disk-programs.js';

const SECTOR = 512;
const PAGE = 4096;

/** A sector's bytes; undefined: a hole. */
type Cell = Uint8Array | undefined;
interface File {
  size: number;
  mode: number;
  cells: Cell[];
}
export interface Disk {
  readonly files: Map<number, File>;
  /** By directory and name, as '/d/a'. */
  readonly names: Map<string, number>;
}

type Change = { readonly id: number; readonly file: number } & (
  | {
      readonly kind: 'data';
      readonly sector: number;
      readonly bytes: Uint8Array;
      fresh: boolean;
      opens: boolean;
    }
  | { readonly kind: 'size'; readonly size: number; readonly delayed: boolean; flushedAt?: number }
  | { readonly kind: 'mode'; readonly mode: number }
  | {
      readonly kind: 'names';
      readonly edits: readonly (readonly [string, number | undefined])[];
      readonly replaces: boolean;
    }
);

const copyOf = ({ files, names }: Disk): Disk => ({
  files: new Map([...files].map(([ino, file]) => [ino, { ...file, cells: [...file.cells] }])),
  names: new Map(names),
});

const zeroed = (cell: Cell, from: number): Cell => cell?.map((byte, at) => (at < from ? byte : 0));

const apply = (disk: Disk, change: Change, bytes?: Uint8Array): void => {
  if (change.kind === 'names') {
    for (const [name, ino] of change.edits)
      if (ino === undefined) disk.names.delete(name);
      else disk.names.set(name, ino);
    return;
  }
  const file = disk.files.get(change.file) ?? { size: 0, mode: 0o100644, cells: [] };
  disk.files.set(change.file, file);
  if (change.kind === 'mode') file.mode = change.mode;
  else if (change.kind === 'data') file.cells[change.sector] = bytes ?? change.bytes;
  else {
    if (change.size < file.size) {
      file.cells.length = Math.min(file.cells.length, Math.ceil(change.size / SECTOR));
      const last = Math.floor(change.size / SECTOR);
      if (file.cells[last] !== undefined) file.cells[last] = zeroed(file.cells[last], change.size % SECTOR);
    }
    file.size = change.size;
  }
};

/** All that a program can see of a disk. */
export const textOf = (disk: Disk): string =>
  [...disk.names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, ino]) => {
      const file = disk.files.get(ino);
      const twins = [...disk.names].filter(([, other]) => other === ino).map(([other]) => other);
      const bytes = new Uint8Array(file?.size ?? 0);
      for (let at = 0; at < bytes.length; at += SECTOR)
        bytes.set((file?.cells[at / SECTOR] ?? new Uint8Array(SECTOR)).subarray(0, bytes.length - at), at);
      return `${name} ${file?.mode ?? 0o100644} ${twins.sort().join('=')} ${bytes.length} ${Buffer.from(bytes).toString('latin1')}`;
    })
    .join('\n');

const isMetadata = ({ kind }: Change): boolean => kind !== 'data';
const movedOver = (a: Change, b: Change): boolean =>
  b.kind === 'names' && b.replaces && b.edits.some(([, ino]) => ino === a.file);
const isNewData = (a: Change, b: Change): boolean =>
  a.kind === 'data' && a.opens && b.kind === 'size' && a.file === b.file;
const inJournal = (a: Change, b: Change): boolean => isMetadata(a) && isMetadata(b);
const waits = (a: Change, b: Change): boolean =>
  a.kind === 'size' && a.delayed && !(a.flushedAt !== undefined && b.id >= a.flushedAt) && !movedOver(a, b);
const inDelayedJournal = (a: Change, b: Change): boolean => inJournal(a, b) && !waits(a, b);
const dataMovedOver = (a: Change, b: Change): boolean => a.kind === 'data' && movedOver(a, b);

/** By model: whether the later change can't be there without the earlier one. */
const RULES: Readonly<Record<string, (a: Change, b: Change) => boolean>> = {
  prefix: () => true,
  'ext4-nodelalloc': (a, b) => inJournal(a, b) || isNewData(a, b) || dataMovedOver(a, b),
  'ext4-delalloc': (a, b) => inDelayedJournal(a, b) || isNewData(a, b) || dataMovedOver(a, b),
  'ext4-writeback': inDelayedJournal,
  'btrfs-like': isNewData,
};
const SHOWS_OLD = new Set(['ext4-writeback', 'posix', 'posix-worst']);

const sameCell = (a: Change, b: Change): boolean => {
  if (a.kind === 'names' || b.kind === 'names')
    return a.kind === 'names' && b.kind === 'names' && a.edits.some(([x]) => b.edits.some(([y]) => x === y));
  return (
    a.kind === b.kind &&
    a.file === b.file &&
    (a.kind !== 'data' || b.kind !== 'data' || a.sector === b.sector)
  );
};

export class ReferenceDisk {
  private readonly log: Change[] = [];
  private readonly durable = new Set<Change>();
  private view: Disk;
  private nextId = 0;
  private nextFile = 1000;
  /** Every image that some power cut so far may have left, as text. */
  readonly images = new Set<string>();

  constructor(
    private readonly start: Disk,
    private readonly model: string,
    private readonly changesMax: number,
  ) {
    this.view = copyOf(start);
    this.note();
  }

  /** False: there are too many subsets to try them all. */
  get isSmall(): boolean {
    return this.log.length - this.durable.size <= this.changesMax;
  }

  private before(a: Change, b: Change): boolean {
    return sameCell(a, b) || RULES[this.model]?.(a, b) === true;
  }

  private add(...changes: readonly (Omit<Change, 'id'> & object)[]): void {
    for (const one of changes) {
      const change = { ...one, id: this.nextId++ } as Change; // only the number was left out
      this.log.push(change);
      apply(this.view, change);
      this.note();
    }
  }

  private note(): void {
    if (this.model === 'process-kill') this.images.add(textOf(this.view));
    else if (this.model === 'synced-only')
      this.images.add(textOf(this.imageOf((change) => this.durable.has(change))));
    else if (this.isSmall) this.noteSubsets();
  }

  private noteSubsets(): void {
    const open = this.log.filter((change) => !this.durable.has(change));
    for (let bits = 0; bits < 2 ** open.length; bits++) {
      const lost = new Set(open.filter((_, index) => ((bits >>> index) & 1) === 1));
      const isLegal = this.log.every(
        (later, j) =>
          lost.has(later) || this.log.every((a, i) => i >= j || !lost.has(a) || !this.before(a, later)),
      );
      if (!isLegal) continue;
      const isKept = (change: Change): boolean => !lost.has(change);
      this.images.add(textOf(this.imageOf(isKept)));
      if (SHOWS_OLD.has(this.model))
        this.images.add(
          textOf(
            this.imageOf(isKept, (change, disk) => {
              const hole =
                disk.files.get(change.file)?.cells[change.kind === 'data' ? change.sector : 0] === undefined;
              return change.kind === 'data' && change.fresh && hole ? STALE_SECTOR.bytes : undefined;
            }),
          ),
        );
      if (this.model === 'posix-worst')
        for (const torn of lost)
          this.images.add(
            textOf(this.imageOf(isKept, (change) => (change === torn ? GARBAGE_SECTOR.bytes : undefined))),
          );
    }
  }

  private imageOf(
    isKept: (change: Change) => boolean,
    leaves: (lost: Change, disk: Disk) => Uint8Array | undefined = () => undefined,
  ): Disk {
    const disk = copyOf(this.start);
    for (const change of this.log) {
      const instead = isKept(change) ? undefined : leaves(change, disk);
      if (isKept(change)) apply(disk, change);
      else if (change.kind === 'data' && instead !== undefined) apply(disk, change, instead);
    }
    return disk;
  }

  private sync(isCovered: (change: Change) => boolean): void {
    for (const change of this.log) if (isCovered(change)) this.durable.add(change);
    for (const later of [...this.log].reverse())
      if (this.durable.has(later))
        for (const a of this.log) if (a.id < later.id && this.before(a, later)) this.durable.add(a);
    this.note();
  }

  private name(edits: readonly (readonly [string, number | undefined])[], replaces = false): void {
    this.add({ kind: 'names', file: -1, edits, replaces } as never);
  }

  private open(path: string): number {
    const known = this.view.names.get(path);
    if (known !== undefined) return known;
    const file = this.nextFile++;
    this.name([[path, file]]);
    return file;
  }

  private write(file: number, at: number, length: number, fill: number): void {
    let opens = false;
    const openedPages = new Set<number>();
    for (let done = 0; done < length; ) {
      const sector = Math.floor((at + done) / SECTOR);
      const page = Math.floor(sector / 8);
      const cells = this.view.files.get(file)?.cells ?? [];
      const part = Math.min(SECTOR - ((at + done) % SECTOR), length - done);
      if (!openedPages.has(page)) {
        openedPages.add(page);
        opens = Array.from({ length: 8 }, (_, index) => cells[page * 8 + index]).every(
          (cell) => cell === undefined,
        );
      }
      const bytes = Uint8Array.from(cells[sector] ?? new Uint8Array(SECTOR));
      bytes.fill(fill, (at + done) % SECTOR, ((at + done) % SECTOR) + part);
      this.add({ kind: 'data', file, sector, bytes, fresh: cells[sector] === undefined, opens } as never);
      done += part;
      const end = at + done;
      if ((end % PAGE === 0 || done === length) && end > (this.view.files.get(file)?.size ?? 0)) {
        const last = Math.floor((end - 1) / PAGE);
        const delayed = this.log.some(
          (one) =>
            one.kind === 'data' &&
            one.opens &&
            one.file === file &&
            Math.floor(one.sector / 8) === last &&
            !this.durable.has(one),
        );
        this.add({ kind: 'size', file, size: end, delayed } as never);
      }
    }
  }

  private truncate(file: number, size: number): void {
    if ((this.view.files.get(file)?.size ?? 0) === size) return;
    this.add({ kind: 'size', file, size, delayed: false } as never);
    if (size === 0)
      // Closed at once: what waits for its allocation waits no longer.
      for (const change of this.log)
        if (change.kind === 'size' && change.file === file && change.delayed)
          change.flushedAt ??= this.nextId;
  }

  private move(from: string, to: string): void {
    const file = this.view.names.get(from);
    const replaced = this.view.names.get(to);
    if (file === undefined || file === replaced) return;
    const replaces = replaced !== undefined;
    if (this.model !== 'posix-worst')
      this.name(
        [
          [from, undefined],
          [to, file],
        ],
        replaces,
      );
    else
      for (const part of [
        ...(replaces ? [[to, undefined] as const] : []),
        [from, undefined] as const,
        [to, file] as const,
      ])
        this.name([part]);
  }

  perform(step: DiskCall, number: number): void {
    const file = this.view.names.get(step.path);
    switch (step.call) {
      case 'write':
        this.write(this.open(step.path), step.at, step.length, number + 1);
        return;
      case 'truncate':
        this.truncate(this.open(step.path), step.size);
        return;
      case 'rename':
        this.move(step.path, step.to);
        return;
      case 'link':
        if (file !== undefined && !this.view.names.has(step.to)) this.name([[step.to, file]]);
        return;
      case 'unlink':
        if (file !== undefined) this.name([[step.path, undefined]]);
        return;
      case 'chmod':
        if (file !== undefined) this.add({ kind: 'mode', file, mode: 0o100000 | (0o600 + number) } as never);
        return;
      case 'fsync':
      case 'fdatasync':
        this.sync((one) => one.file === file && (one.kind !== 'mode' || step.call === 'fsync'));
        return;
      case 'fsync directory': {
        const within = (name: string): boolean => name.slice(0, name.lastIndexOf('/') || 1) === step.path;
        this.sync((one) => one.kind === 'names' && one.edits.some(([name]) => within(name)));
        return;
      }
      default:
        step satisfies never;
    }
  }
}
