/** The exploration of one suite, as the workers that share it see it: which part is next, and what came of each. */

import { Agenda, type Assignment } from '../../sim/explore/campaign/agenda.js';
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import type { Part } from '../../sim/explore/campaign/parts.js';
import { SuiteProgress } from '../../sim/explore/campaign/suite-progress.js';
import { EMPTY_TALLY, type FirstFound, type Tally } from '../../sim/explore/counting/tally.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import type { ExploreProgress } from '../../sim/explore/options.js';
import type { StopReason } from '../../sim/result/result.js';
import { stopReasons } from '../../sim/result/stop-reasons.js';
import type { Unit, UnitOptions } from '../messages/messages.js';
import { SliceQueue, type TakenSlice } from './slice-queue.js';
import { doubtOf, isHarmless, stopOf, type Trouble, troubleOf } from './trouble.js';

const isSplittable = (taken: Assignment | TakenSlice): boolean =>
  !('slice' in taken) && taken.part.phase === 'exhaustive';

export class UnitWork {
  private readonly agenda: Agenda;
  private readonly progress: SuiteProgress;
  private readonly startedMs = performance.now();
  private running = 0;
  private concluding = false;
  private cutShort: StopReason | undefined;
  private troubles: readonly Trouble[] = [];
  private readonly slices = new SliceQueue();
  /** Parts under way that may hand out slices. */
  private maySlice = 0;
  /** Called when a part is done, or no further one will be. */
  private waiting: (() => void)[] = [];

  /**
   * @param endMs When the time of the whole campaign is up, by `performance.now()`.
   * @param onTrouble Called once for each thing that goes wrong, however many workers meet it.
   */
  constructor(
    readonly unit: Unit,
    private readonly endMs: number,
    private readonly onTrouble: (trouble: Trouble) => void,
  ) {
    this.agenda = new Agenda(unit.options);
    this.progress = new SuiteProgress(this.agenda.parts);
  }

  /** Milliseconds since its exploration began. */
  get ageMs(): number {
    return performance.now() - this.startedMs;
  }

  /** Parts, and slices of parts, that no worker has taken. */
  get left(): number {
    return this.agenda.left + this.slices.left;
  }

  /** True while there may be more to take later, though nothing is left now. */
  get isOpen(): boolean {
    return this.maySlice > 0;
  }

  /** Resolves when there may be something else to take, or nothing any more. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** True once, when no part is left or under way: the caller concludes the suite. */
  takeConclusion(): boolean {
    if (this.concluding || this.left > 0 || this.running > 0) return false;
    this.concluding = true;
    return true;
  }

  /** The next part, which its taker now explores. Waits while each part that is left builds on one under way. */
  async take(): Promise<Assignment | TakenSlice | undefined> {
    for (;;) {
      const taken = this.slices.take() ?? this.agenda.take();
      if (taken !== undefined) this.running += 1;
      if (taken !== undefined && isSplittable(taken)) this.maySlice += 1;
      if (taken !== undefined || this.left === 0 || this.running === 0) return taken;
      await this.changed();
    }
  }

  /** A slice that a part handed out. Its taker calls {@link counted} or {@link failed}. */
  takeSlice(): TakenSlice | undefined {
    const taken = this.slices.take();
    if (taken !== undefined) this.running += 1;
    return taken;
  }

  /** Takes in a slice that a part hands out. Resolves with its result. */
  handOut(part: Part, slice: Slice): Promise<SliceCounted> {
    const counted = this.slices.handOut(part, slice);
    this.wake();
    return counted;
  }

  /** The part needs no slice any more: it is explored, or has failed. */
  dropSlices(part: Part): void {
    this.slices.drop(part);
  }

  counted(taken: TakenSlice, counted: SliceCounted): void {
    this.running -= 1;
    taken.counted(counted);
    this.wake();
  }

  private wake(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resume of waiting) resume();
  }

  explored(part: Part, tally: Tally): void {
    this.over({ part });
    this.agenda.explored(part, tally);
    if (tally.cutShort !== undefined) this.leaveOff(tally.cutShort);
    this.wake();
  }

  /** The part keeps what was found in it. Parts that no worker has taken yet have no result. */
  failed(taken: Assignment | TakenSlice, thrown: unknown, found: readonly FirstFound[]): void {
    const { part } = taken;
    const trouble = troubleOf(thrown);
    if ('slice' in taken) taken.failed(thrown);
    else if (found.length > 0) {
      const firsts = new Map(found.map((first) => [first.finding.broken.invariant, first]));
      const seen = new Map([...firsts.keys()].map((name) => [name, 1]));
      this.agenda.explored(part, { ...EMPTY_TALLY, firsts, seen });
    }
    this.suffer(trouble);
    this.leaveOff(stopOf(trouble));
    this.over(taken);
    this.wake();
  }

  private over(taken: Assignment | TakenSlice): void {
    this.running -= 1;
    if (isSplittable(taken)) this.maySlice -= 1;
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
    this.agenda.leaveOff();
    this.wake();
  }

  /** What came of the parts, in their order. Empty when nothing did. */
  finished(): readonly Tally[] {
    const { cutShort, troubles } = this;
    const finished = this.agenda.finished(cutShort);
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
