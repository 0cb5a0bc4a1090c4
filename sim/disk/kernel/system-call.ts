/** A system call, as those see it who stand around the kernel: the life that counts it, and the faults that strike it. */
import type { File } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import type { JournalEntry } from '../crash-model/journal.js';

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

/** A system call that has taken effect, with what it has journalled. */
export interface EffectiveCall {
  readonly operation: Operation;
  readonly path: string;
  /** The flags of an `open`. */
  readonly offset: number;
  readonly file: File | undefined;
  readonly entries: readonly JournalEntry[];
  /** How many bytes it has written. */
  readonly result: unknown;
}
