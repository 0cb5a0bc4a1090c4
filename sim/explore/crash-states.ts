/**
 * Every state that a power cut in one life may leave: walks the life's journal and, wherever the set of legal images
 * or the outside world's knowledge grows, builds the images that became possible there.
 */
import { stream } from '../choices/streams.js';
import { applyAll, crashImage, type Fill } from '../disk/apply.js';
import { type DiskImage, imageKey } from '../disk/image.js';
import type { FailedSync, JournalEntry, Rot } from '../disk/journal.js';
import {
  blockWrite,
  cutTo,
  type DataWrite,
  isData,
  isSyncedBy,
  type MicroOperation,
  renameParts,
  type SectorWrite,
  type Sync,
  sharesCell,
} from '../disk/micro-operation.js';
import type { DiskModel } from '../disk/models.js';
import { SECTOR_BYTES } from '../disk/sector.js';
import { isLegal, legalSurvivals, type Survivals } from '../disk/survivors.js';
import { codedError } from '../errors.js';
import { advance, type HistoryState, historyKey } from '../history.js';

/** One power cut: after which journal entry, and which of the volatile micro-operations did not survive it. */
export interface Crash {
  /** The power failed when this many journal entries of the life had happened. */
  readonly at: number;
  /** Journal places of the micro-operations that were lost. */
  readonly lost: readonly number[];
  readonly fill: Fill;
}

export interface CrashState {
  readonly crash: Crash;
  readonly image: DiskImage;
  readonly history: HistoryState;
  /** Equal for states between which no life and no invariant can tell. */
  readonly key: string;
  /** How many micro-operations were at stake: 0 when the outcome was certain. */
  readonly volatile: number;
}

/** What is on the disk for good, what is not yet, and what the world knows: at one place of a journal. */
export class Frontier {
  base: DiskImage;
  volatile: MicroOperation[] = [];
  history: HistoryState;
  /** Of a block that the call under way has not written to its end: no disk of larger sectors has seen it yet. */
  private gathered: SectorWrite[] = [];
  private landed: MicroOperation[] = [];
  /** What a failed sync gave up for good: a block that it was to fill keeps the old bytes that it has. */
  private neverWritten: readonly MicroOperation[] = [];

  constructor(
    image: DiskImage,
    history: HistoryState,
    private readonly model: DiskModel,
  ) {
    // A working copy: births are put in place, as nobody can see an inode without a name.
    this.base = { inodes: new Map(image.inodes), nextIno: image.nextIno };
    this.history = history;
  }

  /** Moves past one entry; says what kind of states became possible by it: those with it, or all of them anew. */
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

  private rot({ ino, index, sector }: Rot): void {
    const flags = { allocates: false, opensBlock: false, continues: false };
    this.base = applyAll(this.base, [], [{ kind: 'sector', id: 0, ino, index, sector, ...flags }]);
  }

  /** What the disk of this model takes one by one of a journalled micro-operation. */
  private operationsOf(entry: MicroOperation): readonly MicroOperation[] {
    const { renames, sectorBytes } = this.model;
    if (entry.kind === 'entries') return renames === 'atomic' ? [entry] : renameParts(entry);
    if (entry.kind !== 'sector' || sectorBytes === SECTOR_BYTES) return [entry];
    this.gathered.push(entry);
    if (entry.continues) return [];
    const block = blockWrite(this.gathered);
    this.gathered = [];
    return block === undefined ? [] : [block];
  }

  /** What a sync makes durable, it makes durable with everything that must come before it. */
  private sync(sync: Sync): void {
    const durable = new Set<MicroOperation>();
    for (let i = this.volatile.length - 1; i >= 0; i--) {
      const operation = this.volatile[i];
      if (operation === undefined) continue;
      const isDurable =
        isSyncedBy(operation, sync) ||
        [...durable].some(
          (later) => sharesCell(operation, later) || this.model.mustPrecede(operation, later),
        );
      if (isDurable) durable.add(operation);
    }
    if (durable.size === 0) return;
    this.base = applyAll(
      this.base,
      [],
      this.volatile.filter((operation) => durable.has(operation)),
    );
    this.volatile = this.volatile.flatMap((operation) => {
      if (durable.has(operation)) return [];
      return isData(operation) ? (this.cutBy(durable, operation) ?? []) : operation;
    });
  }

  /** A durable truncation holds for what was written before it, too, though that is not durable yet. */
  private cutBy(durable: ReadonlySet<MicroOperation>, write: DataWrite): DataWrite | undefined {
    let left: DataWrite | undefined = write;
    for (const later of durable) {
      if (left === undefined) break;
      if (later.kind === 'size' && later.ino === write.ino && later.id > write.id)
        left = cutTo(left, later.size);
    }
    return left;
  }

  /** The state in which the volatile operations at the indexes `lost` did not survive; undefined: see {@link crashImage}. */
  state(at: number, lost: readonly number[], fill: Fill): CrashState | undefined {
    // The hottest loop of an exploration: once through, no sets.
    const isLost = new Uint8Array(this.volatile.length);
    for (const index of lost) isLost[index] = 1;
    const kept: MicroOperation[] = this.landed.slice();
    const gone: MicroOperation[] = [];
    this.volatile.forEach((operation, index) => void (isLost[index] === 1 ? gone : kept).push(operation));
    const showing = fill === 'stale' && this.neverWritten.length > 0 ? [...this.neverWritten, ...gone] : gone;
    if (fill !== 'zero' && showing.length === 0) return undefined;
    const image = crashImage(this.base, kept, showing, fill);
    if (image === undefined) return undefined;
    const history = advance(this.history, { kind: 'crashed' });
    return {
      crash: { at, lost: gone.map((operation) => operation.id), fill },
      image,
      history,
      key: `${imageKey(image)}${historyKey(history)}`,
      volatile: this.volatile.length,
    };
  }
}

export interface CrashStates {
  /** The power failed when this many journal entries of the life had happened. */
  readonly at: number;
  /** Those that became possible here: none where the entry only narrowed what may be left, or changed nothing. */
  readonly states: readonly CrashState[];
  /** False: more images are legal here than the budget allowed. */
  readonly exact: boolean;
  /** What is at stake here, in issue order. Valid until the next place is asked for. */
  readonly volatile: readonly MicroOperation[];
}

/**
 * The states that become possible at each place of a journal, in order: one item for each entry.
 * @param seed for sampling where enumeration does not fit `budget`
 */
export function* crashStates(
  start: { readonly image: DiskImage; readonly history: HistoryState },
  entries: readonly JournalEntry[],
  model: DiskModel,
  budget: number,
  seed: string,
): Generator<CrashStates> {
  const frontier = new Frontier(start.image, start.history, model);
  for (const [index, entry] of entries.entries()) {
    const count = frontier.volatile.length;
    const grown = frontier.pass(entry);
    const at = index + 1;
    if (grown === 'nothing') {
      yield { at, states: [], exact: true, volatile: frontier.volatile };
      continue;
    }
    const { below } = stream(`${seed}:${at}`, 'disk');
    const states: CrashState[] = [];
    let isExact = true;
    const add = (legal: Survivals, unissued: readonly number[]): void => {
      isExact &&= legal.exact;
      for (const { lost, fill } of legal.survivals) {
        const state = frontier.state(at, [...lost, ...unissued], fill);
        if (state !== undefined) states.push(state);
      }
    };
    const { volatile } = frontier;
    // New knowledge makes every image a new state; a new operation those in which it survived, for without it they
    // were legal before. A rename that comes apart brings several, one after the other.
    if (grown === 'knowledge' || volatile.length === count)
      add(legalSurvivals(volatile, model, undefined, budget, below), []);
    for (let newest = count; newest < volatile.length; newest++) {
      const unissued = volatile.slice(newest + 1).map((_, offset) => newest + 1 + offset);
      add(legalSurvivals(volatile.slice(0, newest + 1), model, newest, budget, below), unissued);
    }
    yield { at, states, exact: isExact, volatile };
  }
}

/**
 * The state that one given power cut leaves.
 * @throws Error 'CRASH_IMPOSSIBLE' when the life has no such place or the model allows no such losses
 */
export const crashStateOf = (
  start: { readonly image: DiskImage; readonly history: HistoryState },
  entries: readonly JournalEntry[],
  model: DiskModel,
  crash: Crash,
): CrashState => {
  const impossible = (why: string) =>
    codedError('CRASH_IMPOSSIBLE', `The power can't fail like that in this run: ${why}.`);
  if (crash.at > entries.length)
    throw impossible(`the life has ${entries.length} journal entries, not ${crash.at}`);
  const frontier = new Frontier(start.image, start.history, model);
  for (const entry of entries.slice(0, crash.at)) frontier.pass(entry);
  const lost = crash.lost.map((id) => frontier.volatile.findIndex((operation) => operation.id === id));
  if (lost.includes(-1)) throw impossible('something is said to be lost that was durable or not yet written');
  if (!isLegal(frontier.volatile, model, new Set(lost)))
    throw impossible(`disk model '${model.name}' does not allow those losses`);
  if (!model.fills.includes(crash.fill))
    throw impossible(`disk model '${model.name}' leaves no '${crash.fill}' bytes`);
  const state = frontier.state(crash.at, lost, crash.fill);
  if (state === undefined) throw impossible(`there is no sector that '${crash.fill}' bytes could show in`);
  return state;
};
