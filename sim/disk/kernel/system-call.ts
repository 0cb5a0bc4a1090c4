/** A system call, as those see it who stand around the kernel: the life that counts it, and the faults that strike it. */
import type { File } from '@jsonjoy.com/fs-core';

/** The calls that a program's life is made of, as stories name them and faults are planned for. */
export const OPERATIONS = [
  ...([
    'open',
    'close',
    'read',
    'write',
    'fsync',
    'fdatasync',
    'ftruncate',
    'fchmod',
    'fchown',
    'futime',
    'fstat',
  ] as const),
  ...([
    'unlink',
    'rmdir',
    'rm',
    'link',
    'symlink',
    'mkdir',
    'rename',
    'chmod',
    'chown',
    'lchown',
    'utime',
    'lutime',
  ] as const),
  ...(['stat', 'lstat', 'statfs', 'opendir', 'readdir', 'access', 'readlink', 'realpath', 'watch'] as const),
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What the kernel tells its life of each system call. */
export interface StepObserver {
  /** Called before the call takes effect; may throw, and then it does not. */
  before(operation: string, path: string, offset: number, length: number): void;
  /** Called when it is over: `result` is a count or the code of the error it failed with. */
  after(operation: string, path: string, offset: number, length: number, result: number | string): void;
}

export interface SystemCall {
  readonly operation: Operation;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** What the descriptor it was made on has open. */
  readonly file: File | undefined;
}

/** Stands between a system call and its effect; `act` takes how much of the call's length to do. */
export interface FaultInjector {
  /** The write under way is one whose sync fails. */
  readonly syncFails: boolean;
  perform<T>(call: SystemCall, act: (length: number) => T): T;
}

/** The stable code of what a call failed with. */
export const errorCode = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'ERROR';
};

/** Whether the disk has said no; anything else that is thrown is not an answer of the disk's. */
export const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
