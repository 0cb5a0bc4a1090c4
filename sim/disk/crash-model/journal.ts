/**
 * The journal of one life: everything it did that a power cut could take back or leave, in issue order, with what
 * the outside world saw in between. The explorer cuts the power between any two entries of it.
 */
import type { HistoryEvent } from '../../suite/history.js';
import { Hash } from '../../util/hash.js';
import type { Inode } from './disk-image.js';
import {
  type EntryChange,
  type Flush,
  type InodeBirth,
  type MicroOperation,
  numbersFor,
  type SectorWrite,
  type Sync,
} from './micro-operation.js';
import type { Sector } from './sector.js';

/** The outside world learnt something: an acknowledgement, an effect. */
export interface Observed {
  readonly kind: 'observed';
  readonly event: HistoryEvent;
}

/** A sector went bad on the disk: for good, whatever is synced. */
export interface Rot {
  readonly kind: 'rot';
  readonly ino: number;
  readonly index: number;
  readonly sector: Sector;
}

/** An fsync failed: what it was to make durable never reaches the disk. */
export interface FailedSync {
  readonly kind: 'failed-sync';
  readonly ino: number;
}

export type JournalEntry = MicroOperation | InodeBirth | Sync | Observed | Rot | FailedSync | Flush;

/** A deviation of the disk from the requested call. */
export interface Misbehaviour {
  /** Which sector gets what was meant for another; undefined: none. Default: the one that was meant. */
  readonly redirect?: (meant: number) => number | undefined;
  /** Default: false. */
  readonly ignoresSyncs?: boolean;
}

export class Journal {
  readonly entries: JournalEntry[] = [];
  /** Rolling hash of all that was journalled. */
  readonly hash = new Hash();
  /** Set while the disk deviates from the requested calls. */
  misbehaviour: Misbehaviour | undefined;
  /** Something was written in the place of zeros: whether they were written or a hole makes a difference. */
  replacesZeros = false;
  /** The disk has kept something else than was written: what the program sees does not follow from the journal. */
  hidesView = false;
  private nextId = 0;

  sector(
    ino: number,
    meant: number,
    sector: Sector,
    how: Pick<SectorWrite, 'allocates' | 'opensBlock' | 'continues' | 'written'>,
  ): void {
    const redirect = this.misbehaviour?.redirect;
    if (redirect !== undefined) this.hidesView = true;
    const index = redirect === undefined ? meant : redirect(meant);
    if (index === undefined) return;
    this.entries.push({ kind: 'sector', id: this.nextId++, ino, index, sector, ...how });
    this.hash.int(1).int(ino).int(index).int(sector.hash1).int(sector.hash2);
  }

  /** @param delayed a write grew the file, so that the size may wait for the block that was written */
  size(ino: number, size: number, delayed: boolean): void {
    this.entries.push({ kind: 'size', id: this.nextId++, ino, size, delayed });
    this.hash.int(2).int(ino).int(size);
  }

  /** @param replaces the new name was another file's */
  names(changes: readonly EntryChange[], replaces = false): void {
    this.entries.push({ kind: 'entries', id: this.nextId, changes, replaces });
    this.nextId += numbersFor(changes);
    this.hash.int(3);
    for (const change of changes)
      this.hash
        .int(change.directory)
        .text(change.name)
        .int(change.ino ?? 0);
  }

  mode(ino: number, mode: number): void {
    this.entries.push({ kind: 'mode', id: this.nextId++, ino, mode });
    this.hash.int(4).int(ino).int(mode);
  }

  birth(ino: number, inode: Inode): void {
    this.entries.push({ kind: 'birth', ino, inode });
  }

  sync(ino: number, scope: 'data' | 'all', isDirectory = false): void {
    if (this.misbehaviour?.ignoresSyncs === true) return;
    this.entries.push({ kind: 'sync', ino, scope, isDirectory });
    this.hash.int(5).int(ino);
  }

  flush(ino: number): void {
    this.entries.push({ kind: 'flush', ino, before: this.nextId });
  }

  failedSync(ino: number): void {
    this.hidesView = true;
    this.entries.push({ kind: 'failed-sync', ino });
    this.hash.int(7).int(ino);
  }

  rot(ino: number, index: number, sector: Sector): void {
    this.hidesView = true;
    this.entries.push({ kind: 'rot', ino, index, sector });
    this.hash.int(8).int(ino).int(index).int(sector.hash1);
  }

  observed(event: HistoryEvent): void {
    this.entries.push({ kind: 'observed', event });
    this.hash.int(6).text(event.kind);
  }
}
