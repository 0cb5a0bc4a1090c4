/** The event store over its log: appends in groups, reads, subscriptions, and the end. */
import { type Clock, type Environment, sleep } from '../environment.js';
import { LockLostError } from '../locks/guard.js';
import { textOfThrown } from '../thrown.js';
import { type Decision, Group, type KnownMessage } from './append/append-group.js';
import { type PreparedAppend, type Preparing, prepareAppend } from './append/prepare-append.js';
import { checkDirection, checkMaxCount, checkPosition, checkResume, checkStreamName } from './arguments.js';
import { CorruptLogError, StoreFailedError, StoreFullError, StoreUnavailableError } from './errors.js';
import {
  type AnyEvent,
  BEGINNING,
  type Event,
  type EventData,
  type GlobalPosition,
  globalPosition,
  type RecordedEvent,
  type Resume,
  type StreamVersion,
  streamVersion,
} from './event.js';
import type {
  AppendOptions,
  AppendResult,
  EventStore,
  ReadAllOptions,
  ReadStreamOptions,
  ReadStreamResult,
  StreamAppend,
  SubscribeOptions,
} from './event-store.js';
import { EntryWriter } from './format/entry-writer.js';
import type { DirectoryLock } from './log/directory-lock.js';
import type { Log } from './log/log.js';
import type { LogIndex, VersionRange } from './log/log-index.js';
import type { RecoveryReport } from './log/recovery.js';
import { wrongVersion } from './log/stream-versions.js';
import { numberOf } from './position.js';
import type { DecodedEvents } from './read/decoded-event-cache.js';
import { EventReader, type ReadPattern } from './read/event-reader.js';
import { Subscription } from './read/subscription.js';

/** The store on disk, and what opening it found. */
export interface DurableEventStore extends EventStore {
  readonly recovery: RecoveryReport;
}
/** A write carries no more than this, unless a single append is larger. */
const MAX_GROUP_BYTES = 1024 * 1024;

/** An append that waits for its turn. */
interface Waiting {
  readonly append: PreparedAppend;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: Error) => void;
}

/** What a store is made of. */
interface StoreParts {
  readonly env: Environment;
  readonly log: Log;
  readonly index: LogIndex;
  readonly report: RecoveryReport;
  /** Ends the log's tail: the next append begins a new segment. */
  readonly seal: () => Promise<void>;
  readonly lock: DirectoryLock;
  readonly decoded: DecodedEvents | undefined;
}

export class LogEventStore implements DurableEventStore {
  readonly recovery: RecoveryReport;
  readonly #preparing: Preparing;
  readonly #clock: Clock;
  readonly #mark: Environment['mark'];
  readonly #seal: () => Promise<void>;
  readonly #lock: DirectoryLock;
  readonly #decoded: DecodedEvents | undefined;
  readonly #log: Log;
  readonly #index: LogIndex;
  readonly #queue: Waiting[] = [];
  readonly #listeners = new Set<(head: GlobalPosition) => void>();
  readonly #watchers = new Set<() => void>();
  /** Resolves when the queue is empty; undefined while no write is under way. */
  #writing: Promise<void> | undefined;
  #failure: StoreFailedError | undefined;
  #closing: Promise<void> | undefined;
  #readsUnderWay = 0;
  #tellRead: () => void = () => {};

  constructor({ env, log, index, report, seal, lock, decoded }: StoreParts) {
    this.recovery = report;
    this.#preparing = { random: env.random, writer: new EntryWriter() };
    this.#clock = env.clock;
    this.#mark = env.mark;
    this.#log = log;
    this.#index = index;
    this.#seal = seal;
    this.#lock = lock;
    this.#decoded = decoded;
    lock.onLost((error) => this.#fail(error));
  }

  async appendToStream<E extends AnyEvent = AnyEvent>(
    streamName: string,
    events: readonly EventData<NoInfer<E>>[],
    options?: AppendOptions,
  ): Promise<AppendResult> {
    const [result] = await this.appendToStreams([{ streamName, events, ...options }]);
    if (result === undefined) throw new Error('an append had no result: a fault in the store itself');
    return result;
  }

  appendToStreams<E extends AnyEvent = AnyEvent>(
    appends: readonly StreamAppend<NoInfer<E>>[],
  ): Promise<readonly AppendResult[]> {
    return new Promise((resolve, reject) => {
      this.#throwIfClosed();
      if (this.#failure !== undefined) throw this.#failure;
      const append = prepareAppend(appends, this.#preparing);
      this.#queue.push({ append, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    // Appends of the same turn of the event loop share the first write, too.
    await undefined;
    while (this.#queue.length > 0) {
      if (this.#failure === undefined) await this.#writeGroup();
      else for (const waiting of this.#queue.splice(0)) waiting.reject(this.#failure);
    }
    this.#writing = undefined;
  }

  /** One write and one sync for as many waiting appends as fit. */
  async #writeGroup(): Promise<void> {
    const group = this.#newGroup();
    const decided: { readonly waiting: Waiting; readonly decision: Decision }[] = [];
    try {
      this.#lock.check();
      for (let waiting = this.#queue[0]; waiting !== undefined; waiting = this.#queue[0]) {
        if (!this.#fits(group.bytes, waiting.append.bytes)) break;
        this.#queue.shift();
        const decision = group.decide(waiting.append);
        decided.push({ waiting, decision: decision instanceof Promise ? await decision : decision });
      }
      if (group.frames.length > 0) await this.#commit(group);
    } catch (error) {
      // Whatever was decided was decided on streams as this group would have left them.
      if (error instanceof StoreFullError || error instanceof StoreUnavailableError) {
        for (const { waiting } of decided) await this.#answerWithoutRoom(waiting, error);
      } else {
        const failure = this.#fail(error);
        for (const { waiting } of decided) waiting.reject(failure);
      }
      return;
    }
    for (const { waiting, decision } of decided) {
      if (decision.accepted) waiting.resolve(decision.results);
      else waiting.reject(decision.error);
    }
  }

  /** Only what is new is refused for want of room: a repetition of what is there is answered as ever. */
  async #answerWithoutRoom({ append, resolve, reject }: Waiting, refusal: Error): Promise<void> {
    const alone = this.#newGroup();
    const decision = await alone.decide(append);
    if (alone.frames.length > 0) reject(refusal);
    else if (decision.accepted) resolve(decision.results);
    else reject(decision.error);
  }

  #newGroup(): Group {
    return new Group(this.#index, (messageId, hash) => this.#findMessage(messageId, hash));
  }

  #fail(cause: unknown): StoreFailedError {
    if (this.#failure !== undefined) return this.#failure;
    const what =
      cause instanceof LockLostError ? cause.message : `writing to the log failed (${textOfThrown(cause)})`;
    this.#failure = new StoreFailedError(`The store stopped: ${what}. Open it again to go on.`, { cause });
    this.#wakeWatchers();
    return this.#failure;
  }

  /** A group goes into one segment. Its first append always fits: the log makes room for it. */
  #fits(groupBytes: number, bytes: number): boolean {
    if (groupBytes === 0) return true;
    return groupBytes + bytes <= MAX_GROUP_BYTES && this.#log.hasRoomFor(groupBytes + bytes);
  }

  /** Makes the group durable, then visible. */
  async #commit(group: Group): Promise<void> {
    if (!this.#log.hasRoomFor(group.bytes)) await this.#seal();
    const headers = await this.#log.append(group.frames, () => this.#tidyUp());
    // Another process may have the directory now, and reads its own files: it can't see what was written to these.
    this.#lock.check(this.#log.tailFile);
    if (headers.length > 1) this.#mark('store:group-shared');
    headers.forEach((header, frame) => {
      for (const part of group.frames[frame]?.parts ?? []) this.#index.add(part, header.offset);
    });
    for (const { position, count } of headers) {
      for (const listener of [...this.#listeners])
        callListener(listener, globalPosition(position + count - 1));
    }
    this.#wakeWatchers();
  }

  /** What can wait until the disk is at work. The group has been copied by then. */
  #tidyUp(): void {
    if (this.#queue.length === 0) this.#preparing.writer.forget();
    this.#index.catchUp();
  }

  #wakeWatchers(): void {
    for (const wake of [...this.#watchers]) wake();
  }

  async #findMessage(messageId: string, hash: number): Promise<KnownMessage | undefined> {
    const reader = new EventReader(this.#log, this.#index, 'some');
    for (const position of await this.#index.candidatesFor(hash)) {
      const found = await reader.readPlace(position);
      if (found?.messageId === messageId) {
        return { ...found, position };
      }
    }
    return undefined;
  }

  async readStream<E extends AnyEvent = Event>(
    streamName: string,
    options: ReadStreamOptions = {},
  ): Promise<ReadStreamResult<E>> {
    this.#throwIfClosed();
    const { direction = 'forwards', maxCount = Number.POSITIVE_INFINITY } = options;
    checkMaxCount(maxCount);
    checkStreamName(streamName);
    checkDirection(direction);
    if (options.from !== undefined) checkPosition('from', options.from);
    const version = this.#index.versionOf(streamName);
    const backwards = direction === 'backwards';
    const from = Number(options.from ?? (backwards ? version : 1));
    const range = backwards
      ? { low: 1, high: Math.min(from, version), backwards, maxCount }
      : { low: Math.max(from, 1), high: version, backwards, maxCount };
    const events = claimed<E>(await this.#counted(this.#readVersions(streamName, range)));
    return { events, currentStreamVersion: streamVersion(version), streamExists: version > 0 };
  }

  /** Events of a stream, as an index file has them; if that turns out wrong, as the log has them. */
  async #readVersions(streamName: string, range: VersionRange): Promise<RecordedEvent[]> {
    for (let isSecond = false; ; isSecond = true) {
      const positions = await this.#index.positionsOf(streamName, range);
      const events = await this.#reader('some').read(positions, range.maxCount);
      const wrong = wrongVersion(streamName, range, events);
      if (wrong === undefined) return events;
      if (isSecond)
        throw new CorruptLogError(this.#log.pathOf(this.#log.segmentOf(positions[0] ?? 1)), 0, wrong);
      this.#mark('store:index-file-distrusted');
      await this.#index.distrustFiles();
    }
  }

  async readAll<E extends AnyEvent = Event>(
    options: ReadAllOptions = {},
  ): Promise<readonly RecordedEvent<E>[]> {
    this.#throwIfClosed();
    const { after = BEGINNING, maxCount = Number.POSITIVE_INFINITY } = options;
    checkMaxCount(maxCount);
    checkResume('after', after);
    return claimed<E>(await this.#readAfter(after, maxCount, options));
  }

  #reader(pattern: ReadPattern): EventReader {
    return new EventReader(this.#log, this.#index, pattern, this.#decoded);
  }

  async #readAfter(after: Resume, maxCount: number, options: ReadAllOptions = {}): Promise<RecordedEvent[]> {
    const first = numberOf(after) + 1;
    return await this.#counted(this.#reader('all').read(range(first, this.#index.head), maxCount, options));
  }

  /** Counts a read as under way until it has settled. */
  #counted<T>(read: Promise<T>): Promise<T> {
    this.#readsUnderWay++;
    const settled = (): void => {
      this.#readsUnderWay--;
      this.#tellRead();
    };
    read.then(settled, settled);
    return read;
  }

  async #untilRead(): Promise<void> {
    while (this.#readsUnderWay > 0) {
      await new Promise<void>((resolve) => {
        this.#tellRead = resolve;
      });
    }
  }

  subscribeToAll<E extends AnyEvent = Event>(
    options: SubscribeOptions = {},
  ): AsyncIterableIterator<RecordedEvent<E>> {
    this.#throwIfClosed();
    const { after = BEGINNING, signal } = options;
    checkResume('after', after);
    const source = {
      readAfter: (after: Resume, maxCount: number) => this.#readAfter(after, maxCount),
      head: () => this.head(),
      ended: () => (this.#closing === undefined ? this.#failure : 'closed'),
      watch: (wake: () => void) => {
        this.#watchers.add(wake);
        return () => this.#watchers.delete(wake);
      },
      giveWay: () => sleep(this.#clock, 0),
    };
    return new Subscription(source, after, signal) as AsyncIterableIterator<
      RecordedEvent<AnyEvent>
    > as AsyncIterableIterator<RecordedEvent<E>>; // as `claimed`
  }

  onAppended(listener: (head: GlobalPosition) => void): () => void {
    this.#throwIfClosed();
    // A function of its own, so that one listener registered twice is two listeners.
    const own = (head: GlobalPosition): void => listener(head);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  head(): Resume {
    return this.#index.head === 0 ? BEGINNING : globalPosition(this.#index.head);
  }

  streamVersion(streamName: string): StreamVersion {
    return streamVersion(this.#index.versionOf(streamName));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writing;
    this.#wakeWatchers();
    try {
      // So that opening it again need not read the tail.
      if (this.#failure === undefined && this.#log.isWorthSealing) await this.#seal();
      await this.#log.close();
    } finally {
      // The next store on this directory may change the files that are being read.
      await this.#untilRead();
      await this.#lock.release();
    }
  }

  #throwIfClosed(): void {
    if (this.#closing !== undefined)
      throw new StoreFailedError('The store is closed. Open it again to go on.');
  }
}

/** Events as the caller knows them: what a stream holds is the program's to say, see {@link EventStore}. */
const claimed = <E extends AnyEvent>(events: readonly RecordedEvent[]): readonly RecordedEvent<E>[] =>
  events as readonly RecordedEvent<AnyEvent>[] as readonly RecordedEvent<E>[];

/** A listener that throws hides nothing from the others and fails no append; it surfaces as an unhandled rejection. */
const callListener = (listener: (head: GlobalPosition) => void, head: GlobalPosition): void => {
  try {
    listener(head);
  } catch (error) {
    void Promise.reject(error);
  }
};

function* range(first: number, last: number): Iterable<number> {
  for (let position = first; position <= last; position++) yield position;
}
