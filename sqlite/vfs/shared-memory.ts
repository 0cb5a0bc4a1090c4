/**
 * The index of a write-ahead log, which the connections of a process share. It lies in the memory of the process and dies
 * with it. On Unix it is a mapped file, `-shm`, whose content the first process that opens it throws away.
 */
import { BUSY, type CApi, OK, type Pointer } from '../wasm/c-api.js';

const UNLOCK = 1;
const SHARED = 4;
const LOCKS = 8;

/** What one connection holds, as bits. */
export interface ShmHolder {
  shared: number;
  exclusive: number;
}

export class SharedMemory {
  private readonly regions: Pointer[] = [];
  /** How many share each lock; -1: one has it for itself. */
  private readonly locks = new Array<number>(LOCKS).fill(0);
  readonly holders = new Set<ShmHolder>();

  /** Where region `index` lies; 0 where it is not there, and not to be made. */
  map(index: number, bytes: number, extend: boolean, allocate: (bytes: number) => Pointer): Pointer {
    while (extend && this.regions.length <= index) this.regions.push(allocate(bytes));
    return this.regions[index] ?? 0;
  }

  lock(holder: ShmHolder, first: number, count: number, flags: number): number {
    const slots = Array.from({ length: count }, (_, index) => first + index);
    if ((flags & UNLOCK) !== 0) {
      for (const slot of slots) this.unlock(holder, slot);
      return OK;
    }
    if ((flags & SHARED) !== 0) {
      if (slots.some((slot) => (this.locks[slot] ?? 0) < 0)) return BUSY;
      for (const slot of slots) {
        if ((holder.shared & (1 << slot)) !== 0) continue;
        this.locks[slot] = (this.locks[slot] ?? 0) + 1;
        holder.shared |= 1 << slot;
      }
      return OK;
    }
    if (slots.some((slot) => this.locks[slot] !== 0 && (holder.exclusive & (1 << slot)) === 0)) return BUSY;
    for (const slot of slots) {
      this.locks[slot] = -1;
      holder.exclusive |= 1 << slot;
    }
    return OK;
  }

  private unlock(holder: ShmHolder, slot: number): void {
    const bit = 1 << slot;
    if ((holder.exclusive & bit) !== 0) this.locks[slot] = 0;
    else if ((holder.shared & bit) !== 0) this.locks[slot] = (this.locks[slot] ?? 1) - 1;
    holder.exclusive &= ~bit;
    holder.shared &= ~bit;
  }

  release(holder: ShmHolder, api: CApi): void {
    for (let slot = 0; slot < LOCKS; slot++) this.unlock(holder, slot);
    this.holders.delete(holder);
    if (this.holders.size === 0) for (const region of this.regions.splice(0)) api.sqlite3_free(region);
  }
}
