/** The slices that one part handed out: each is taken once, and what became of them goes back together. */
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import type { Part } from '../../sim/explore/campaign/parts.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';

/** A slice, and where what became of it belongs. */
export interface TakenSlice {
  readonly part: Part;
  readonly slice: Slice;
  readonly batch: SliceBatch;
}

export class SliceBatch {
  private readonly waiting: Slice[];
  private readonly counted = new Map<Slice, SliceCounted>();
  private resolve: (counted: readonly SliceCounted[]) => void = () => undefined;
  private reject: (reason: unknown) => void = () => undefined;
  /** What became of all slices, in their order. Rejects where one failed. */
  readonly done: Promise<readonly SliceCounted[]>;

  constructor(
    readonly part: Part,
    private readonly slices: readonly Slice[],
  ) {
    this.waiting = [...slices];
    this.done = new Promise((resolve, reject) => {
      [this.resolve, this.reject] = [resolve, reject];
    });
    // The part may be gone by the time one fails.
    this.done.catch(() => undefined);
  }

  /** How many were not taken yet. */
  get left(): number {
    return this.waiting.length;
  }

  take(): TakenSlice | undefined {
    const slice = this.waiting.shift();
    return slice === undefined ? undefined : { part: this.part, slice, batch: this };
  }

  keep(slice: Slice, counted: SliceCounted): void {
    this.counted.set(slice, counted);
    const all = this.slices.flatMap((one) => this.counted.get(one) ?? []);
    if (all.length === this.slices.length) this.resolve(all);
  }

  /** No further slice is taken. */
  fail(reason: unknown): void {
    this.waiting.length = 0;
    this.reject(reason);
  }
}
