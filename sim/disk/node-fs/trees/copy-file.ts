/** copyFile: opened, cut to nothing, given its mode, filled, closed; and taken away again where one of that failed, as libuv does. */
import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { createError } from '@jsonjoy.com/fs-core';
import { inodeOf } from '../../kernel/inode-table.js';
import { isSystemError, type SystemCalls } from '../../kernel/system-calls.js';
import { call, type Sequence } from '../call-sequence.js';
import { type NodeCalls, type Path, textOf } from '../fs-sync-calls.js';

const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE, O_CREAT, O_EXCL, O_WRONLY } = constants;
const MODE_MAX = 7;

/** @throws what Node throws of what is no mode */
export const copyMode = (mode: unknown): number => {
  if (mode === undefined || mode === null) return 0;
  if (typeof mode !== 'number')
    throw Object.assign(new TypeError('The "mode" argument must be of type number.'), {
      code: 'ERR_INVALID_ARG_TYPE',
    });
  if (Number.isInteger(mode) && mode >= 0 && mode <= MODE_MAX) return mode;
  throw Object.assign(new RangeError(`The value of "mode" is out of range: ${mode}`), {
    code: 'ERR_OUT_OF_RANGE',
  });
};

export function* copyFile(
  kernel: SystemCalls,
  calls: NodeCalls,
  from: Path,
  to: Path,
  mode: number,
): Sequence<void> {
  try {
    const source = yield* call(() => calls.open(from, 'r'));
    try {
      yield* copyOpened(kernel, calls, source, to, mode);
    } finally {
      yield* call(() => kernel.close(source));
    }
  } catch (error) {
    // Whichever of its calls failed, to the program it is one.
    throw isSystemError(error) ? createError(error.code, 'copyfile', textOf(from), textOf(to)) : error;
  }
}

function* copyOpened(
  kernel: SystemCalls,
  calls: NodeCalls,
  source: number,
  to: Path,
  mode: number,
): Sequence<void> {
  const { node } = kernel.fileAt(source, 'copyfile');
  const permissions = inodeOf(node).readMode() & 0o7777;
  const flags = O_WRONLY | O_CREAT | ((mode & COPYFILE_EXCL) === 0 ? 0 : O_EXCL);
  const target = yield* call(() => calls.open(to, flags, permissions));
  let isWhole = false;
  try {
    if (kernel.fileAt(target, 'copyfile').node !== node) {
      yield* call(() => kernel.ftruncate(target, 0));
      yield* call(() => kernel.fchmod(target, permissions));
      // No block of this disk is in two files.
      if ((mode & COPYFILE_FICLONE_FORCE) !== 0)
        throw createError(node.isDirectory() ? 'EISDIR' : 'ENOTSUP', 'copyfile');
      yield* transfer(kernel, source, target);
    }
    isWhole = true;
  } finally {
    yield* call(() => kernel.close(target));
    if (!isWhole) yield* removed(calls, to);
  }
}

function* transfer(kernel: SystemCalls, source: number, target: number): Sequence<void> {
  const { node } = kernel.fileAt(source, 'copyfile');
  // One byte at least: an empty file, too, is read to its end, and a directory says what it is.
  const bytes = Buffer.alloc(Math.max(1, node.getSize()));
  let length = 0;
  let count: number;
  do {
    count = yield* call(() => kernel.read(source, bytes, length, bytes.length - length, null));
    length += count;
  } while (count > 0 && length < bytes.length);
  for (let done = 0; done < length; )
    done += yield* call(() => kernel.write(target, bytes, done, length - done, null));
}

/** The first failure is the one to tell of. */
function* removed(calls: NodeCalls, path: Path): Sequence<void> {
  try {
    yield* call(() => calls.unlink(path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
