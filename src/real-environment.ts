/** The environment of the real machine. */
import { randomBytes, randomFillSync } from 'node:crypto';
import { constants } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { adapting, type FileHandle, standingStill } from './blocking-writes.js';
import type { Cancel, Environment } from './environment.js';
import { realProcesses } from './locks/processes.js';
import { addressLocks, systemLocks } from './locks/system-locks.js';
import { uuids } from './uuid.js';

/** Linux means it. macOS leaves the data in the drive's cache; Windows is not known to us. */
const O_DSYNC = process.platform === 'linux' ? constants.O_DSYNC : undefined;
const { O_CREAT, O_RDWR, O_TRUNC } = constants;

/** How the real environment writes to the disk. */
export interface RealEnvironmentOptions {
  /**
   * 'background': another thread writes. 'blocking': each write and sync blocks the program, which on a fast disk takes less time
   * than handing the work to another thread and waiting for its completion. 'adaptive' (the default): short writes of the log
   * block while the disk takes less than 250 µs for them.
   */
  readonly writes?: 'adaptive' | 'background' | 'blocking';
}

/** What is made of a file that was opened. */
const WRITING = {
  adaptive: (handle) => adapting(handle),
  background: (handle) => handle,
  blocking: standingStill,
} satisfies Record<string, (handle: FileHandle) => FileHandle>;

/** Node takes a longer delay for one of 1 ms. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** A timer for any delay: a long one is set again and again, one of Infinity for ever. */
const scheduleTimer = (delayMs: number, callback: () => void): Cancel => {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number): void => {
    if (leftMs > TIMER_MAX_MS) timer = setTimeout(() => wait(leftMs - TIMER_MAX_MS), TIMER_MAX_MS);
    else timer = setTimeout(callback, leftMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
};

/** The real machine: `node:fs/promises`, the system clock and the system's randomness. */
export const realEnvironment = ({ writes = 'adaptive' }: RealEnvironmentOptions = {}): Environment => ({
  fs: { ...nodeFs, open: async (path, flags, mode) => WRITING[writes](await nodeFs.open(path, flags, mode)) },
  ...(O_DSYNC === undefined
    ? {}
    : {
        writeThrough: {
          create: O_CREAT | O_RDWR | O_TRUNC | O_DSYNC,
          existing: O_RDWR | O_DSYNC,
        },
      }),
  clock: {
    now: () => Date.now(),
    schedule: (delayMs, callback) => {
      if (delayMs <= 0) {
        // Everyone else gets a turn. A timer would wait for a millisecond, which is long for who has history to read.
        const turn = setImmediate(callback);
        return () => clearImmediate(turn);
      }
      return scheduleTimer(delayMs, callback);
    },
  },
  random: {
    uint32: () => randomBytes(4).readUInt32LE(),
    uuid: uuids(randomFillSync),
  },
  processes: realProcesses,
  locks: process.platform === 'win32' ? addressLocks('\\\\.\\pipe\\') : systemLocks(),
  mark: () => {},
});
