/**
 * How far each handler has come, and with that all of them: the least place among them. Handlers go at their own
 * pace, and one that works on several events at once settles them in any order; what counts is the place up to
 * which nothing is missing.
 */

/** One handler's way through the log. */
export class HandlerProgress {
  #settled: number;
  /** Whether each event that was handed over, from the first unsettled one on, is settled. In order. */
  readonly #handed = new Map<number, boolean>();

  constructor(
    readonly name: string,
    /** Delivery began right after this place. */
    readonly startedAfter: number,
  ) {
    this.#settled = startedAfter;
  }

  /** The last event up to which all are settled: handled, parked, or had before. */
  get settled(): number {
    return this.#settled;
  }

  /** How many events it was handed since that one. */
  get pending(): number {
    return this.#handed.size;
  }

  /** What it has had before it began is none of its business. */
  hand(place: number): void {
    if (place > this.startedAfter) this.#handed.set(place, false);
  }

  settle(place: number): void {
    this.#handed.set(place, true);
    for (const [first, settled] of this.#handed) {
      if (!settled) return;
      this.#handed.delete(first);
      this.#settled = Math.max(this.#settled, first);
    }
  }
}

export class Progress {
  readonly handlers: readonly HandlerProgress[];
  /** The log is read up to here. */
  #read: number;
  #lastFed = 0;

  constructor(starts: readonly { readonly name: string; readonly startedAfter: number }[]) {
    this.handlers = starts.map(({ name, startedAfter }) => new HandlerProgress(name, startedAfter));
    this.#read = starts.length === 0 ? 0 : Math.min(...starts.map(({ startedAfter }) => startedAfter));
  }

  get read(): number {
    return this.#read;
  }

  /** The last event that was handed to the handlers. */
  get lastFed(): number {
    return this.#lastFed;
  }

  /** An event goes to every handler. */
  feed(place: number): void {
    this.#lastFed = place;
    for (const handler of this.handlers) handler.hand(place);
  }

  /** The log was read up to `place`, and fed as far as there was anything to feed. */
  readUpTo(place: number): void {
    this.#read = Math.max(this.#read, place);
  }

  /** The place up to which a handler has settled everything. What was read and is none of its business counts. */
  placeOfHandler(handler: HandlerProgress): number {
    return handler.pending === 0 ? Math.max(this.#read, handler.settled) : handler.settled;
  }

  /** The place up to which every handler has settled everything. */
  get place(): number {
    if (this.handlers.length === 0) return this.#read;
    return Math.min(...this.handlers.map((handler) => this.placeOfHandler(handler)));
  }

  /** The most events that a handler has been handed since all before were settled. */
  get pending(): number {
    return Math.max(0, ...this.handlers.map(({ pending }) => pending));
  }

  /** The last event up to {@link place} that handlers had to do with. A checkpoint past it would say nothing new. */
  get lastHandled(): number {
    const { place } = this;
    return place >= this.#read ? this.#lastFed : place;
  }
}
