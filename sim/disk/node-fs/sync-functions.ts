/**
 * The synchronous functions of `node:fs` that Node makes of several system calls, and those on a descriptor, by their
 * names without `Sync`. Whatever they open they close.
 */
import { Buffer } from 'node:buffer';
import { posix } from 'node:path';
import { errorCode } from '../../util/errors.js';
import { pathOfFile, type SystemCalls } from '../kernel/system-calls.js';
import { atOnce } from './call-sequence.js';
import { copyFile, copyMode } from './copy/copy-file.js';
import { copyOptions } from './copy/copy-options.js';
import { TreeCopy } from './copy/copy-tree.js';
import { modeOf, type NodeCalls, type Path, secondsOf, statsOf, type Time, textOf } from './fs-sync-calls.js';
import { encoded, type StatOptions } from './stats.js';

interface FileOptions {
  readonly encoding?: BufferEncoding | null;
  readonly flag?: string | number;
  readonly mode?: number | string;
  readonly flush?: boolean;
}
type Target = Path | number;

const fileOptions = (options: FileOptions | BufferEncoding | null | undefined): FileOptions =>
  typeof options === 'object' && options !== null ? options : { encoding: options ?? null };

const TEMPORARY_NAMES = 36 ** 6;

/** Only these two can tell by what they return that nothing is there. */
const orNothing =
  (look: NodeCalls['stat']) =>
  (path: Path, options?: StatOptions & { readonly throwIfNoEntry?: boolean }) => {
    try {
      return look(path, options);
    } catch (error) {
      if (options?.throwIfNoEntry === false && errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  };

const files = (kernel: SystemCalls, calls: NodeCalls) => {
  const withFile = <T>(
    target: Target,
    flag: string | number,
    mode: FileOptions['mode'],
    use: (fd: number) => T,
  ): T => {
    if (typeof target === 'number') return use(target);
    const fd = calls.open(target, flag, mode ?? null);
    try {
      return use(fd);
    } finally {
      kernel.close(fd);
    }
  };
  const write =
    (otherwise: string) =>
    (target: Target, data: string | ArrayBufferView, options?: FileOptions | BufferEncoding | null): void => {
      const { encoding, flag = otherwise, mode, flush } = fileOptions(options);
      const bytes =
        typeof data === 'string'
          ? Buffer.from(data, encoding ?? 'utf8')
          : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      withFile(target, flag, mode, (fd) => {
        for (let done = 0; done < bytes.length; )
          done += kernel.write(fd, bytes, done, bytes.length - done, null);
        if (flush === true) kernel.sync(fd, 'all');
      });
    };
  const readFile = (target: Target, options?: FileOptions | BufferEncoding | null): Buffer | string => {
    const { encoding, flag = 'r' } = fileOptions(options);
    return withFile(target, flag, undefined, (fd) => {
      const file = kernel.fileAt(fd, 'read');
      // One byte at least: an empty file, too, is read to its end, and what can't be read says so.
      const buffer = Buffer.alloc(Math.max(1, file.node.getSize() - file.position));
      let done = 0;
      let count: number;
      do {
        count = kernel.read(fd, buffer, done, buffer.length - done, null);
        done += count;
      } while (count > 0 && done < buffer.length);
      const bytes = buffer.subarray(0, done);
      return encoding ? bytes.toString(encoding) : bytes;
    });
  };
  const ftruncate = (fd: number, length?: number): void => kernel.ftruncate(fd, Math.max(0, length ?? 0));
  return {
    readFile,
    writeFile: write('w'),
    appendFile: write('a'),
    ftruncate,
    truncate: (target: Target, length?: number) =>
      withFile(target, 'r+', undefined, (fd) => ftruncate(fd, length)),
  };
};

/** The first name that is free: equal disks give equal names, without drawing any. */
const temporary = (calls: NodeCalls, exists: (path: Path) => boolean, prefix: Path): string => {
  for (let number = 0; number < TEMPORARY_NAMES; number++) {
    const path = `${textOf(prefix)}${number.toString(36).padStart(6, '0')}`;
    if (exists(path)) continue;
    calls.mkdir(path, { mode: 0o700 });
    return path;
  }
  const message = `EEXIST: no name is free, mkdtemp '${textOf(prefix)}'`;
  throw Object.assign(new Error(message), { code: 'EEXIST', syscall: 'mkdtemp' });
};

/** On a descriptor, each one system call. */
const byDescriptor = (kernel: SystemCalls) => ({
  close: (fd: number): void => kernel.close(fd),
  fchmod: (fd: number, mode: number | string): void => kernel.fchmod(fd, modeOf(mode, 0)),
  futimes: (fd: number, accessed: Time, modified: Time): void =>
    kernel.futimes(fd, secondsOf(accessed), secondsOf(modified)),
  fstat: (fd: number, options?: StatOptions) => {
    const file = kernel.fileAt(fd, 'fstat');
    return kernel.observe('fstat', pathOfFile(file), () => statsOf(file.link, file.node, options));
  },
  fsync: (fd: number): void => kernel.sync(fd, 'all'),
  fdatasync: (fd: number): void => kernel.sync(fd, 'data'),
  // There is one user, and every file is that user's.
  fchown: (fd: number): void => {
    kernel.observe('fchown', pathOfFile(kernel.fileAt(fd, 'fchown')), () => undefined);
  },
});

export const compounds = (kernel: SystemCalls, calls: NodeCalls) => {
  const exists = (path: Path): boolean => {
    try {
      calls.access(path);
      return true;
    } catch {
      return false;
    }
  };
  return {
    ...files(kernel, calls),
    ...byDescriptor(kernel),
    stat: orNothing(calls.stat),
    lstat: orNothing(calls.lstat),
    copyFile: (from: Path, to: Path, mode?: number) =>
      atOnce(copyFile(kernel, calls, from, to, copyMode(mode))),
    cp: (from: Path, to: Path, options?: unknown): void =>
      atOnce(new TreeCopy(kernel, calls, 'sync', copyOptions(options)).copy(textOf(from), textOf(to))),
    // Without `native` Node takes dots away by the text alone, before it looks what is there.
    realpath: (path: Path, options?: BufferEncoding) =>
      calls.realpath(posix.resolve('/', path instanceof URL ? textOf(path) : String(path)), options),
    exists,
    mkdtemp: (prefix: Path, options?: { readonly encoding?: string } | string | null) =>
      encoded(temporary(calls, exists, prefix), typeof options === 'string' ? options : options?.encoding),
  };
};
