/**
 * The ports: everything a program may ask of the computer it runs on.
 *
 * A program that takes an {@link Environment} instead of using globals runs unchanged on a real machine
 * ({@link realEnvironment}) and inside the simulator, which hands out environments of its own. Nothing else
 * connects the two halves of Powercut: `src` never imports the simulator.
 */
import { randomBytes, randomFillSync } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import * as nodeFs from 'node:fs/promises';
import { adapting, type FileHandle, standingStill } from './standing-still.js';
import { uuids } from './uuid.js';

/** The part of `node:fs/promises` that the store uses, under Node's own names: no adapter on a real disk. */
export type FileSystem = Pick<
  typeof nodeFs,
  | 'access'
  | 'appendFile'
  | 'copyFile'
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'open'
  | 'readFile'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rm'
  | 'rmdir'
  | 'stat'
  | 'symlink'
  | 'truncate'
  | 'unlink'
  | 'utimes'
  | 'writeFile'
>;

/** Stops a scheduled callback. Calling it twice, or after the callback ran, does nothing. */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now, unless cancelled before. */
  schedule(delayMs: number, callback: () => void): Cancel;
}

export interface Random {
  /** A whole number, uniform in [0, 2^32). */
  uint32(): number;
  /** A random (version 4) UUID. */
  uuid(): string;
}

/** The other programs on this computer, as far as one must not get in another's way. */
export interface Processes {
  /** The name of this process: unique on this computer, for good. Letters, digits and hyphens. */
  readonly self: string;
  /** Whether the process of that name still runs. False for what is no such name. */
  isAlive(name: string): boolean;
}

/** How to open a file so that each write to it is durable when it returns (O_DSYNC), as numbers for `fs.open`. */
export interface WriteThrough {
  /** Otherwise like 'w+'. */
  readonly create: number;
  /** Otherwise like 'r+'. */
  readonly existing: number;
}

export interface Environment {
  readonly fs: FileSystem;
  /** Absent where the system has no such flag, or does not mean it: there each write is followed by a sync. */
  readonly writeThrough?: WriteThrough;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent where nothing else runs, as in the simulator: then no lock is taken. */
  readonly processes?: Processes;
  /**
   * Says "this rare branch was taken" (a torn tail was cut, a stale feeder stopped). Nothing in production;
   * a crash-coverage report lists the marks that no run ever reached.
   */
  mark(name: string): void;
}

/** Resolves `delayMs` milliseconds from now, by `clock`. */
export const sleep = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });

/** The content of a file of the kernel's, or '' where there is none: on another system, or for no such process. */
const kernelFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/**
 * The name of a running process: its id, and on Linux, where ids are soon used again, also when it began (in clock
 * ticks since the boot) and in which boot. Elsewhere these parts are empty.
 */
export const processName = (pid: number): string => {
  // The second field is the program's name in brackets, which may itself hold spaces and brackets.
  const startedAt = kernelFile(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
  const boot = kernelFile('/proc/sys/kernel/random/boot_id').slice(0, 8);
  return `${pid}-${startedAt}-${boot}`;
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // We may not signal it, so it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Linux means it. macOS leaves the data in the drive's cache; Windows is not known to us. */
const O_DSYNC = process.platform === 'linux' ? constants.O_DSYNC : undefined;
const { O_CREAT, O_RDWR, O_TRUNC } = constants;

export interface RealEnvironmentOptions {
  /**
   * 'background': the program goes on while the disk writes. 'blocking': it stands still for each write and sync, which on
   * a fast disk takes less time than handing the work to another thread and being told when it is done. 'adaptive' (the
   * default): it stands still for a short write of the log while the disk takes less than 250 µs for them.
   */
  readonly writes?: 'adaptive' | 'background' | 'blocking';
}

/** What is made of a file that was opened. */
const WRITING = {
  adaptive: (handle) => adapting(handle),
  background: (handle) => handle,
  blocking: standingStill,
} satisfies Record<string, (handle: FileHandle) => FileHandle>;

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
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  },
  random: {
    uint32: () => randomBytes(4).readUInt32LE(),
    uuid: uuids(randomFillSync),
  },
  processes: {
    self: processName(process.pid),
    isAlive: (name) => {
      const pid = Number(/^([1-9][0-9]*)-/.exec(name)?.[1]);
      return Number.isSafeInteger(pid) && isRunning(pid) && processName(pid) === name;
    },
  },
  mark: () => {},
});
