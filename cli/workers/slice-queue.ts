/** Slices that parts under way handed out: each is taken once, and its result goes back to the part. */
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import type { Part } from '../../sim/explore/campaign/parts.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';

/** A slice, with the way back of its result. */
export interface TakenSlice {
  readonly part: Part;
  readonly slice: Slice;
  readonly counted: (counted: SliceCounted) => void;
  readonly failed: (reason: unknown) => void;
}

export class SliceQueue {
  private waiting: TakenSlice[] = [];

  /** How many were not taken yet. */
  get left(): number {
    return this.waiting.length;
  }

  /** Resolves with the result of the slice. Rejects where it failed. */
  handOut(part: Part, slice: Slice): Promise<SliceCounted> {
    return new Promise((counted, failed) => this.waiting.push({ part, slice, counted, failed }));
  }

  take(): TakenSlice | undefined {
    return this.waiting.shift();
  }

  /** Drops what a part handed out, where no worker has taken it. */
  drop(part: Part): void {
    this.waiting = this.waiting.filter((one) => one.part !== part);
  }
}
