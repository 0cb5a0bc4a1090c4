/**
 * The functions of `node:fs` that Node composes of several system calls, each written once as a sequence. The synchronous
 * form makes its calls at once. The promise and callback forms make each through the scheduler. They close what they open.
 */
import type { SystemCalls } from '../kernel/system-calls.js';
import { refuseAborted } from './abort-signal.js';
import { checkArguments } from './arguments.js';
import { call, type Sequence } from './call-sequence.js';
import { descriptorCalls } from './descriptor-calls.js';
import { type Data, type FileOptions, fileOptions, readContent, writeContent } from './file-content.js';
import { type NodeCalls, type Path, textOf } from './fs-sync-calls.js';
import { copyFile, copyMode } from './trees/copy-file.js';
import { copyOptions } from './trees/copy-options.js';
import { TreeCopy } from './trees/copy-tree.js';
import { treeCalls } from './trees/tree-calls.js';

/** A path, or a descriptor that stays open. */
type Target = Path | number;

export const compoundCalls = (kernel: SystemCalls, calls: NodeCalls, form: 'sync' | 'promised') => {
  const { ftruncate } = descriptorCalls(kernel);

  /** Opens the file, where it is not open, and closes it again. */
  function* withFile<T>(
    target: Target,
    flag: string | number,
    mode: number | string | undefined,
    use: (fd: number) => Sequence<T>,
  ): Sequence<T> {
    if (typeof target === 'number') return yield* use(target);
    const fd = yield* call(() => calls.open(target, flag, mode ?? null));
    try {
      return yield* use(fd);
    } finally {
      yield* call(() => kernel.close(fd));
    }
  }

  /** In the synchronous form no signal can be given meanwhile, and Node does not look at it. */
  const heeded = (options: FileOptions | undefined): FileOptions =>
    form === 'sync' ? { ...fileOptions(options), signal: undefined } : (options ?? null);

  const write = (otherwise: string) =>
    function* (target: Target, data: Data, given?: FileOptions): Sequence<void> {
      const options = heeded(given);
      refuseAborted(options);
      const { flag, mode } = fileOptions(options);
      yield* withFile(target, flag || otherwise, mode, (fd) => writeContent(kernel, fd, data, options));
    };

  return {
    ...treeCalls(kernel, calls),
    *readFile(target: Target, given?: FileOptions): Sequence<Buffer | string> {
      const options = heeded(given);
      refuseAborted(options);
      const flag = fileOptions(options).flag || 'r';
      return yield* withFile(target, flag, undefined, (fd) => readContent(kernel, fd, options));
    },
    writeFile: write('w'),
    appendFile: write('a'),
    truncate: (target: Target, length?: number): Sequence<void> =>
      withFile(target, 'r+', undefined, (fd) => {
        checkArguments('ftruncate', [fd, length]);
        return call(() => ftruncate(fd, length));
      }),
    copyFile: (from: Path, to: Path, mode?: number): Sequence<void> =>
      copyFile(kernel, calls, from, to, copyMode(mode)),
    cp: (from: Path, to: Path, options?: unknown): Sequence<void> =>
      new TreeCopy(kernel, calls, form, copyOptions(options)).copy(textOf(from), textOf(to)),
  };
};
