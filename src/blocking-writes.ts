/**
 * Writes to files that block the program. A write on another thread costs some 100 µs for handing it over and for its
 * completion: a fast disk has written by then. Writes to a slow disk are better left to the other thread.
 */
import { fdatasyncSync, fsyncSync, writeSync } from 'node:fs';
import type { open } from 'node:fs/promises';

export type FileHandle = Awaited<ReturnType<typeof open>>;

/**
 * Between two calls other tasks get a turn: a program that appends in a loop must not keep its own timers and
 * sockets waiting forever.
 */
const inPlace = <T>(call: () => T): Promise<T> =>
  new Promise((resolve) => {
    const result = call();
    setImmediate(() => resolve(result));
  });

const writeNow = (
  { fd }: FileHandle,
  ...[buffer, offset, length, position]: [Uint8Array, number, number, number]
) => ({ buffer, bytesWritten: writeSync(fd, buffer, offset, length, position) });

/** Writes and syncs in place of the program, not beside it. */
export const standingStill = (handle: FileHandle): FileHandle =>
  Object.assign(handle, {
    write: (buffer: Uint8Array, offset: number, length: number, position: number) =>
      inPlace(() => writeNow(handle, buffer, offset, length, position)),
    datasync: () => inPlace(() => fdatasyncSync(handle.fd)),
    sync: () => inPlace(() => fsyncSync(handle.fd)),
  });

/** While calls take no longer the program stands still for them. */
const QUICK_MS = 0.25;
/** What a call takes that another thread makes, if it would be quick in place. */
const QUICK_BESIDE_MS = 2 * QUICK_MS;
/** For a call that takes longer others had to wait. */
const LONG_MS = 1;
/** After a slow call the next ones go to the other thread, for this many times its duration. */
const REST = 100;
/** A longer write is never made in place. */
const SHORT_BYTES = 64 * 1024;

/**
 * Whether to block for the next call of a kind, by the duration of the last ones. It blocks only where another thread was
 * quick: a program with much else to do notices completions late, and would not see that. After a blocking call that took
 * long, no call blocks for a hundred times as long. So beyond the first {@link LONG_MS} of each call the program is blocked for
 * 1 % of the time, whatever the disk does.
 */
class Pace {
  readonly #now: () => number;
  #isQuick = false;
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds since some moment. */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Makes a call: in place, or beside the program. */
  async call<T>(still: () => T, beside: () => Promise<T>): Promise<T> {
    const isStill = this.#isQuick && this.#now() >= this.#restsUntil;
    return isStill ? await inPlace(() => this.#timedStill(still)) : await this.#timedBeside(beside);
  }

  #timedStill<T>(call: () => T): T {
    const began = this.#now();
    try {
      return call();
    } finally {
      const ended = this.#now();
      const took = ended - began;
      this.#isQuick = took <= QUICK_MS;
      if (took > LONG_MS) this.#restsUntil = ended + REST * (took - LONG_MS);
    }
  }

  async #timedBeside<T>(call: () => Promise<T>): Promise<T> {
    const began = this.#now();
    try {
      return await call();
    } finally {
      this.#isQuick = this.#now() - began <= QUICK_BESIDE_MS;
    }
  }
}

/** Makes short writes, and the syncs that follow them, in place while the disk is quick, and other calls beside the program. */
export const adapting = (handle: FileHandle, now?: () => number): FileHandle => {
  const write = handle.write.bind(handle);
  const datasync = handle.datasync.bind(handle);
  const writes = new Pace(now);
  const syncs = new Pace(now);
  return Object.assign(handle, {
    write: (buffer: Uint8Array, offset: number, length: number, position: number) => {
      const beside = () => write(buffer, offset, length, position);
      if (length > SHORT_BYTES) return beside();
      return writes.call(() => writeNow(handle, buffer, offset, length, position), beside);
    },
    datasync: () => syncs.call(() => fdatasyncSync(handle.fd), datasync),
  });
};
