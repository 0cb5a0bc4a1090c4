/**
 * The feeder: carries every event of the store to every handler, from history to live, over a message bus, and
 * remembers how far it has come as an event in the same store (checkpoint.ts).
 *
 * It promises:
 * - each event is handled at least once by each handler, in order, or parked with a durable record;
 * - the durable checkpoint is never ahead of what every durable handler has durably applied: handlers are flushed
 *   first. After a crash, what lies between checkpoint and crash is delivered again, and nothing is left out;
 * - volatile handlers are fed from the beginning, or from the place they say they have reached;
 * - system streams are never fed, so its own checkpoints give it nothing to do, and it comes to rest;
 * - of two feeders of one name the stale one is refused its next checkpoint, and stops;
 * - whatever stops it is told to all who wait for it.
 */
import type { Cancel, Environment } from '../environment.js';
import type { RecordedEvent, Resume } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { placeOf, resumeAfter } from '../event-store/place.js';
import {
  type Concurrency,
  createMessageBus,
  type MessageBus,
  type Subscriber,
} from '../message-bus/message-bus.js';
import { DEFAULT_RETRY, type RetryPolicy } from '../message-bus/retry.js';
import { type CheckpointKeeper, openCheckpoint } from './checkpoint.js';
import { FeederStoppedError, HandlerBeyondHeadError, WaitTimeoutError } from './errors.js';
import { parkIn } from './parking.js';
import { persistently } from './persistently.js';
import { type HandlerProgress, Progress } from './progress.js';
import { Signal } from './signal.js';
import { Waiters } from './waiters.js';

export interface FeederHandler {
  readonly name: string;
  /** 'durable': what it did survives a restart. 'volatile': it begins with nothing in each life. */
  readonly durability: 'durable' | 'volatile';
  /**
   * Where the handler stands by its own record when the feeder starts. Without one, a durable handler stands
   * at the checkpoint, and a volatile one at the BEGINNING.
   */
  readonly position?: () => Resume;
  /** Told, before the first event, after which place delivery begins. */
  readonly started?: (after: Resume) => void;
  /** Handles one event; a rejection is a failed attempt, to be repeated. Must bear an event it has had already. */
  readonly handle: (event: RecordedEvent) => Promise<void> | void;
  /** Makes durable what was handled so far. Absent: `handle` does so itself before it resolves. */
  readonly flush?: () => Promise<void>;
  /**
   * Lets it handle several events at once. Not for one that knows by a single position what it has had. The
   * checkpoint counts only what is settled without a gap.
   */
  readonly concurrency?: Concurrency<RecordedEvent>;
}

/** When to write a checkpoint. Each write costs one durable append, and bounds what a crash makes be delivered again. */
export interface CheckpointPolicy {
  /** When there is nothing left to handle. Default: true. */
  readonly onIdle?: boolean;
  /** When this many positions have been passed since the last one. Default: 1000. */
  readonly everyEvents?: number;
  /** When this many milliseconds have passed since the first event after the last one. Default: never. */
  readonly everyMs?: number;
}

export interface FeederOptions {
  /** Names the checkpoint. Of several running feeders of one name on one store only one goes on. */
  readonly name: string;
  readonly handlers: readonly FeederHandler[];
  /**
   * Tells this feeder from others of its name that may be running: no two of them may share it, or a stale one takes
   * the other's checkpoints for its own. Default: a random id.
   */
  readonly writer?: string;
  readonly checkpoint?: CheckpointPolicy;
  /** For handlers that fail, before their event is parked, and for flushes, before the feeder stops. */
  readonly retry?: RetryPolicy;
  /** The most events that are read ahead of the slowest handler. Default: 256. */
  readonly inFlightMax?: number;
}

export interface WaitOptions {
  /** Wait for this handler only. Default: for all. */
  readonly handler?: string;
  /** Milliseconds after which to reject. Default: no limit. */
  readonly timeoutMs?: number;
}

export interface Feeder {
  readonly name: string;
  /** Everything up to here was handled, or parked, by every handler. */
  readonly position: Resume;
  /** The durable checkpoint. */
  readonly checkpoint: Resume;
  /** How often this feeder has written it. */
  readonly checkpointWrites: number;
  /** How many events this feeder has parked, for all handlers. */
  readonly parked: number;
  /** How far each handler has come. Places are numbers: 0 is the BEGINNING. */
  readonly handlers: readonly Pick<HandlerProgress, 'name' | 'startedAfter' | 'settled' | 'pending'>[];
  /** How many positions of the log the slowest handler, or the one named, is behind. */
  lag(handler?: string): number;
  /**
   * Resolves once `position` is handled: a read model then shows it. For read-your-writes.
   * @throws WaitTimeoutError it took longer than `timeoutMs`
   * @throws FeederStoppedError the feeder stopped before
   */
  waitFor(position: Resume, options?: WaitOptions): Promise<void>;
  /** Resolves when nothing is left to do: all is handled, and checkpointed as far as the policy wants. @throws FeederStoppedError */
  idle(): Promise<void>;
  /** Hands out no further events until `resume`. Resolves once handlers have settled those they have. */
  pause(): Promise<void>;
  resume(): void;
  /** Lets handlers at work finish, writes a last checkpoint, and stops: no effect of any kind after it has resolved. */
  stop(): Promise<void>;
  /** Resolves, never rejects, when the feeder has stopped: with the reason, if that was not its own `stop`. */
  readonly stopped: Promise<Error | undefined>;
}

/**
 * Starts a feeder; resolves when its checkpoint is read and it begins to work. Boot costs one read of the
 * checkpoint's stream.
 * @throws CheckpointError the checkpoint can't be believed
 * @throws HandlerBeyondHeadError a handler has handled more than there is
 */
export const startFeeder = async (
  env: Environment,
  store: EventStore,
  options: FeederOptions,
): Promise<Feeder> =>
  runFeeder(env, store, options, await openCheckpoint(env, store, options.name, options.writer));

/** Runs a feeder whose checkpoint is kept by whoever is given. @throws HandlerBeyondHeadError @throws RangeError */
export const runFeeder = (
  env: Environment,
  store: EventStore,
  options: FeederOptions,
  checkpoint: CheckpointKeeper,
): Feeder => {
  const { handlers, checkpoint: { everyEvents = 1, everyMs = 1 } = {}, inFlightMax = 1 } = options;
  const names = new Set(handlers.map(({ name }) => name));
  if (names.size < handlers.length)
    throw new RangeError(`feeder ${options.name} has two handlers of one name`);
  for (const [what, value] of Object.entries({ everyEvents, everyMs, inFlightMax })) {
    if (!(value >= 1)) throw new RangeError(`${what} is ${value}; it must be 1 or more`);
  }
  return new StoreFeeder(env, store, options, checkpoint);
};

const EVERY_EVENTS_DEFAULT = 1000;
const IN_FLIGHT_MAX_DEFAULT = 256;

class StoreFeeder implements Feeder {
  readonly name: string;
  readonly stopped: Promise<Error | undefined>;
  readonly #env: Environment;
  readonly #store: EventStore;
  readonly #options: FeederOptions;
  readonly #checkpoint: CheckpointKeeper;
  readonly #retry: RetryPolicy;
  readonly #progress: Progress;
  readonly #bus: MessageBus<RecordedEvent>;
  readonly #waiters = new Waiters();
  readonly #forgetStore: () => void;
  readonly #news = new Signal();
  #stopping = false;
  #paused = false;
  #resting = false;
  #parked = 0;
  #failure: Error | undefined;
  #cancelTimer: Cancel | undefined;
  #timeIsUp = false;

  constructor(env: Environment, store: EventStore, options: FeederOptions, checkpoint: CheckpointKeeper) {
    this.name = options.name;
    this.#env = env;
    this.#store = store;
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#retry = options.retry ?? DEFAULT_RETRY;
    this.#progress = new Progress(options.handlers.map((handler) => this.#startOf(handler)));
    const park = parkIn(env, store);
    this.#bus = createMessageBus({
      clock: env.clock,
      park: async (event) => {
        await park(event);
        this.#parked++;
      },
      retry: this.#retry,
      subscribers: options.handlers.map((handler, index) => this.#subscriber(handler, index)),
    });
    this.#forgetStore = store.onAppended(() => this.#signal());
    this.stopped = this.#run();
  }

  get position(): Resume {
    return resumeAfter(this.#progress.place);
  }

  get checkpoint(): Resume {
    return this.#checkpoint.position;
  }

  get checkpointWrites(): number {
    return this.#checkpoint.writes;
  }

  get parked(): number {
    return this.#parked;
  }

  get handlers(): Feeder['handlers'] {
    return this.#progress.handlers;
  }

  lag(handler?: string): number {
    return placeOf(this.#store.head()) - this.#placeOf(handler);
  }

  async waitFor(position: Resume, { handler, timeoutMs }: WaitOptions = {}): Promise<void> {
    const target = placeOf(position);
    const timeout =
      timeoutMs === undefined
        ? undefined
        : { clock: this.#env.clock, timeoutMs, error: () => new WaitTimeoutError(target, timeoutMs) };
    await this.#waiters.wait(() => this.#placeOf(handler) >= target, timeout);
  }

  idle(): Promise<void> {
    return this.#waiters.wait(() => this.#resting && this.#isDrained());
  }

  async pause(): Promise<void> {
    this.#paused = true;
    await this.#waiters.wait(() => this.#progress.pending === 0);
  }

  resume(): void {
    this.#paused = false;
    this.#signal();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#signal();
    await this.stopped;
  }

  /** Where delivery to a handler begins: at its own record, and not after the checkpoint. */
  #startOf(handler: FeederHandler): { readonly name: string; readonly startedAfter: number } {
    const { name, durability } = handler;
    const checkpoint = placeOf(this.#checkpoint.position);
    const own = handler.position && placeOf(handler.position());
    const head = placeOf(this.#store.head());
    if (own !== undefined && own > head) throw new HandlerBeyondHeadError(name, own, head);
    if (durability === 'volatile') return { name, startedAfter: own ?? 0 };
    if (own !== undefined && own < checkpoint) this.#env.mark('feeder:handler-behind-checkpoint');
    return { name, startedAfter: Math.min(own ?? checkpoint, checkpoint) };
  }

  #subscriber(handler: FeederHandler, index: number): Subscriber<RecordedEvent> {
    const progress = this.#progress.handlers[index];
    if (progress === undefined) throw new RangeError(`there is no handler ${index}`);
    const { name, startedAfter } = progress;
    handler.started?.(resumeAfter(startedAfter));
    return {
      name,
      // Of a long way to catch up, most is for a volatile handler alone.
      wants: (event: RecordedEvent) => placeOf(event.metadata.globalPosition) > startedAfter,
      handle: (event: RecordedEvent) => handler.handle(event),
      settled: (event: RecordedEvent) => {
        progress.settle(placeOf(event.metadata.globalPosition));
        this.#signal();
        this.#waiters.check();
      },
      ...(handler.concurrency && { concurrency: handler.concurrency }),
    };
  }

  #placeOf(name: string | undefined): number {
    if (name === undefined) return this.#progress.place;
    const handler = this.#progress.handlers.find((other) => other.name === name);
    if (handler === undefined) throw new RangeError(`feeder ${this.name} has no handler ${name}`);
    return this.#progress.placeOfHandler(handler);
  }

  #isDrained(): boolean {
    return this.#progress.place >= placeOf(this.#store.head());
  }

  /** Something may be due: it is not at rest until the loop has seen to it. */
  #signal(): void {
    this.#resting = false;
    this.#news.give();
  }

  async #run(): Promise<Error | undefined> {
    try {
      while (!this.#stopping && this.#failure === undefined) await this.#step();
    } catch (error) {
      this.#fail(error);
    }
    await this.#bus.stop();
    this.#forgetStore();
    try {
      if (this.#failure === undefined && this.#hasNews()) await this.#writeCheckpoint();
    } catch (error) {
      this.#fail(error);
    }
    this.#cancelTimer?.();
    this.#waiters.refuse(new FeederStoppedError(this.name, this.#failure));
    return this.#failure;
  }

  /** Does what is due next, or waits until something is. */
  async #step(): Promise<void> {
    // A checkpoint that is due comes first: a long way to the head must not put it off.
    if (this.#isCheckpointDue()) return this.#writeCheckpoint();
    const most = this.#options.inFlightMax ?? IN_FLIGHT_MAX_DEFAULT;
    const room = most - this.#progress.pending;
    // Not for one event at a time, as they are settled: to find a place in the log costs as much as to read many.
    if (!this.#paused && 2 * room >= most && this.#progress.read < placeOf(this.#store.head()))
      return this.#feed(room);
    this.#resting = true;
    this.#waiters.check();
    await this.#news.next();
    this.#resting = false;
  }

  /** Reads the next events that are not the system's own, at most `count`, and publishes them. */
  async #feed(count: number): Promise<void> {
    const head = placeOf(this.#store.head());
    const events = await this.#store.readAll({
      after: resumeAfter(this.#progress.read),
      maxCount: count,
      systemStreams: false,
    });
    if (this.#stopping || this.#paused) return;
    for (const event of events) {
      this.#progress.feed(placeOf(event.metadata.globalPosition));
      this.#bus.publish(event)?.catch((error: unknown) => {
        if (!this.#stopping) this.#fail(error);
      });
    }
    // Where fewer are left, nothing is up to the head but the system's own, and gaps.
    this.#progress.readUpTo(events.length < count ? head : this.#progress.lastFed);
    this.#waiters.check();
    if (events.length > 0) this.#startTimer();
  }

  /** Whether a checkpoint would say anything that the last one does not. */
  #hasNews(): boolean {
    return this.#progress.lastHandled > placeOf(this.#checkpoint.position);
  }

  #isCheckpointDue(): boolean {
    if (!this.#hasNews()) return false;
    const { onIdle = true, everyEvents = EVERY_EVENTS_DEFAULT } = this.#options.checkpoint ?? {};
    if (this.#timeIsUp) return true;
    if (this.#progress.lastHandled - placeOf(this.#checkpoint.position) >= everyEvents) return true;
    return onIdle && this.#isDrained();
  }

  #startTimer(): void {
    const everyMs = this.#options.checkpoint?.everyMs;
    if (everyMs === undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#env.clock.schedule(everyMs, () => {
      this.#timeIsUp = true;
      this.#signal();
    });
  }

  async #writeCheckpoint(): Promise<void> {
    this.#timeIsUp = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    // The place first, then the flush: handlers may meanwhile go on, but never fall back. It is the last event's,
    // not that of a system event after it, since no handler's own position ever gets there.
    const place = this.#progress.lastHandled;
    await persistently(this.#env.clock, this.#retry, () => this.#flush());
    const own = await this.#checkpoint.write(resumeAfter(place));
    // Its own checkpoint, if nothing came between, need not be read back to be passed over.
    if (own !== undefined && this.#progress.read === placeOf(own) - 1) {
      this.#progress.readUpTo(placeOf(own));
    }
    if (this.#progress.lastFed > place) this.#startTimer();
    this.#waiters.check();
  }

  async #flush(): Promise<void> {
    for (const handler of this.#options.handlers) {
      if (handler.durability === 'durable') await handler.flush?.();
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#signal();
  }
}
