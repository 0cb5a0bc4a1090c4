/**
 * The ports: everything a program may ask of the computer it runs on.
 *
 * A program that takes an {@link Environment} instead of using globals runs unchanged on a real machine
 * ({@link realEnvironment}) and inside the simulator, which hands out environments of its own. Nothing else
 * connects the two halves of Powercut: `src` never imports the simulator.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import * as nodeFs from 'node:fs/promises';

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

export interface Environment {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
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

/** The real machine: `node:fs/promises`, the system clock and the system's randomness. */
export const realEnvironment = (): Environment => ({
  fs: nodeFs,
  clock: {
    now: () => Date.now(),
    schedule: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
  },
  random: {
    uint32: () => randomBytes(4).readUInt32LE(),
    uuid: () => randomUUID(),
  },
  mark: () => {},
});
