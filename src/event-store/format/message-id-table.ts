/**
 * Finds the events that may have a given message id, by the id's 32-bit hash. Keeps 8 bytes a slot and no ids: who
 * asks must compare the id itself with what is on disk. 16 to 32 bytes an event.
 */
const NONE: readonly number[] = [];
const FIRST_SLOTS = 32;

export class MessageIdTable {
  /** Pairs (hash, place), linearly probed; place 0 marks a free slot. At most half of the slots are taken. */
  #slots: Uint32Array;
  #mask: number;
  #taken = 0;

  /** Empty, or over the slots of a full table. */
  constructor(slots: Uint32Array = new Uint32Array(2 * FIRST_SLOTS)) {
    this.#slots = slots;
    this.#mask = slots.length / 2 - 1;
  }

  /** What to store, and to give to the constructor later. */
  get slots(): Uint32Array {
    return this.#slots;
  }

  /** Places are whole numbers from 1. Not for a table over stored slots. O(1). */
  add(hash: number, place: number): void {
    if (2 * this.#taken > this.#mask) this.#grow();
    this.#insert(hash, place);
    this.#taken++;
  }

  /** Places of the events whose id has this hash: nearly always none or one. O(1). */
  placesOf(hash: number): readonly number[] {
    let found: number[] | undefined;
    // A table of our own always has a free slot; the bound is for one that was read from a file.
    for (let probe = 0; probe <= this.#mask; probe++) {
      const slot = (hash + probe) & this.#mask;
      const place = this.#slots[2 * slot + 1] ?? 0;
      if (place === 0) break;
      if (this.#slots[2 * slot] === hash) {
        found ??= [];
        found.push(place);
      }
    }
    return found ?? NONE;
  }

  #insert(hash: number, place: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = place;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    this.#mask = 2 * this.#mask + 1;
    for (let index = 0; index < old.length; index += 2) {
      const place = old[index + 1] ?? 0;
      if (place !== 0) this.#insert(old[index] ?? 0, place);
    }
  }
}
