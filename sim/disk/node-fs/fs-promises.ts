/**
 * The simulated disk as `node:fs/promises`: same names, same results, same error codes.
 * Every call goes to the scheduler and then to the kernel. A function that makes several system calls in Node
 * (writeFile: open, write, close) makes several here, so that the power can fail and others can run in between.
 */
import type { FileSystem } from '../../../src/environment.js';
import { forCaller, type Scheduler } from '../../scheduler/scheduler.js';
import type { SystemCalls } from '../kernel/system-calls.js';
import { inTurns as makeInTurns, type Sequence } from './call-sequence.js';
import { compoundCalls } from './compound-calls.js';
import type { Data, FileOptions } from './file-content.js';
import { nodeCalls, type Path } from './fs-sync-calls.js';
import { SimulatedFileHandle } from './handles/file-handle.js';

/** `node:fs/promises` on a kernel. The operations that {@link FileSystem} names; a FileHandle has the usual methods. */
export const createFileSystem = (kernel: SystemCalls, scheduler: Scheduler): FileSystem => {
  const { perform } = scheduler;
  const calls = nodeCalls(kernel);
  /** The call, when its turn comes. */
  const inTurn =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Promise<Result> =>
      perform(() => call(...args));

  /** One call after the other, each when its turn comes; called from where the function is. */
  const inTurns = <T>(sequence: Sequence<T>): Promise<T> => makeInTurns(sequence, forCaller(scheduler));

  const compounds = compoundCalls(kernel, calls, 'promised');
  const { readFile, writeFile, appendFile, truncate, copyFile } = compounds;

  const isHandle = (target: unknown): target is SimulatedFileHandle => target instanceof SimulatedFileHandle;

  type Target = Path | SimulatedFileHandle;

  const fileSystem = {
    open: async (path: Path, flags?: string | number, mode?: number | string): Promise<SimulatedFileHandle> =>
      new SimulatedFileHandle(kernel, scheduler, await perform(() => calls.open(path, flags, mode))),
    readFile: async (target: Target, options?: FileOptions): Promise<Buffer | string> =>
      isHandle(target) ? target.readFile(options) : inTurns(readFile(target, options)),
    writeFile: async (target: Target, data: Data, options?: FileOptions): Promise<void> =>
      isHandle(target) ? target.writeFile(data, options) : inTurns(writeFile(target, data, options)),
    appendFile: async (target: Target, data: Data, options?: FileOptions): Promise<void> =>
      isHandle(target) ? target.appendFile(data, options) : inTurns(appendFile(target, data, options)),
    truncate: async (path: Path, length?: number): Promise<void> => inTurns(truncate(path, length)),
    copyFile: async (from: Path, to: Path, mode?: number): Promise<void> => inTurns(copyFile(from, to, mode)),
    access: inTurn(calls.access),
    stat: inTurn(calls.stat),
    lstat: inTurn(calls.lstat),
    readdir: (...args: Parameters<typeof compounds.readdir>) => inTurns(compounds.readdir(...args)),
    readlink: inTurn(calls.readlink),
    realpath: inTurn(calls.realpath),
    mkdir: (...args: Parameters<typeof compounds.mkdir>) => inTurns(compounds.mkdir(...args)),
    rmdir: inTurn(calls.rmdir),
    rm: (...args: Parameters<typeof compounds.rm>) => inTurns(compounds.rm(...args)),
    unlink: inTurn(calls.unlink),
    rename: inTurn(calls.rename),
    link: inTurn(calls.link),
    symlink: inTurn(calls.symlink),
    utimes: inTurn(calls.utimes),
  };
  // Node declares these with dozens of overloads that no implementation can restate; the tests hold them against Node's.
  return fileSystem as unknown as FileSystem;
};
