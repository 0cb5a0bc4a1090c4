/**
 * The choosing scheduler: holds every call back until the program can go no further, then asks a strategy what goes next,
 * a waiting call or the next timer: every interleaving of clients, feeder, handlers and timers at the granularity of
 * calls can be reached. Disturbances strike at given moves; while it is calm none does, and no timer overtakes a call.
 */
import type { Cancel } from '../../src/environment.js';
import { type Disturbance, type Timing, UNDISTURBED } from './disturbances.js';
import type { Scheduler, Scheduling } from './scheduler.js';
import type { Choice, Strategy } from './strategy.js';
import type { VirtualClock } from './virtual-clock.js';

interface WaitingCall {
  readonly chain: number;
  readonly sinceMs: number;
  readonly run: () => void;
}

interface StalledCall {
  readonly call: WaitingCall;
  readonly untilMs: number;
}

/** Moves in a row after which a chain lets others go first: a program that polls would keep them waiting for ever. */
const PATIENCE_MOVES = 500;

class Choosing implements Scheduler, Choice {
  count = 0;
  continues = false;
  /** In the order in which they were made. */
  private readonly waiting: WaitingCall[] = [];
  private stalled: StalledCall[] = [];
  private chains = 0;
  /** The chain of the code that is running, and whether that has made a call or set a timer yet. */
  private running = 0;
  private isContinued = false;
  /** The chain that moved last, and how often in a row; -1: code is running that no move woke. */
  private moved = -1;
  private inRow = 0;
  private moves = 0;
  private disturbed = 0;
  private isCalm = false;
  /** The place in `waiting` of what goes on with the chain that moved last; -1: nothing does. */
  private continuing = -1;

  constructor(
    private readonly clock: VirtualClock,
    private readonly strategy: Strategy,
    private readonly timing: Timing,
    private readonly onDisturbed: (disturbance: Disturbance) => void,
  ) {}

  perform<T>(act: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): void => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      };
      this.waiting.push({ chain: this.goOn(), sinceMs: this.clock.elapsedMs, run });
    });
  }

  schedule(delayMs: number, callback: () => void): Cancel {
    return this.clock.schedule(delayMs, callback, this.goOn());
  }

  begin(): void {
    this.running = this.chains++;
    this.isContinued = false;
    this.moved = -1;
  }

  calm(isCalm: boolean): void {
    this.isCalm = isCalm;
    if (isCalm) this.wake(Number.POSITIVE_INFINITY);
  }

  /** Each of its calls takes a move, and the driver counts those. */
  isWornOut(): boolean {
    return false;
  }

  runNext(untilMs: number): boolean {
    if (!this.isCalm) this.disturb();
    if (this.stalled.length > 0) this.wakeInTime(untilMs);
    const timer = this.timerBy(untilMs);
    this.count = this.waiting.length + (timer ? 1 : 0);
    if (this.count === 0) return false;
    this.moves += 1;
    const index = this.choose();
    if (index === this.waiting.length) {
      this.movesOn(this.clock.next?.chain ?? 0);
      return this.clock.fireNext(untilMs);
    }
    const call = this.waiting[index];
    if (call === undefined) throw new Error(`A strategy picked a place that there is not.`);
    this.waiting.splice(index, 1);
    this.movesOn(call.chain);
    call.run();
    return true;
  }

  chainAt(place: number): number {
    return this.waiting[this.indexOf(place)]?.chain ?? this.clock.next?.chain ?? 0;
  }

  /** The index into `waiting` of what goes next; its length stands for the next timer. */
  private choose(): number {
    this.continuing = this.waiting.findIndex(({ chain }) => chain === this.moved);
    // With one thing to go there is nothing to choose, and nothing to record.
    if (this.count === 1) return 0;
    if (this.inRow >= PATIENCE_MOVES && this.continuing !== -1) return this.chooseAnother();
    this.continues = this.continuing !== -1;
    return this.indexOf(this.strategy.pick(this));
  }

  /** As {@link choose}, with the chain that has moved for so long left out. */
  private chooseAnother(): number {
    const [left] = this.waiting.splice(this.continuing, 1);
    const at = this.continuing;
    this.continuing = -1;
    this.continues = false;
    this.count -= 1;
    const index = this.count === 1 ? 0 : this.indexOf(this.strategy.pick(this));
    if (left !== undefined) this.waiting.splice(at, 0, left);
    return index < at ? index : index + 1;
  }

  private indexOf(place: number): number {
    if (this.continuing === -1 || place > this.continuing) return place;
    return place === 0 ? this.continuing : place - 1;
  }

  private movesOn(chain: number): void {
    this.inRow = chain === this.moved ? this.inRow + 1 : 0;
    this.moved = chain;
    this.running = chain;
    this.isContinued = false;
  }

  /** The chain of a call or timer made now. */
  private goOn(): number {
    if (this.isContinued) return this.chains++;
    this.isContinued = true;
    return this.running;
  }

  /** Whether the next timer may fire now. */
  private timerBy(untilMs: number): boolean {
    const atMs = this.clock.next?.atMs ?? Number.POSITIVE_INFINITY;
    if (atMs > untilMs) return false;
    const oldest = this.waiting[0];
    if (oldest === undefined) return true;
    const slowestMs = this.isCalm ? 0 : this.timing.slowestCallMs;
    return atMs <= Math.max(this.clock.elapsedMs, oldest.sinceMs + slowestMs);
  }

  private disturb(): void {
    const disturbance = this.timing.disturbances[this.disturbed];
    if (disturbance === undefined || disturbance.at > this.moves) return;
    const { kind, ms } = disturbance;
    if (kind === 'stall') {
      const call = this.waiting.shift();
      if (call === undefined) return; // it strikes as soon as there is a call
      this.stalled.push({ call, untilMs: this.clock.elapsedMs + ms });
    } else if (kind === 'pause') this.clock.passTo(this.clock.elapsedMs + ms);
    else this.clock.set(ms);
    this.disturbed += 1;
    this.onDisturbed(disturbance);
  }

  /** Wakes the stalled calls whose time has come; where nothing else can happen before, it comes now. */
  private wakeInTime(untilMs: number): void {
    this.wake(this.clock.elapsedMs);
    if (this.waiting.length > 0) return;
    const first = Math.min(...this.stalled.map((stalled) => stalled.untilMs));
    if ((this.clock.next?.atMs ?? Number.POSITIVE_INFINITY) <= first || first > untilMs) return;
    this.clock.passTo(first);
    this.wake(first);
  }

  private wake(untilMs: number): void {
    for (const stalled of this.stalled) {
      if (stalled.untilMs <= untilMs) this.waiting.push({ ...stalled.call, sinceMs: this.clock.elapsedMs });
    }
    this.stalled = this.stalled.filter((stalled) => stalled.untilMs > untilMs);
  }
}

/** A scheduler that lets `strategy` choose. A strategy is used for one life only. */
export const choosing =
  (strategy: Strategy, timing: Timing = UNDISTURBED): Scheduling =>
  (clock, onDisturbed = () => {}) => {
    const scheduler = new Choosing(clock, strategy, timing, onDisturbed);
    return {
      begin: () => scheduler.begin(),
      perform: (act) => scheduler.perform(act),
      schedule: (delayMs, callback) => scheduler.schedule(delayMs, callback),
      runNext: (untilMs) => scheduler.runNext(untilMs),
      isWornOut: () => scheduler.isWornOut(),
      calm: (isCalm) => scheduler.calm(isCalm),
    };
  };
