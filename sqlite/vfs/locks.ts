/**
 * The locks on database files among the connections of one process, as SQLite's VFS for Unix keeps them per i-node. Locks
 * between processes are left out: a life is one process.
 */
import { BUSY, OK } from '../wasm/c-api.js';

/** SQLite's five levels, in order: https://sqlite.org/lockingv3.html */
export const NONE = 0;
const SHARED = 1;
const RESERVED = 2;
const PENDING = 3;
const EXCLUSIVE = 4;

/** The locks that a process has on one database file. */
export class FileLocks {
  private level = NONE;
  private shared = 0;

  /** @returns {@link BUSY} where another connection is in the way; `holder.level` is what it has afterwards */
  lock(holder: { level: number }, wanted: number): number {
    if (holder.level >= wanted) return OK;
    if (holder.level !== this.level && (this.level >= PENDING || wanted > SHARED)) return BUSY;
    if (wanted === SHARED) {
      this.shared += 1;
      this.level = Math.max(this.level, SHARED);
      holder.level = SHARED;
      return OK;
    }
    if (wanted === EXCLUSIVE && this.shared > 1) {
      // No new reader may come, so that those that are there will be the last.
      holder.level = this.level = PENDING;
      return BUSY;
    }
    holder.level = this.level = wanted;
    return OK;
  }

  unlock(holder: { level: number }, left: number): void {
    if (holder.level <= left) return;
    if (holder.level > SHARED) this.level = SHARED;
    if (left === NONE) {
      this.shared -= 1;
      if (this.shared === 0) this.level = NONE;
    }
    holder.level = left;
  }

  get isReserved(): boolean {
    return this.level >= RESERVED;
  }
}
