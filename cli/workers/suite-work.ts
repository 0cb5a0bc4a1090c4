/** The exploration of one suite, as the workers that share it see it: which part is next, and what came of each. */

import { type Part, partsOf } from '../../sim/explore/campaign/explore-part.js';
import { SuiteProgress } from '../../sim/explore/campaign/suite-progress.js';
import { EMPTY_TALLY, type FirstFound, type Tally } from '../../sim/explore/counting/tally.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import type { StopReason } from '../../sim/result/result.js';
import { stopReasons } from '../../sim/result/stop-reasons.js';
import type { Unit, UnitOptions } from './messages.js';
import { doubtOf, isHarmless, stopOf, type Trouble } from './trouble.js';

export class UnitWork {
  readonly parts: readonly Part[];
  private readonly tallies: (Tally | undefined)[];
  private readonly progress: SuiteProgress;
  private readonly startedMs = performance.now();
  private next = 0;
  private running = 0;
  private concluding = false;
  /** Parts from here on are of no interest any more. */
  private end: number;
  private cutShort: StopReason | undefined;

  private troubles: readonly Trouble[] = [];

  /**
   * @param endMs When the time of the whole campaign is up, by `performance.now()`.
   * @param onTrouble Called once for each thing that goes wrong, however many workers meet it.
   */
  constructor(
    readonly unit: Unit,
    private readonly endMs: number,
    private readonly onTrouble: (trouble: Trouble) => void,
  ) {
    this.parts = partsOf(unit.options);
    this.progress = new SuiteProgress(this.parts);
    this.tallies = this.parts.map(() => undefined);
    this.end = this.parts.length;
  }

  /** Parts that nobody has taken. */
  get left(): number {
    return Math.max(0, this.end - this.next);
  }

  /** True once, when nothing is left to take and nobody is at it: whoever asks is the one to conclude it. */
  takeConclusion(): boolean {
    if (this.concluding || this.left > 0 || this.running > 0) return false;
    this.concluding = true;
    return true;
  }

  /** The next part, which its taker now explores. */
  take(): Part | undefined {
    const part = this.left === 0 ? undefined : this.parts[this.next++];
    if (part !== undefined) this.running += 1;
    return part;
  }

  explored(part: Part, tally: Tally): void {
    const index = this.parts.indexOf(part);
    this.running -= 1;
    this.tallies[index] = tally;
    if (tally.cutShort !== undefined) this.leaveOff(tally.cutShort);
    // Not the ones before it, which others may still be at: what is told is the first of all.
    if (this.unit.options.bail && tally.seen.size > 0) this.end = Math.min(this.end, index + 1);
  }

  /** The part comes to no more than what was found in it, and what nobody has taken yet comes to nothing. */
  failed(part: Part, trouble: Trouble, found: readonly FirstFound[]): void {
    if (found.length > 0) {
      const firsts = new Map(found.map((first) => [first.finding.broken.invariant, first]));
      const seen = new Map([...firsts.keys()].map((name) => [name, 1]));
      this.tallies[this.parts.indexOf(part)] = { ...EMPTY_TALLY, firsts, seen };
    }
    this.suffer(trouble);
    this.leaveOff(stopOf(trouble));
    this.running -= 1;
  }

  /** What went wrong is a part of the result. */
  suffer(trouble: Trouble): void {
    const isKnown = this.troubles.some(
      ({ code, message }) => code === trouble.code && message === trouble.message,
    );
    if (isKnown) return;
    this.troubles = [...this.troubles, trouble];
    this.onTrouble(trouble);
  }

  /** What went wrong first. */
  get trouble(): Trouble | undefined {
    return this.troubles[0];
  }

  /** No further part is taken. */
  leaveOff(reason: StopReason): void {
    if (this.left > 0 || this.running > 0) this.cutShort ??= reason;
    this.end = Math.min(this.end, this.next);
  }

  /** What came of the parts, in their order. Empty when nothing did. */
  finished(): readonly Tally[] {
    const finished = this.tallies.filter((tally) => tally !== undefined);
    const { cutShort, troubles } = this;
    const doubts = troubles.filter((trouble) => !isHarmless(trouble)).map(doubtOf);
    const stops = stopReasons(cutShort === undefined ? [] : [cutShort], troubles.map(stopOf));
    if (finished.length === 0 || stops.length === 0) return finished;
    return [...finished, { ...EMPTY_TALLY, cutShort: cutShort ?? stops[0], stops, doubts }];
  }

  /** The suite's options, with what is left of its time. */
  options(): UnitOptions {
    const { options } = this.unit;
    const now = performance.now();
    const left = Math.min(
      this.endMs - now,
      (options.timeMs ?? Number.POSITIVE_INFINITY) - (now - this.startedMs),
    );
    return Number.isFinite(left) ? { ...options, timeMs: left } : options;
  }

  /** The same, for who is to tell what was found as it was found. */
  optionsWithoutShrinking(): UnitOptions {
    return { ...this.options(), timeMs: 0 };
  }

  progressWith(part: Part, progress: ExploreProgress): ExploreProgress {
    return this.progress.withPart(part, progress);
  }
}
