/** Handlers at work, each with its time limit. When a bus stops it waits for them, late ones included, or abandons them. */
import type { Clock } from '../environment.js';
import { BusStoppedError, HandlerTimeoutError } from './errors.js';

interface Limited {
  readonly name: string;
  readonly timeoutMs?: number;
}

export class AtWork {
  readonly #clock: Clock;
  /** What lets each of those at work go, and the name of the handler. */
  readonly #leave = new Map<() => void, string>();
  /** One for each call whose time was up and that has not returned. */
  readonly #overdue = new Set<Promise<void>>();
  readonly #departures = new WeakSet<object>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Settles as `work` does, or rejects when its time is up or it is abandoned. Its later outcome is ignored. */
  limit({ name, timeoutMs = Number.POSITIVE_INFINITY }: Limited, work: Promise<void> | void): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = (): void => {
        end(() => reject(new HandlerTimeoutError(name, timeoutMs)));
        this.#awaitReturn(name, work);
      };
      const cancel =
        timeoutMs === Number.POSITIVE_INFINITY ? () => {} : this.#clock.schedule(timeoutMs, late);
      const leave = (): void => {
        const departure = new BusStoppedError();
        this.#departures.add(departure);
        end(() => reject(departure));
      };
      const end = (settle: () => void): void => {
        cancel();
        this.#leave.delete(leave);
        settle();
      };
      this.#leave.set(leave, name);
      Promise.resolve(work).then(
        () => end(resolve),
        (error: unknown) => end(() => reject(error)),
      );
    });
  }

  /** Resolves once the calls whose time was up have returned or were abandoned. */
  async overdueReturned(): Promise<void> {
    await Promise.all(this.#overdue);
  }

  #awaitReturn(name: string, work: Promise<void> | void): void {
    const over = new Promise<void>((resolve) => {
      const leave = (): void => {
        this.#leave.delete(leave);
        resolve();
      };
      this.#leave.set(leave, name);
      Promise.resolve(work).then(leave, leave);
    });
    this.#overdue.add(over);
    void over.then(() => this.#overdue.delete(over));
  }

  /** Whether that is what the work was left alone with, and not what a handler has thrown. */
  isDeparture(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#departures.has(error);
  }

  /** Leaves alone all who are still at work after `graceMs`, unless the returned function is called before. It tells who was. */
  leaveAfter(graceMs: number = Number.POSITIVE_INFINITY): () => readonly string[] {
    const left: string[] = [];
    if (this.#leave.size === 0 || graceMs === Number.POSITIVE_INFINITY) return () => left;
    const cancel = this.#clock.schedule(graceMs, () => {
      for (const [leave, name] of [...this.#leave]) {
        left.push(name);
        leave();
      }
    });
    return () => {
      cancel();
      return left;
    };
  }
}
