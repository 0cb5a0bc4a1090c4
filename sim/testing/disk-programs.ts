/** Small random programs for the simulated disk: few files and directories, so that what they do meets. For tests. */
import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { applyAll } from '../disk/crash-model/crash-image.js';
import { type DiskImage, EMPTY_IMAGE } from '../disk/crash-model/disk-image.js';
import { Journal, type JournalEntry } from '../disk/crash-model/journal.js';
import type { InodeBirth, MicroOperation } from '../disk/crash-model/micro-operation.js';
import { Kernel } from '../disk/kernel/kernel.js';
import { errorCode } from '../util/errors.js';

const FILES = ['/a', '/b', '/d/a'] as const;
const DIRECTORIES = ['/', '/d'] as const;
const RDWR_CREAT = 0o102;

/** One system call, or the open, call and close that it takes. */
export type DiskCall =
  | { readonly call: 'write'; readonly path: string; readonly at: number; readonly length: number }
  | { readonly call: 'truncate'; readonly path: string; readonly size: number }
  | { readonly call: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly call: 'unlink' | 'fsync' | 'fdatasync' | 'fsync directory' | 'chmod'; readonly path: string };

const file = fc.constantFrom(...FILES);

const call: fc.Arbitrary<DiskCall> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant('write' as const),
      path: file,
      at: fc.constantFrom(0, 100, 500, 700, 3900),
      length: fc.constantFrom(1, 300, 700),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      call: fc.constant('truncate' as const),
      path: file,
      size: fc.constantFrom(0, 50, 600, 1500),
    }),
  },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('rename' as const), path: file, to: file }) },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('link' as const), path: file, to: file }) },
  {
    weight: 3,
    arbitrary: fc.record({ call: fc.constantFrom('unlink', 'fsync', 'fdatasync', 'chmod'), path: file }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      call: fc.constant('fsync directory' as const),
      path: fc.constantFrom(...DIRECTORIES),
    }),
  },
);

export const diskPrograms = (maxCalls: number): fc.Arbitrary<readonly DiskCall[]> =>
  fc.array(call, { minLength: 1, maxLength: maxCalls, size: 'max' });

const withFile = (kernel: Kernel, path: string, flags: number, use: (fd: number) => void): void => {
  const fd = kernel.open(path, flags, 0o666);
  try {
    use(fd);
  } finally {
    kernel.close(fd);
  }
};

/** @param number of the call: it determines the bytes that the call writes */
export const performCall = (kernel: Kernel, step: DiskCall, number: number): void => {
  switch (step.call) {
    case 'write': {
      // Its own byte for every call, so that images differ wherever their versions do.
      const data = Buffer.alloc(step.length, number + 1);
      withFile(kernel, step.path, RDWR_CREAT, (fd) => void kernel.write(fd, data, 0, data.length, step.at));
      return;
    }
    case 'truncate':
      withFile(kernel, step.path, RDWR_CREAT, (fd) => kernel.ftruncate(fd, step.size));
      return;
    case 'rename':
      kernel.rename(step.path, step.to);
      return;
    case 'link':
      kernel.link(step.path, step.to);
      return;
    case 'unlink':
      kernel.unlink(step.path);
      return;
    case 'chmod':
      kernel.chmod(step.path, 0o600 + number);
      return;
    case 'fsync':
    case 'fsync directory':
      withFile(kernel, step.path, 0, (fd) => kernel.sync(fd, 'all'));
      return;
    case 'fdatasync':
      withFile(kernel, step.path, 0, (fd) => kernel.sync(fd, 'data'));
      return;
    default:
      step satisfies never;
  }
};

/** Runs a program on a disk; calls that Linux refuses are refused and change nothing. */
export const runProgram = (image: DiskImage, program: readonly DiskCall[]): readonly JournalEntry[] => {
  const kernel = new Kernel(image, () => 0);
  const journal = new Journal();
  kernel.attach(journal);
  program.forEach((step, number) => {
    try {
      performCall(kernel, step, number);
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
    }
  });
  return journal.entries;
};

export const isOperation = (entry: JournalEntry): entry is MicroOperation =>
  entry.kind !== 'birth' && entry.kind !== 'sync' && entry.kind !== 'observed';

export const isBirth = (entry: JournalEntry): entry is InodeBirth => entry.kind === 'birth';

/** The disk after all writes of a program have become durable. */
export const imageAfter = (image: DiskImage, entries: readonly JournalEntry[]): DiskImage =>
  applyAll(image, entries.filter(isBirth), entries.filter(isOperation));

/** A disk with a file of two sectors, a short one, and a directory. */
export const USED_DISK: DiskImage = (() => {
  const kernel = new Kernel(EMPTY_IMAGE, () => 0);
  const journal = new Journal();
  kernel.attach(journal);
  kernel.mkdir('/d', 0o777);
  withFile(kernel, '/a', RDWR_CREAT, (fd) => void kernel.write(fd, Buffer.alloc(900, 'a'), 0, 900, 0));
  withFile(kernel, '/b', RDWR_CREAT, (fd) => void kernel.write(fd, Buffer.alloc(200, 'b'), 0, 200, 0));
  return imageAfter(EMPTY_IMAGE, journal.entries);
})();
