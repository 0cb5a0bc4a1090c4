/**
 * The position of each handler, and of all of them: the least among them. Handlers go at their own pace, and one that works on
 * several events at once settles them in any order: its position is the last one up to which nothing is missing. The log is
 * read for each handler separately, so that one that is slow, or does not return, delays no other.
 */

/** One handler's way through the log. */
export class HandlerProgress {
  #settled: number;
  #read: number;
  #lastFed = 0;
  /** Whether each event that was handed over, from the first unsettled one on, is settled. In order. */
  readonly #handed = new Map<number, boolean>();

  constructor(
    readonly name: string,
    /** Delivery began right after this position. */
    readonly startedAfter: number,
  ) {
    this.#settled = startedAfter;
    this.#read = startedAfter;
  }

  /** The last event up to which all are settled: handled, parked, or had before. */
  get settled(): number {
    return this.#settled;
  }

  /** How many events it was handed since that one. */
  get pending(): number {
    return this.#handed.size;
  }

  /** The log is read for it up to here. */
  get read(): number {
    return this.#read;
  }

  /** The last event that it was handed. */
  get lastFed(): number {
    return this.#lastFed;
  }

  hand(position: number): void {
    this.#handed.set(position, false);
    this.#lastFed = position;
  }

  /** The log was read up to `position`, and it was handed what there was for it. */
  readUpTo(position: number): void {
    this.#read = Math.max(this.#read, position);
  }

  complete(position: number): void {
    this.#handed.set(position, true);
    for (const [first, settled] of this.#handed) {
      if (!settled) return;
      this.#handed.delete(first);
      this.#settled = Math.max(this.#settled, first);
    }
  }
}

export class Progress {
  readonly handlers: readonly HandlerProgress[];
  /** How much of the log was passed over, for want of handlers. */
  #passed = 0;

  constructor(starts: readonly { readonly name: string; readonly startedAfter: number }[]) {
    this.handlers = starts.map(({ name, startedAfter }) => new HandlerProgress(name, startedAfter));
  }

  /** The last event that was handed to a handler. */
  get lastFed(): number {
    return Math.max(0, ...this.handlers.map(({ lastFed }) => lastFed));
  }

  /** Those that wait for more: the log goes on up to `head`, and half of the `most` they may be handed ahead is free. */
  hungry(head: number, most: number): readonly HandlerProgress[] {
    return this.handlers.filter(({ read, pending }) => read < head && 2 * (most - pending) >= most);
  }

  /** Where there are no handlers, nothing up to `head` is left to do. */
  passAll(head: number): void {
    this.#passed = head;
  }

  /** An event goes to those of `handlers` for whom it was not read before. Returns their names. */
  feed(position: number, handlers: readonly HandlerProgress[]): ReadonlySet<string> {
    const fed = handlers.filter(({ read }) => read < position);
    for (const handler of fed) handler.hand(position);
    return new Set(fed.map(({ name }) => name));
  }

  /** The event at `position` is for no handler: those that are right before it need not read it. */
  passOver(position: number): void {
    for (const handler of this.handlers) if (handler.read === position - 1) handler.readUpTo(position);
  }

  /** The position up to which a handler has settled everything. Events that were read and are not for it count. */
  handledUpToBy(handler: HandlerProgress): number {
    return handler.pending === 0 ? Math.max(handler.read, handler.settled) : handler.settled;
  }

  /** The position up to which every handler has settled everything. */
  get handledUpTo(): number {
    if (this.handlers.length === 0) return this.#passed;
    return Math.min(...this.handlers.map((handler) => this.handledUpToBy(handler)));
  }

  /** The most events that a handler has been handed since all before were settled. */
  get pending(): number {
    return Math.max(0, ...this.handlers.map(({ pending }) => pending));
  }

  /** The last event up to {@link handledUpTo} that handlers had to do with. A checkpoint past it would say nothing new. */
  get lastHandled(): number {
    return Math.min(this.lastFed, this.handledUpTo);
  }
}
