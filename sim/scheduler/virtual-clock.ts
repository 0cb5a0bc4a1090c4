/**
 * The clock of one life. Nothing ever waits: when the program has nothing else to do, time jumps to the next timer.
 * Timers fire in order of time, those of equal time in the order in which they were set.
 *
 * The program reads the time of day (`now`), which a run may set; timers depend on the elapsed time.
 */
import type { Cancel, Clock } from '../../src/environment.js';

export interface Timer {
  /** When it is due, by the time that has passed. */
  readonly atMs: number;
  readonly callback: () => void;
  /** The chain of moves it belongs to: what set it goes on when it fires. */
  readonly chain: number;
}

/** The program's code runs only as a microtask, so that the guard knows when it does. */
const soon = (act: () => void): void => void Promise.resolve().then(act);

export class VirtualClock implements Clock {
  /** Milliseconds since the life began: never goes back. */
  elapsedMs = 0;
  private setByMs = 0;
  /** Sorted by time; a program has few timers at once. */
  private readonly timers: Timer[] = [];

  /** @param startMs the time of day when the life begins */
  constructor(readonly startMs: number) {}

  readonly now = (): number => this.startMs + this.setByMs + this.elapsedMs;

  readonly schedule = (delayMs: number, callback: () => void, chain = 0): Cancel => {
    // A delay that is no number is 1 ms to Node's timers, so it is here.
    const delay = delayMs >= 0 ? delayMs : 1;
    const timer: Timer = { atMs: this.elapsedMs + delay, callback, chain };
    const after = this.timers.findIndex((other) => other.atMs > timer.atMs);
    if (after === -1) this.timers.push(timer);
    else this.timers.splice(after, 0, timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index !== -1) this.timers.splice(index, 1);
    };
  };

  /** The timer that is due next. */
  get next(): Timer | undefined {
    return this.timers[0];
  }

  /** Jumps to the next timer and fires it; false when none is due by `untilMs` of time passed. */
  fireNext(untilMs: number): boolean {
    const next = this.timers[0];
    if (next === undefined || next.atMs > untilMs) return false;
    this.timers.shift();
    this.passTo(next.atMs);
    soon(next.callback);
    return true;
  }

  /** Lets time pass up to a moment, if that is still to come; timers that become due on the way are late. */
  passTo(elapsedMs: number): void {
    this.elapsedMs = Math.max(this.elapsedMs, elapsedMs);
  }

  /** Somebody sets the time of day, forwards or back. */
  set(byMs: number): void {
    this.setByMs += byMs;
  }
}
