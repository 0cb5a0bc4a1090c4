/**
 * Where everything in the log is, segment by segment, and the version of every stream. Holds durable events only.
 * The index of a sealed segment is loaded when it is first needed. Numbers; no BigInt.
 */
import type { PlacedEvents } from '../format/frame.js';
import { GrowingSegmentIndex, type SegmentIndex } from '../format/segment-index.js';

/** Gets the index of a sealed segment, which is not in memory: from its file if there is one of use, or from the log. */
export type LoadSegmentIndex = (segment: number, from: 'file' | 'log') => Promise<SegmentIndex>;

/** Versions of a stream to look up, both ends included, and in which order. */
export interface VersionRange {
  readonly low: number;
  readonly high: number;
  readonly backwards: boolean;
  readonly maxCount: number;
}

/** Events of one frame, where they are. */
interface Due extends Omit<PlacedEvents, 'entries'> {
  readonly position: number;
  readonly frameOffset: number;
}

export class LogIndex {
  readonly #versions: Map<string, number>;
  /** By number - 1. */
  readonly #sealed: (SegmentIndex | undefined)[];
  readonly #load: LoadSegmentIndex;
  #growing: GrowingSegmentIndex;
  /** Added, but not in the index of the tail yet. */
  readonly #due: Due[] = [];
  #head: number;

  /** `sealed` segments come before `growing`, which is the index of the tail. */
  constructor(
    load: LoadSegmentIndex,
    versions: Map<string, number>,
    sealed: readonly (SegmentIndex | undefined)[],
    growing: GrowingSegmentIndex,
  ) {
    this.#load = load;
    this.#versions = versions;
    this.#sealed = [...sealed];
    this.#growing = growing;
    this.#head = growing.base + growing.count - 1;
  }

  /** Global position of the last event; 0 when there is none. */
  get head(): number {
    return this.#head;
  }

  get versions(): ReadonlyMap<string, number> {
    return this.#versions;
  }

  /** The next events of the log, in the tail, and in one frame. Their streams' versions are known from now on. */
  add({ streamName, firstVersion, idHashes }: PlacedEvents, frameOffset: number): void {
    this.#due.push({ streamName, firstVersion, idHashes, position: this.#head + 1, frameOffset });
    this.#head += idHashes.length;
    this.#versions.set(streamName, firstVersion + idHashes.length - 1);
  }

  /** Enters event by event what was added. Every look-up does; so may who has time to spare before. */
  catchUp(): void {
    if (this.#due.length === 0) return;
    for (const { streamName, firstVersion, idHashes, position, frameOffset } of this.#due.splice(0)) {
      this.#growing.addAll(streamName, firstVersion, idHashes, position, frameOffset);
    }
  }

  /** The tail is full: what comes next is in a new segment. Returns the index of the full one. */
  seal(): GrowingSegmentIndex {
    this.catchUp();
    const full = this.#growing;
    this.#sealed.push(full);
    this.#growing = new GrowingSegmentIndex(full.base + full.count);
    return full;
  }

  /** Another index for a sealed segment, as of now. */
  replace(segment: number, index: SegmentIndex | undefined): void {
    this.#sealed[segment - 1] = index;
  }

  /** 0 when the stream does not exist. O(1). */
  versionOf(streamName: string): number {
    return this.#versions.get(streamName) ?? 0;
  }

  /** The index of a segment, if it is in memory. */
  inMemory(segment: number): SegmentIndex | undefined {
    if (segment <= this.#sealed.length) return this.#sealed[segment - 1];
    this.catchUp();
    return this.#growing;
  }

  /** The index of a segment. Waits only when it is not in memory. */
  ofSegment(segment: number): SegmentIndex | Promise<SegmentIndex> {
    return this.inMemory(segment) ?? this.#loaded(segment);
  }

  async #loaded(segment: number): Promise<SegmentIndex> {
    const index = await this.#load(segment, 'file');
    // Someone else may have been quicker.
    this.#sealed[segment - 1] ??= index;
    return this.#sealed[segment - 1] ?? index;
  }

  /** An index file has led to other events than it said: takes the index of every segment from the log. O(log). */
  async distrustFiles(): Promise<void> {
    for (let segment = 1; segment <= this.#sealed.length; segment++) {
      const known = this.#sealed[segment - 1];
      if (known === undefined || known.lastCrc !== undefined)
        this.#sealed[segment - 1] = await this.#load(segment, 'log');
    }
  }

  /** Positions of a stream's events, in the order wanted. Loads only the segments that lie on the way. */
  async positionsOf(streamName: string, range: VersionRange): Promise<number[]> {
    const { low, high, backwards, maxCount } = range;
    const positions: number[] = [];
    const segments = this.#sealed.length + 1;
    for (let turn = 0; turn < segments && low <= high && positions.length < maxCount; turn++) {
      const index = this.ofSegment(backwards ? segments - turn : turn + 1);
      const segment = index instanceof Promise ? await index : index;
      const slice = segment.sliceOf(streamName);
      if (slice === undefined) continue;
      const first = Math.max(low, slice.firstVersion);
      const last = Math.min(high, slice.firstVersion + slice.count - 1);
      for (let step = 0; step <= last - first && positions.length < maxCount; step++) {
        const version = backwards ? last - step : first + step;
        positions.push(segment.base + (slice.relative[slice.start + version - slice.firstVersion] ?? 0));
      }
      const passed = backwards ? slice.firstVersion <= low : slice.firstVersion + slice.count > high;
      if (passed) break;
    }
    return positions;
  }

  /** Positions of the events that may have the message id with this hash. Waits for indexes not in memory. O(segments). */
  async candidatesFor(messageIdHash: number): Promise<readonly number[]> {
    for (;;) {
      const found = this.candidatesInMemory(messageIdHash);
      if (found !== undefined) return found;
      for (let segment = 1; segment <= this.#sealed.length; segment++) await this.ofSegment(segment);
    }
  }

  /** The same, if the index of every segment is in memory. */
  candidatesInMemory(messageIdHash: number): readonly number[] | undefined {
    this.catchUp();
    if (this.#sealed.length === 0) return this.#growing.candidatesFor(messageIdHash);
    if (this.#sealed.some((index) => index === undefined)) return undefined;
    let found = this.#growing.candidatesFor(messageIdHash);
    for (const index of this.#sealed) {
      const more = index?.candidatesFor(messageIdHash) ?? [];
      if (more.length > 0) found = [...found, ...more];
    }
    return found;
  }
}
