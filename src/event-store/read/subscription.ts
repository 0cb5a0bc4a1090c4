/**
 * From history to live. The subscription holds a position and nothing else that could get out of step: it reads
 * what is durable after that position and, when there is nothing, waits to be woken. So there is no seam between
 * history and live at which an event could fall through or come twice, and a slow consumer makes no queue grow.
 */
import { BEGINNING, type RecordedEvent, type Resume } from '../event.js';

/** What a subscription needs of its store. */
export interface SubscriptionSource {
  readAfter(after: Resume, maxCount: number): Promise<readonly RecordedEvent[]>;
  head(): Resume;
  /** Why no further event will come, if so: closed in good order, or failed. */
  ended(): 'closed' | Error | undefined;
  /** Calls `wake` whenever `head` or `ended` may have changed, until the returned function is called. */
  watch(wake: () => void): () => void;
  /** Resolves after everyone else had a turn. */
  giveWay(): Promise<void>;
}

/** Read this many events at a time: enough to spread the cost of a read, few enough to hold none for long. */
const BATCH = 64;

/**
 * After this many events without a wait, others get a turn: a history that is in memory would otherwise be read to its
 * end before any file operation in the process could come back.
 */
const EVENTS_IN_A_ROW = 512;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export class Subscription implements AsyncIterableIterator<RecordedEvent> {
  readonly #source: SubscriptionSource;
  readonly #unwatch: () => void;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = (): void => this.#end();
  #after: Resume;
  #batch: readonly RecordedEvent[] = [];
  #next = 0;
  #inARow = 0;
  #stopped = false;
  #wake: (() => void) | undefined;
  /** Calls of next() take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(source: SubscriptionSource, after: Resume, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#after = after;
    this.#signal = signal;
    this.#unwatch = source.watch(() => this.#wake?.());
    signal?.addEventListener('abort', this.#stop, { once: true });
    if (signal?.aborted) this.#end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RecordedEvent>> {
    const result = this.#turn.then(() => this.#advance());
    this.#turn = result.catch(() => {}); // Its own caller gets the error; the next turn starts nevertheless.
    return result;
  }

  async return(): Promise<IteratorResult<RecordedEvent>> {
    this.#end();
    return DONE;
  }

  async #advance(): Promise<IteratorResult<RecordedEvent>> {
    while (!this.#stopped) {
      const event = this.#batch[this.#next];
      if (event !== undefined) {
        this.#next++;
        this.#after = event.metadata.globalPosition;
        return { done: false, value: event };
      }
      // The files of a store that is closed may be another's by now.
      const isClosed = this.#source.ended() === 'closed';
      const head = this.#source.head();
      if (!isClosed && head !== BEGINNING && (this.#after === BEGINNING || this.#after < head)) {
        if (this.#inARow >= EVENTS_IN_A_ROW) {
          this.#inARow = 0;
          await this.#source.giveWay();
          continue;
        }
        this.#batch = await this.#read();
        this.#next = 0;
        this.#inARow += this.#batch.length;
        continue;
      }
      const ended = this.#source.ended();
      if (ended === undefined) await this.#woken();
      else {
        this.#end();
        if (ended !== 'closed') throw ended;
      }
    }
    return DONE;
  }

  async #read(): Promise<readonly RecordedEvent[]> {
    try {
      return await this.#source.readAfter(this.#after, BATCH);
    } catch (error) {
      // A loop that is left by an error does not call `return`: the store would wake this subscription for ever.
      this.#end();
      throw error;
    }
  }

  #woken(): Promise<void> {
    this.#inARow = 0;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(): void {
    this.#stopped = true;
    this.#unwatch();
    this.#signal?.removeEventListener('abort', this.#stop);
    this.#wake?.();
  }
}
