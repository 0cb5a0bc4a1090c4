/**
 * The frontier: what is on the disk for good, what is not yet, and what the outside world knows, at one place of a life's
 * journal. A power cut there leaves one of the states that it builds; a process kill leaves all of it to the next life.
 */

import { advance, type HistoryState, historyKey } from '../../suite/history.js';
import { applyAll, crashImage, type Fill } from './crash-image.js';
import { type DiskImage, imageKey } from './disk-image.js';
import type { DiskModel } from './disk-models.js';
import type { FailedSync, JournalEntry, Rot } from './journal.js';
import { type Carried, carry, isDead, reachable } from './killed-process.js';
import type { Survival } from './legal-losses.js';
import {
  BLOCK_SECTORS,
  blockOf,
  blockWrite,
  cutTo,
  type DataWrite,
  type Flush,
  follows,
  isData,
  isSyncedBy,
  type MicroOperation,
  renameParts,
  type SectorWrite,
  type SizeChange,
  type Sync,
  sectorsOf,
} from './micro-operation.js';
import { SECTOR_BYTES } from './sector.js';

/** How a life ended: after which journal entry, and which of the volatile micro-operations did not survive it. */
export interface Crash {
  /** The life ended when this many journal entries of it had happened. */
  readonly at: number;
  /** The micro-operations that were lost, by number. Negative: one that an earlier life, which was killed, left. */
  readonly lost: readonly number[];
  readonly fill: Fill;
  /** For 'garbage': the lost write that the power failed in. Absent: the first of those that a file covers. */
  readonly torn?: number;
  /** The process was killed and the machine went on: nothing is lost, and nothing becomes durable by it. */
  readonly isKill?: true;
}

/** Where a life starts: what the program finds on the disk, and what the outside world knows. */
export interface StartState {
  readonly image: DiskImage;
  readonly history: HistoryState;
  /** After a process kill: what of the image is not durable. */
  readonly carried?: Carried | undefined;
}

export interface CrashState extends StartState {
  readonly crash: Crash;
  /** Equal for states between which no life and no invariant can tell, until the next power cut. */
  readonly key: string;
  /** Equal where the same sectors are holes and the same were written with zeros: see {@link imageKey}. */
  readonly allocation: string;
  /** How many micro-operations were at stake: 0 when the outcome was certain. */
  readonly volatile: number;
}

/** Equal for states from which the same can follow, power cuts included. */
export const stateKey = ({ key, carried }: Pick<CrashState, 'key' | 'carried'>): string =>
  carried === undefined ? key : `${key} ${carried.key}`;

export class Frontier {
  base: DiskImage;
  volatile: MicroOperation[];
  history: HistoryState;
  /** Of a block that the call under way has not written to its end: no disk of larger sectors has seen it yet. */
  private gathered: SectorWrite[] = [];
  private landed: MicroOperation[] = [];
  /** Of many states the history is one. */
  private afterCrash:
    | { readonly before: HistoryState; readonly history: HistoryState; readonly key: string }
    | undefined;
  /** What a failed sync gave up for good: a block that it was to fill keeps the old bytes that it has. */
  private neverWritten: readonly MicroOperation[];

  constructor(
    { image, history, carried }: StartState,
    private readonly model: DiskModel,
  ) {
    // Where all survives, what the program finds is what counts.
    const { base, volatile, neverWritten } =
      carried === undefined || model.volatileSurvives === 'all'
        ? { base: image, volatile: [], neverWritten: [] }
        : carried;
    // A working copy: births are put in place, as no program can see an inode without a name.
    this.base = { inodes: new Map(base.inodes), nextIno: image.nextIno };
    this.volatile = [...volatile];
    this.neverWritten = neverWritten;
    this.history = history;
  }

  /**
   * As it is here: what is passed later does not change it.
   * @param issued only this many of the volatile operations
   */
  copy(issued = this.volatile.length): Frontier {
    const copy = new Frontier({ image: this.base, history: this.history }, this.model);
    copy.volatile = this.volatile.slice(0, issued);
    copy.neverWritten = this.neverWritten;
    copy.landed = [...this.landed];
    return copy;
  }

  /** Something that an earlier, killed life left is not durable. */
  get isCarrying(): boolean {
    return (this.volatile[0]?.id ?? 0) < 0 || this.neverWritten.some(({ id }) => id < 0);
  }

  /** Moves past one entry. Says which states became possible by it: those with it, or all of them once more. */
  pass(entry: JournalEntry): 'operation' | 'knowledge' | 'nothing' {
    switch (entry.kind) {
      case 'birth':
        this.base = applyAll(this.base, [entry], []);
        return 'nothing';
      case 'sync':
        this.sync(entry);
        // Elsewhere a sync only narrows what may be left; where nothing volatile survives, it is what brings a new image.
        return this.model.volatileSurvives === 'none' ? 'knowledge' : 'nothing';
      case 'failed-sync':
        this.drop(entry);
        return 'nothing';
      case 'flush':
        this.flush(entry);
        return 'nothing';
      case 'rot':
        this.rot(entry);
        return 'knowledge';
      case 'observed':
        this.history = advance(this.history, entry.event);
        return 'knowledge';
      default: {
        const operations = this.operationsOf(entry);
        if (this.model.volatileSurvives === 'all') this.land(operations);
        else this.volatile.push(...operations);
        return operations.length === 0 ? 'nothing' : 'operation';
      }
    }
  }

  /** Where all survives, at once. Data waits for the size that covers it: an image has nothing beyond the end of a file. */
  private land(operations: readonly MicroOperation[]): void {
    this.landed.push(...operations);
    if (operations.every(isData)) return;
    this.base = applyAll(this.base, [], this.landed);
    this.landed = [];
  }

  private drop(entry: FailedSync): void {
    const dropped = this.volatile.filter((operation) => this.isDroppedBy(entry, operation));
    if (dropped.length === 0) return;
    this.volatile = this.volatile.filter((operation) => !dropped.includes(operation));
    this.neverWritten = [...this.neverWritten, ...dropped];
  }

  /** After a failed fsync the file's data counts as written and never is; some file systems take back its size, too. */
  private isDroppedBy({ ino }: FailedSync, operation: MicroOperation): boolean {
    if (operation.kind === 'entries' || operation.ino !== ino) return false;
    return isData(operation) || this.model.failedSync === 'reverts';
  }

  private flush({ ino, before }: Flush): void {
    this.volatile = this.volatile.map((operation) =>
      operation.kind === 'size' && operation.ino === ino && operation.delayed
        ? { flushedBefore: before, ...operation }
        : operation,
    );
  }

  private rot({ ino, index, sector }: Rot): void {
    const flags = { allocates: false, opensBlock: false, continues: false };
    this.base = applyAll(this.base, [], [{ kind: 'sector', id: 0, ino, index, sector, ...flags }]);
  }

  /** What the disk of this model takes one by one of a journalled micro-operation. */
  private operationsOf(entry: MicroOperation): readonly MicroOperation[] {
    const { renames, sectorBytes } = this.model;
    if (entry.kind === 'entries') return renames === 'atomic' ? [entry] : renameParts(entry);
    if (entry.kind === 'size') return [this.isDelayed(entry) ? entry : { ...entry, delayed: false }];
    if (entry.kind !== 'sector' || sectorBytes === SECTOR_BYTES) return [entry];
    this.gathered.push(entry);
    if (entry.continues) return [];
    const block = blockWrite(this.gathered);
    this.gathered = [];
    return block === undefined ? [] : [block];
  }

  /** Whether the block at the end of the file has no place on the disk yet: what was written to it first is volatile. */
  private isDelayed({ ino, size, delayed }: SizeChange): boolean {
    if (!delayed) return false;
    const last = Math.floor((size - 1) / (BLOCK_SECTORS * SECTOR_BYTES));
    return this.volatile.some(
      (operation) =>
        isData(operation) &&
        operation.ino === ino &&
        sectorsOf(operation).some(({ opensBlock, index }) => opensBlock && blockOf(index) === last),
    );
  }

  /** What a sync makes durable, it makes durable with everything that must come before it. */
  private sync(sync: Sync): void {
    const durable = new Set<MicroOperation>();
    for (let i = this.volatile.length - 1; i >= 0; i--) {
      const operation = this.volatile[i];
      if (operation === undefined) continue;
      const isDurable =
        isSyncedBy(operation, sync) || [...durable].some((later) => follows(operation, later, this.model));
      if (isDurable) durable.add(operation);
    }
    if (durable.size === 0) return;
    const truncations = this.truncationsIn(durable);
    this.base = applyAll(
      this.base,
      [],
      this.volatile.filter((operation) => durable.has(operation)),
    );
    const left = (operation: MicroOperation): readonly MicroOperation[] => {
      const cut = isData(operation) ? cutBy(truncations, operation) : operation;
      return cut === undefined ? [] : [cut];
    };
    this.volatile = this.volatile.flatMap((operation) => (durable.has(operation) ? [] : left(operation)));
    this.neverWritten = this.neverWritten.flatMap(left);
    if (sync.isDirectory) this.forgetDead();
  }

  /** Of these, the size changes that made a file shorter: growing leaves what was written before as it is. */
  private truncationsIn(durable: ReadonlySet<MicroOperation>): readonly SizeChange[] {
    const sizes = new Map<number, number>();
    const truncations: SizeChange[] = [];
    for (const operation of this.volatile) {
      if (operation.kind !== 'size') continue;
      const inode = this.base.inodes.get(operation.ino);
      const before = sizes.get(operation.ino) ?? (inode?.kind === 'file' ? inode.size : 0);
      if (durable.has(operation) && operation.size < before) truncations.push(operation);
      sizes.set(operation.ino, operation.size);
    }
    return truncations;
  }

  /** A file that was durably removed is gone with all that was written to it. */
  private forgetDead(): void {
    if (this.volatile.length + this.neverWritten.length === 0) return;
    const files = reachable(this.base, this.volatile);
    this.volatile = this.volatile.filter((operation) => !isDead(operation, files));
    this.neverWritten = this.neverWritten.filter((operation) => !isDead(operation, files));
  }

  /** Everything that has not reached the disk, in the order of its issue. */
  private pending(): readonly MicroOperation[] {
    if (this.neverWritten.length === 0) return this.volatile;
    return [...this.neverWritten, ...this.volatile].sort((a, b) => a.id - b.id);
  }

  /**
   * The state that a power cut leaves: `survival` names what was lost by index into `volatile`. Undefined where what was
   * lost leaves nothing that shows.
   * @param mustShow no state unless this lost write shows
   */
  state(
    at: number,
    { lost, fill, torn: tornIndex }: Survival,
    mustShow?: MicroOperation,
  ): CrashState | undefined {
    const { volatile, neverWritten } = this;
    if (fill !== 'zero' && lost.length === 0 && neverWritten.length === 0) return undefined;
    const torn = fill === 'garbage' ? dataAt(volatile, tornIndex) : undefined;
    const image = this.imageOf(lost, { fill, torn, mustShow: dataOf(mustShow) });
    if (image === undefined) return undefined;
    const gone: number[] = [];
    for (const index of lost) {
      const operation = volatile[index];
      if (operation !== undefined) gone.push(operation.id);
    }
    const crash: Crash = {
      at,
      lost: gone,
      fill,
      ...(torn === undefined ? {} : { torn: torn.id }),
    };
    return this.crashed(crash, image);
  }

  private crashed(crash: Crash, image: DiskImage): CrashState {
    if (this.afterCrash?.before !== this.history) {
      const history = advance(this.history, { kind: 'crashed' });
      this.afterCrash = { before: this.history, history, key: historyKey(history) };
    }
    const { history } = this.afterCrash;
    const key = `${imageKey(image)}${this.afterCrash.key}`;
    return { crash, image, history, key, allocation: allocationKey(image), volatile: this.volatile.length };
  }

  private imageOf(
    lost: readonly number[],
    {
      fill,
      torn,
      mustShow,
    }: {
      readonly fill: Fill;
      readonly torn: DataWrite | undefined;
      readonly mustShow: DataWrite | undefined;
    },
  ): DiskImage | undefined {
    const { volatile, neverWritten, landed } = this;
    // The hottest loop of an exploration: no sets but where something was given up.
    if (neverWritten.length === 0) {
      const isLost = new Uint8Array(landed.length + volatile.length);
      for (const index of lost) isLost[landed.length + index] = 1;
      const operations = landed.length === 0 ? volatile : [...landed, ...volatile];
      return crashImage(this.base, operations, {
        fill,
        torn,
        mustShow,
        isLost: (index) => isLost[index] === 1,
      });
    }
    const gone = new Set<MicroOperation>([
      ...neverWritten,
      ...lost.flatMap((index) => volatile[index] ?? []),
    ]);
    const operations = [...landed, ...this.pending()];
    const isLost = (index: number): boolean => gone.has(operations[index] as MicroOperation); // an index of this list
    return crashImage(this.base, operations, { fill, torn, mustShow, isLost });
  }

  /**
   * The state that killing the process leaves: the machine goes on, so the next life finds the page cache as it is, and what
   * is volatile stays so. Undefined where nothing is: a power cut leaves the same then.
   */
  kill(at: number): CrashState | undefined {
    if (this.volatile.length === 0 && this.neverWritten.length === 0) return undefined;
    const reverts = this.model.failedSync === 'reverts';
    const seen = reverts ? this.volatile : this.pending();
    const image = applyAll(this.base, [], seen);
    const carried = carry(image, this.base, this.volatile, this.neverWritten);
    if (carried === undefined) return undefined;
    const state = this.crashed({ at, lost: [], fill: 'zero', isKill: true }, image);
    return { ...state, carried };
  }
}

/** Most images hold no written zeros, and then equal content is equal allocation. */
const allocationKey = (image: DiskImage): string => {
  for (const inode of image.inodes.values())
    if (inode.kind === 'file' && inode.zeros !== 0) return imageKey(image, true);
  return '';
};

const dataOf = (operation: MicroOperation | undefined): DataWrite | undefined =>
  operation !== undefined && isData(operation) ? operation : undefined;

const dataAt = (operations: readonly MicroOperation[], index: number | undefined): DataWrite | undefined =>
  index === undefined ? undefined : dataOf(operations[index]);

/** A durable truncation holds for what was written before it, too, though that is not durable yet. */
const cutBy = (truncations: readonly SizeChange[], write: DataWrite): DataWrite | undefined => {
  let left: DataWrite | undefined = write;
  for (const { id, ino, size } of truncations)
    if (left !== undefined && ino === write.ino && id > write.id) left = cutTo(left, size);
  return left;
};
