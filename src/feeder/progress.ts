/**
 * How far each handler has come, and with that all of them: the least place among them. Handlers take events in
 * order and at their own pace, so what one has settled says nothing about another.
 */

/** One handler's way through the log. */
export interface HandlerProgress {
  readonly name: string;
  /** Delivery began right after this place. */
  readonly startedAfter: number;
  /** The last event that the handler settled: handled, parked, or had before. */
  settled: number;
  /** Events that were handed to it and are not settled yet. */
  pending: number;
}

export class Progress {
  readonly handlers: readonly HandlerProgress[];
  /** The log is read up to here. */
  #read: number;
  #lastFed = 0;

  constructor(starts: readonly { readonly name: string; readonly startedAfter: number }[]) {
    this.handlers = starts.map((start) => ({ ...start, settled: start.startedAfter, pending: 0 }));
    this.#read = starts.length === 0 ? 0 : Math.min(...starts.map(({ startedAfter }) => startedAfter));
  }

  get read(): number {
    return this.#read;
  }

  /** The last event that was handed to the handlers. */
  get lastFed(): number {
    return this.#lastFed;
  }

  /** The log was read up to `place`; events up to `lastFed` in it, if any, were handed to the handlers before. */
  readUpTo(place: number, lastFed: number | undefined): void {
    this.#read = Math.max(this.#read, place);
    if (lastFed !== undefined) this.#lastFed = lastFed;
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

  /** The most events that a handler has been handed and not settled. */
  get pending(): number {
    return Math.max(0, ...this.handlers.map(({ pending }) => pending));
  }

  /** The last event up to {@link place} that handlers had to do with. A checkpoint past it would say nothing new. */
  get lastHandled(): number {
    const { place } = this;
    return place >= this.#read ? this.#lastFed : place;
  }
}
