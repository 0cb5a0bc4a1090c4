/**
 * The feeder: carries every event of the store to every handler, from history to live, over a message bus, and
 * remembers how far it has come as an event in the same store (checkpoint.ts).
 *
 * It promises:
 * - each event is handled at least once by each handler, in order, or parked with a durable record;
 * - the durable checkpoint is never ahead of what every durable handler has durably applied: handlers are flushed
 *   first. After a crash, the events between checkpoint and crash are delivered again, and none is left out;
 * - volatile handlers are fed from the beginning, or from the position they say they have reached;
 * - system streams are never fed, so its own checkpoints give it nothing to do, and it becomes idle;
 * - of two feeders of one name the stale one is refused its next checkpoint, and stops;
 * - a handler that is slow, or does not return, holds up no other;
 * - a disk that is full, or a system out of descriptors, holds it up and does not stop it;
 * - all who wait for it get the reason when it stops.
 */
import type { Cancel, Environment } from '../environment.js';
import type { AnyEvent, Event, RecordedEvent, Resume } from '../event-store/event.js';
import type { EventStore } from '../event-store/event-store.js';
import { isExhaustion } from '../event-store/log/descriptor-exhaustion.js';
import { numberOf, resumeAfter } from '../event-store/position.js';
import { AtWork } from '../message-bus/at-work.js';
import { HandlerTimeoutError } from '../message-bus/errors.js';
import { createMessageBus, HANDLED, type MessageBus, type Subscriber } from '../message-bus/message-bus.js';
import { DEFAULT_RETRY, type RetryPolicy } from '../message-bus/retry.js';
import { errorCode, isError, textOfThrown } from '../thrown.js';
import { type CheckpointKeeper, openCheckpoint } from './checkpoint.js';
import type { Feeder, FeederHandler, FeederOptions, WaitOptions } from './contract.js';
import { FeederStoppedError, HandlerBeyondHeadError, WaitTimeoutError } from './errors.js';
import { parkIn } from './parking.js';
import { Patience, persistently } from './persistently.js';
import { type HandlerProgress, Progress } from './progress.js';
import { Signal } from './signal.js';
import { Waiters } from './waiters.js';

export type {
  CheckpointPolicy,
  Feeder,
  FeederHandler,
  FeederOptions,
  HandlerStatus,
  WaitOptions,
} from './contract.js';

/**
 * Starts a feeder; resolves when its checkpoint is read and it begins to work. Boot costs one read of the
 * checkpoint's stream.
 * @throws CheckpointError the checkpoint can't be believed
 * @throws HandlerBeyondHeadError a handler has handled more than there is
 */
export const startFeeder = async <E extends AnyEvent = Event>(
  env: Environment,
  store: EventStore,
  options: FeederOptions<E>,
): Promise<Feeder> => {
  const checkpoint = await openCheckpoint(env, store, options.name, options.writer);
  for (const handler of options.handlers) {
    const why = handler.check === undefined ? undefined : await handler.check(store);
    if (why !== undefined) env.mark('feeder:handler-started-over');
  }
  return runFeeder(env, store, options, checkpoint);
};

/** Runs a feeder with the given keeper of its checkpoint. @throws HandlerBeyondHeadError @throws RangeError */
export const runFeeder = <E extends AnyEvent>(
  env: Environment,
  store: EventStore,
  options: FeederOptions<E>,
  checkpoint: CheckpointKeeper,
): Feeder => {
  const { handlers, checkpoint: { everyEvents = 1, everyMs = 1 } = {}, inFlightMax = 1 } = options;
  checkNames(options);
  const names = new Set(handlers.map(({ name }) => name));
  if (names.size < handlers.length)
    throw new RangeError(`feeder ${options.name} has two handlers of one name`);
  const { stopTimeoutMs = 1 } = options;
  const timeoutMs = Math.min(...handlers.map((handler) => handler.timeoutMs ?? 1), 1);
  for (const [what, value] of Object.entries({
    everyEvents,
    everyMs,
    inFlightMax,
    stopTimeoutMs,
    timeoutMs,
  })) {
    if (!(value >= 1)) throw new RangeError(`${what} is ${value}; it must be 1 or more`);
  }
  return new StoreFeeder(env, store, options, checkpoint);
};

/** Names become parts of names of streams and ids of messages: they must be storable, with room for the other parts. */
const checkNames = <E extends AnyEvent>({ name, handlers, writer = '-' }: FeederOptions<E>): void => {
  for (const part of [name, writer, ...handlers.map((handler) => handler.name)]) {
    if (typeof part === 'string' && part !== '' && part.length <= MAX_NAME && !/\p{Surrogate}/u.test(part))
      continue;
    throw new RangeError(
      `the name ${textOfThrown(part).slice(0, 100)} can't be that of a feeder, writer or handler: it must be a text of 1 to ${MAX_NAME} characters`,
    );
  }
};

const MAX_NAME = 10_000;
const EVERY_EVENTS_DEFAULT = 1000;
const IN_FLIGHT_MAX_DEFAULT = 256;
const HANDLER_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 2_000;

class StoreFeeder<E extends AnyEvent> implements Feeder {
  readonly name: string;
  readonly stopped: Promise<Error | undefined>;
  readonly #env: Environment;
  readonly #store: EventStore;
  readonly #options: FeederOptions<E>;
  readonly #checkpoint: CheckpointKeeper;
  readonly #retry: RetryPolicy;
  readonly #progress: Progress;
  readonly #bus: MessageBus<RecordedEvent<E>>;
  readonly #waiters = new Waiters();
  readonly #forgetStore: () => void;
  readonly #news = new Signal();
  /** Handlers that flush. */
  readonly #flushing: AtWork;
  readonly #patience: Patience;
  #stopping = false;
  #paused = false;
  #resting = false;
  #parked = 0;
  #failure: Error | undefined;
  #cancelTimer: Cancel | undefined;
  #timeIsUp = false;

  constructor(env: Environment, store: EventStore, options: FeederOptions<E>, checkpoint: CheckpointKeeper) {
    this.name = options.name;
    this.#env = env;
    this.#store = store;
    this.#options = options;
    this.#checkpoint = checkpoint;
    this.#retry = options.retry ?? DEFAULT_RETRY;
    this.#progress = new Progress(options.handlers.map((handler) => this.#startOf(handler)));
    this.#flushing = new AtWork(env.clock);
    this.#patience = new Patience(env.clock, this.#retry);
    const park = parkIn(env, store);
    this.#bus = createMessageBus({
      clock: env.clock,
      park: async (event) => {
        await this.#patience.untilThereIsRoom(() => park(event));
        this.#parked++;
      },
      retry: this.#retry,
      isPassing: isExhaustion,
      subscribers: options.handlers.map((handler, index) => this.#subscriber(handler, index)),
    });
    this.#forgetStore = store.onAppended(() => this.#signal());
    this.stopped = this.#run();
  }

  get position(): Resume {
    return resumeAfter(this.#progress.handledUpTo);
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
    return this.#progress.handlers.map(({ name, startedAfter, settled, pending }) => ({
      name,
      startedAfter: resumeAfter(startedAfter),
      position: resumeAfter(settled),
      pending,
    }));
  }

  lag(handler?: string): number {
    return numberOf(this.#store.head()) - this.#handledUpTo(handler);
  }

  async waitFor(position: Resume, { handler, timeoutMs }: WaitOptions = {}): Promise<void> {
    const target = numberOf(position);
    const timeout =
      timeoutMs === undefined
        ? undefined
        : { clock: this.#env.clock, timeoutMs, error: () => new WaitTimeoutError(target, timeoutMs) };
    await this.#waiters.wait(() => this.#handledUpTo(handler) >= target, timeout);
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
    this.#patience.end();
    this.#flushing.leaveAfter(this.#stopTimeoutMs);
    this.#signal();
    await Promise.all([this.stopped, this.#flushing.overdueReturned()]);
  }

  get #stopTimeoutMs(): number {
    return this.#options.stopTimeoutMs ?? STOP_TIMEOUT_MS;
  }

  /** Where delivery to a handler begins: at its own record, and not after the checkpoint. */
  #startOf(handler: FeederHandler<E>): { readonly name: string; readonly startedAfter: number } {
    const { name, durability } = handler;
    const checkpoint = numberOf(this.#checkpoint.position);
    const own = handler.position && numberOf(handler.position());
    const head = numberOf(this.#store.head());
    if (own !== undefined && own > head) throw new HandlerBeyondHeadError(name, own, head);
    if (durability === 'volatile') return { name, startedAfter: own ?? 0 };
    if (own !== undefined && own < checkpoint) this.#env.mark('feeder:handler-behind-checkpoint');
    return { name, startedAfter: Math.min(own ?? checkpoint, checkpoint) };
  }

  #subscriber(handler: FeederHandler<E>, index: number): Subscriber<RecordedEvent<E>> {
    const progress = this.#progress.handlers[index];
    if (progress === undefined) throw new RangeError(`there is no handler ${index}`);
    const { name, startedAfter } = progress;
    handler.started?.(resumeAfter(startedAfter));
    return {
      name,
      timeoutMs: handler.timeoutMs ?? HANDLER_TIMEOUT_MS,
      handle: (event: RecordedEvent<E>) => handler.handle(event),
      settled: (event: RecordedEvent<E>) => {
        progress.complete(numberOf(event.metadata.globalPosition));
        this.#signal();
        this.#waiters.check();
      },
      ...(handler.concurrency && { concurrency: handler.concurrency }),
    };
  }

  #handledUpTo(name: string | undefined): number {
    if (name === undefined) return this.#progress.handledUpTo;
    const handler = this.#progress.handlers.find((other) => other.name === name);
    if (handler === undefined) throw new RangeError(`feeder ${this.name} has no handler ${name}`);
    return this.#progress.handledUpToBy(handler);
  }

  #isDrained(): boolean {
    return this.#progress.handledUpTo >= numberOf(this.#store.head());
  }

  /** Something may be due: the feeder is not idle until the loop has checked. */
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
    const [left] = await this.#bus.stop(this.#stopTimeoutMs);
    this.#forgetStore();
    try {
      if (this.#failure === undefined && this.#hasNews()) await this.#writeCheckpoint();
    } catch (error) {
      this.#fail(error);
    }
    if (left !== undefined) this.#fail(new HandlerTimeoutError(left, this.#stopTimeoutMs));
    this.#cancelTimer?.();
    this.#waiters.refuse(new FeederStoppedError(this.name, this.#failure));
    return this.#failure;
  }

  /** Does what is due next, or waits until something is. */
  async #step(): Promise<void> {
    // A checkpoint that is due comes first: a long way to the head must not put it off.
    if (this.#isCheckpointDue()) return this.#writeCheckpoint();
    const head = numberOf(this.#store.head());
    if (this.#progress.handlers.length === 0) this.#progress.passAll(head);
    const most = this.#options.inFlightMax ?? IN_FLIGHT_MAX_DEFAULT;
    // Not for one event at a time, as they are settled: to find a position in the log costs as much as to read many.
    const hungry = this.#paused ? [] : this.#progress.hungry(head, most);
    if (hungry.length > 0) return this.#feed(hungry, most);
    this.#resting = true;
    this.#waiters.check();
    await this.#news.next();
    this.#resting = false;
  }

  /** Reads the next events for handlers, from where the one begins that is furthest behind, and publishes them. */
  async #feed(handlers: readonly HandlerProgress[], most: number): Promise<void> {
    const head = numberOf(this.#store.head());
    const read = Math.min(...handlers.map((handler) => handler.read));
    const count = most - Math.max(...handlers.map(({ pending }) => pending));
    const events = await this.#patience.untilThereIsRoom(() =>
      this.#store.readAll<E>({ after: resumeAfter(read), maxCount: count, systemStreams: false }),
    );
    if (this.#stopping || this.#paused) return;
    let last = read;
    for (const event of events) {
      last = numberOf(event.metadata.globalPosition);
      const to = this.#progress.feed(last, handlers);
      const published = this.#bus.publish(event, to);
      if (published === HANDLED) continue;
      published.catch((error: unknown) => {
        if (!this.#stopping) this.#fail(error);
      });
    }
    // Where fewer are left, nothing is up to the head but the system's own, and gaps.
    for (const handler of handlers) handler.readUpTo(events.length < count ? head : last);
    this.#waiters.check();
    if (events.length > 0) this.#startTimer();
  }

  /** Whether a checkpoint would say anything that the last one does not. */
  #hasNews(): boolean {
    return this.#progress.lastHandled > numberOf(this.#checkpoint.position);
  }

  #isCheckpointDue(): boolean {
    if (!this.#hasNews()) return false;
    const { onIdle = true, everyEvents = EVERY_EVENTS_DEFAULT } = this.#options.checkpoint ?? {};
    if (this.#timeIsUp) return true;
    if (this.#progress.lastHandled - numberOf(this.#checkpoint.position) >= everyEvents) return true;
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
    // The position first, then the flush: handlers may meanwhile go on, but never fall back. It is the last event's,
    // not that of a system event after it, since no handler's own position ever gets there.
    const handledUpTo = this.#progress.lastHandled;
    await this.#patience.untilThereIsRoom(() =>
      persistently(
        this.#env.clock,
        this.#retry,
        () => this.#flush(),
        (error) => this.#mayFlushAgain(error),
      ),
    );
    const own = await this.#patience.untilThereIsRoom(() => this.#checkpoint.write(resumeAfter(handledUpTo)));
    // Its own checkpoint, if nothing came between, need not be read back to be passed over.
    if (own !== undefined) this.#progress.passOver(numberOf(own));
    if (this.#progress.lastFed > handledUpTo) this.#startTimer();
    this.#waiters.check();
  }

  async #flush(): Promise<void> {
    for (const handler of this.#options.handlers) {
      if (handler.durability !== 'durable' || handler.flush === undefined) continue;
      const flush = async (): Promise<void> => {
        await handler.flush?.();
      };
      const limitMs = handler.timeoutMs ?? HANDLER_TIMEOUT_MS;
      const timeoutMs = this.#stopping ? Math.min(limitMs, this.#stopTimeoutMs) : limitMs;
      await this.#flushing.limit({ name: handler.name, timeoutMs }, flush());
    }
  }

  /** Not what JSON can't hold, which stays so; and nothing that would keep a stop waiting. */
  #mayFlushAgain(error: unknown): boolean {
    return (
      errorCode(error) !== 'INVALID_ARGUMENT' && !(this.#stopping && error instanceof HandlerTimeoutError)
    );
  }

  #fail(error: unknown): void {
    // Of another realm's errors, and of what is none, the text is kept.
    const own = isError(error) ? (error as Error) : new Error(textOfThrown(error)); // it was just asked for
    this.#failure ??= own;
    this.#signal();
  }
}
