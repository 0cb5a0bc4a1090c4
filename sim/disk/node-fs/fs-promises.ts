/**
 * The simulated disk as `node:fs/promises` shows a disk: same names, same results, same error codes.
 * Every call is handed to the scheduler and then to the kernel; what Node does in several system calls
 * (writeFile: open, write, close) is several calls here, so that the power can fail and others can run in between.
 */
import type { FileSystem } from '../../../src/environment.js';
import { forCaller, type Scheduler } from '../../scheduler/scheduler.js';
import type { SystemCalls } from '../kernel/system-calls.js';
import { refuseAborted } from './abort-signal.js';
import { inTurns } from './call-sequence.js';
import { copyFile, copyMode } from './copy/copy-file.js';
import { type Data, type ReadOptions, SimulatedFileHandle, type WriteOptions } from './file-handle.js';
import { nodeCalls, type Path } from './fs-sync-calls.js';

/** `node:fs/promises` on a kernel. The operations that {@link FileSystem} names; a FileHandle has the usual methods. */
export const createFileSystem = (kernel: SystemCalls, scheduler: Scheduler): FileSystem => {
  const { perform } = scheduler;
  const calls = nodeCalls(kernel);
  /** The call, when its turn comes. */
  const inTurn =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Promise<Result> =>
      perform(() => call(...args));

  const openIn = async (
    turns: Scheduler,
    path: Path,
    flags?: string | number,
    mode?: number | string,
  ): Promise<SimulatedFileHandle> => {
    const fd = await turns.perform(() => calls.open(path, flags, mode));
    return new SimulatedFileHandle(kernel, turns, fd);
  };
  const open = (path: Path, flags?: string | number, mode?: number | string): Promise<SimulatedFileHandle> =>
    openIn(scheduler, path, flags, mode);

  const withFile = async <T>(handle: SimulatedFileHandle, use: () => Promise<T>): Promise<T> => {
    try {
      return await use();
    } finally {
      await handle.close();
    }
  };

  const isHandle = (target: unknown): target is SimulatedFileHandle => target instanceof SimulatedFileHandle;

  const writeFile = async (
    target: Path | SimulatedFileHandle,
    data: Data,
    options?: WriteOptions | BufferEncoding | null,
    flag = 'w',
  ): Promise<void> => {
    if (isHandle(target)) return target.writeFile(data, options);
    refuseAborted(options);
    const given = typeof options === 'object' ? options : undefined;
    const handle = await openIn(forCaller(scheduler), target, given?.flag ?? flag, given?.mode);
    return withFile(handle, () => handle.writeFile(data, options));
  };

  const fileSystem = {
    open,
    writeFile,
    appendFile: (
      target: Path | SimulatedFileHandle,
      data: Data,
      options?: WriteOptions | BufferEncoding | null,
    ) => writeFile(target, data, options, 'a'),
    readFile: async (target: Path | SimulatedFileHandle, options?: ReadOptions): Promise<Buffer | string> => {
      if (isHandle(target)) return target.readFile(options);
      refuseAborted(options);
      const flag = (typeof options === 'object' ? options?.flag : undefined) ?? 'r';
      const handle = await openIn(forCaller(scheduler), target, flag);
      return withFile(handle, () => handle.readFile(options));
    },
    truncate: async (path: Path, length?: number): Promise<void> => {
      const handle = await openIn(forCaller(scheduler), path, 'r+');
      return withFile(handle, () => handle.truncate(length));
    },
    copyFile: async (from: Path, to: Path, mode?: number): Promise<void> =>
      inTurns(copyFile(kernel, calls, from, to, copyMode(mode)), forCaller(scheduler)),
    access: inTurn(calls.access),
    stat: inTurn(calls.stat),
    lstat: inTurn(calls.lstat),
    readdir: inTurn(calls.readdir),
    readlink: inTurn(calls.readlink),
    realpath: inTurn(calls.realpath),
    mkdir: inTurn(calls.mkdir),
    rmdir: inTurn(calls.rmdir),
    rm: inTurn(calls.rm),
    unlink: inTurn(calls.unlink),
    rename: inTurn(calls.rename),
    link: inTurn(calls.link),
    symlink: inTurn(calls.symlink),
    utimes: inTurn(calls.utimes),
  };
  // Node declares these with dozens of overloads that no implementation can restate; the tests hold them against Node's.
  return fileSystem as unknown as FileSystem;
};
