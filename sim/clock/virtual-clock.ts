/**
 * The clock of one life. Nothing ever waits: when the program has nothing else to do, time jumps to the next timer.
 * Timers fire in order of time, those of equal time in the order in which they were set.
 */
import type { Cancel, Clock } from '../../src/environment.js';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  private nowMs: number;
  /** Sorted by time; a program has few timers at once. */
  private readonly timers: Timer[] = [];

  constructor(readonly startMs: number) {
    this.nowMs = startMs;
  }

  readonly now = (): number => this.nowMs;

  readonly schedule = (delayMs: number, callback: () => void): Cancel => {
    // A delay that is no number is 1 ms to Node's timers, so it is here.
    const delay = delayMs >= 0 ? delayMs : 1;
    const timer: Timer = { atMs: this.nowMs + delay, callback };
    const after = this.timers.findIndex((other) => other.atMs > timer.atMs);
    if (after === -1) this.timers.push(timer);
    else this.timers.splice(after, 0, timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index !== -1) this.timers.splice(index, 1);
    };
  };

  /** Jumps to the next timer and hands out its callback, to be called now; undefined when none is due by `untilMs`. */
  takeNext(untilMs: number): (() => void) | undefined {
    const next = this.timers[0];
    if (next === undefined || next.atMs > untilMs) return undefined;
    this.timers.shift();
    this.nowMs = Math.max(this.nowMs, next.atMs);
    return next.callback;
  }
}
