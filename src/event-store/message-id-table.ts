/**
 * Finds the events that may have a given message id, by the id's 32-bit hash. Keeps 8 bytes a slot and no ids: who
 * asks must compare the id itself with what is on disk. 16 to 32 bytes an event.
 */
const NONE: readonly number[] = [];
const LOW_32 = 0x1_0000_0000;

export class MessageIdTable {
  /** Pairs (hash, position); position 0 marks a free slot. At most half of the slots are taken. */
  #slots = new Uint32Array(2 * 64);
  #mask = 63;
  #taken = 0;

  /** O(1). */
  add(hash: number, position: number): void {
    if (position >= LOW_32) throw new RangeError('a store holds at most 2^32 - 1 events');
    if (2 * this.#taken > this.#mask) this.#grow();
    this.#insert(hash, position);
    this.#taken++;
  }

  /** Positions of the events whose id has this hash: nearly always none or one. O(1). */
  positionsOf(hash: number): readonly number[] {
    let found: number[] | undefined;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const position = this.#slots[2 * slot + 1] ?? 0;
      if (position === 0) return found ?? NONE;
      if (this.#slots[2 * slot] === hash) {
        found ??= [];
        found.push(position);
      }
    }
  }

  #insert(hash: number, position: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = position;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    this.#mask = 2 * this.#mask + 1;
    for (let index = 0; index < old.length; index += 2) {
      const position = old[index + 1] ?? 0;
      if (position !== 0) this.#insert(old[index] ?? 0, position);
    }
  }
}
