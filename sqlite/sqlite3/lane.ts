/**
 * What one database does: `sqlite3` hands each operation to a thread, and the connection admits one at a time. Here each has a turn of the
 * event loop, in the order of the calls. One that finds the database locked is tried again, at the times of SQLite's busy timeout.
 */

/** One operation. */
export interface Work {
  /** Returns whether a lock is in the way for which SQLite waits: then it is called again, later. */
  attempt(): boolean;
  /** Tells the program. An error that it throws is uncaught, as in any callback. */
  done(): void;
}

/** Those of `sqliteDefaultBusyCallback`, in milliseconds; the last one repeats. */
const DELAYS_MS = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];
const LAST_DELAY_MS = 100;

/** The default of `sqlite3`. */
const TIMEOUT_MS = 1000;

export class Lane {
  timeoutMs = TIMEOUT_MS;
  private readonly waiting: Work[] = [];
  private isRunning = false;

  add(work: Work): void {
    this.waiting.push(work);
    if (!this.isRunning) this.next();
  }

  private next(): void {
    const work = this.waiting.shift();
    this.isRunning = work !== undefined;
    if (work !== undefined) setImmediate(() => this.run(work, 0, 0));
  }

  private run(work: Work, tries: number, waitedMs: number): void {
    const isLocked = work.attempt();
    const delayMs = Math.min(DELAYS_MS[tries] ?? LAST_DELAY_MS, this.timeoutMs - waitedMs);
    if (isLocked && delayMs > 0) {
      setTimeout(() => this.run(work, tries + 1, waitedMs + delayMs), delayMs);
      return;
    }
    try {
      work.done();
    } finally {
      this.next();
    }
  }
}
