/**
 * The system calls of the simulated machine. A kernel serves them. A decorator offers the same calls and passes each one on,
 * so that whatever stands around a kernel (steps, watchers, misfortune) needs no word in it.
 */
import type { Buffer } from 'node:buffer';
import type { File, Link } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import type { LastLink } from './path-resolution.js';

/** 'all': fsync. 'data': fdatasync. */
export type SyncScope = 'all' | 'data';

/** Each throws the error that Linux gives, with its code, and takes times in seconds. */
export interface SystemCalls {
  /** Returns the descriptor, the lowest that is free. */
  open(path: string, flags: number, mode: number): number;
  close(fd: number): void;
  /** Returns how many bytes it has read. @param position null: where the descriptor is */
  read(fd: number, buffer: ArrayBufferView, offset: number, length: number, position: number | null): number;
  /** Returns how many bytes it has written. @param position null: where the descriptor is */
  write(fd: number, buffer: Buffer, offset: number, length: number, position: number | null): number;
  sync(fd: number, scope: SyncScope): void;
  ftruncate(fd: number, size: number): void;
  fchmod(fd: number, mode: number): void;
  futimes(fd: number, accessed: number, modified: number): void;
  unlink(path: string): void;
  rmdir(path: string): void;
  /** Removes a file or, with `recursive`, an empty directory. @throws ENOTEMPTY */
  rm(path: string, force?: boolean, recursive?: boolean): void;
  link(existingPath: string, newPath: string): void;
  symlink(target: string, path: string): void;
  mkdir(path: string, mode: number): void;
  /** Creates a directory unless there is one. Returns true if it is new. @throws ENOENT if its parent is missing */
  ensureDirectory(path: string, mode: number): boolean;
  rename(from: string, to: string): void;
  chmod(path: string, mode: number): void;
  utimes(path: string, accessed: number, modified: number, followSymlinks?: boolean): void;
  /** A call that only looks, such as stat or readdir. */
  observe<T>(operation: Operation, path: string, look: () => T): T;

  // These two are no system calls: they look at what the calls are about.
  /** What a descriptor has open. @throws EBADF */
  fileAt(fd: number, operation: string): File;
  /** What a path leads to. @throws ENOENT, ENOTDIR, ELOOP */
  linkAt(path: string, operation: string, last: LastLink): Link;
}

/** One system call, before it takes effect. */
export interface SystemCall {
  readonly operation: Operation;
  /** Of a rename both paths: 'from -> to'. */
  readonly path: string;
  /** Where it reads or writes, the flags of an `open`, the size of an `ftruncate`; otherwise 0. */
  readonly offset: number;
  /** Of a read or write, in bytes; otherwise 0. */
  readonly length: number;
  /** What the descriptor has open that is read, written or synced. */
  readonly file: File | undefined;
}

export const pathOfFile = (file: File): string => file.link.getPath() || '/';

/** Whether the disk has said no; anything else that is thrown is not an answer of the disk's. */
export const isSystemError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
