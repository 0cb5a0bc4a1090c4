/**
 * The ports: everything a program may ask of the computer it runs on.
 *
 * A program that takes an {@link Environment} instead of using globals runs unchanged on a real machine
 * ({@link realEnvironment}) and inside the simulator, which hands out environments of its own. Nothing else
 * connects the two halves of Powercut: `src` never imports the simulator.
 */
import type * as nodeFs from 'node:fs/promises';

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

/** Time and timers. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now, unless cancelled before. */
  schedule(delayMs: number, callback: () => void): Cancel;
}

/** Randomness. */
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
  /** False when it is known that no process of that name runs: what can't be known counts as alive. */
  isAlive(name: string): boolean;
}

/** A file, and the descriptor through which it is written. */
export interface OpenFile {
  readonly path: string;
  readonly handle: { readonly fd: number };
}

/** What is known of the holder of a lock entry. */
export type Presence =
  | { readonly state: 'alive' | 'dead' }
  /** It may be alive. `why` it can't be known, as the end of a sentence. */
  | { readonly state: 'unknown'; readonly why: string };

/** This process's own lock entry, while it is there. */
export interface Announcement {
  /** Its name in the directory; undefined when the lock is kept elsewhere, and only one process can have it. */
  readonly name: string | undefined;
  /**
   * Throws when the entry is not what it was, or `file` is not at its path any more. O(1); for use before each
   * acknowledgement: a look at the entry is taken for true for 200 ms.
   */
  check(file?: OpenFile): void;
  /** Calls `tell` once, within a second, when the entry is not what it was. */
  onLost(tell: (error: unknown) => void): void;
  /** Removes the entry. Another process can then take the directory's lock. */
  withdraw(): Promise<void>;
}

/** Locks of directories. The entries of dead holders are removed by those who find them. */
export interface Locks {
  /**
   * Adds an entry of its own to the directory. From then on, until it is withdrawn or this process ends, everyone finds
   * it alive. Undefined: another process has the lock, which is kept elsewhere.
   */
  announce(directory: string): Promise<Announcement | undefined>;
  /** Whether the holder of an entry is there. Who is found dead stays dead. */
  presenceOf(directory: string, name: string): Promise<Presence>;
}

/** How to open a file so that each write to it is durable when it returns (O_DSYNC), as numbers for `fs.open`. */
export interface WriteThrough {
  /** Otherwise like 'w+'. */
  readonly create: number;
  /** Otherwise like 'r+'. */
  readonly existing: number;
}

/** Everything that a program may use of its computer. */
export interface Environment {
  readonly fs: FileSystem;
  /** Absent where the system has no such flag, or does not mean it: there each write is followed by a sync. */
  readonly writeThrough?: WriteThrough;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent where nothing else runs, as in the simulator: then no lock is taken, unless there are `locks`. */
  readonly processes?: Processes;
  /** The system's own locks. Absent: a lock is a file named after its process, and `processes` says whether that lives. */
  readonly locks?: Locks;
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
