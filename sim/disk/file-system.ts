/**
 * The simulated disk as `node:fs/promises` shows a disk: same names, same results, same error codes.
 * Every call is handed to the scheduler and then to the kernel; what Node does in several system calls
 * (writeFile: open, write, close) is several calls here, so that the power can fail and others can run in between.
 */
import { Buffer } from 'node:buffer';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createError, type Link, type Node } from '@jsonjoy.com/fs-core';
import { Dirent, Stats } from '@jsonjoy.com/fs-node';
import type { FileSystem } from '../../src/environment.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import { childNames, type Kernel } from './kernel.js';

type Path = string | Buffer | URL;
type Data =
  | string
  | ArrayBufferView
  | Iterable<string | ArrayBufferView>
  | AsyncIterable<string | ArrayBufferView>;
interface WriteOptions {
  readonly encoding?: BufferEncoding | null;
  readonly mode?: number | string;
  readonly flag?: string | number;
  readonly flush?: boolean;
}
type ReadOptions =
  | { readonly encoding?: BufferEncoding | null; readonly flag?: string | number }
  | BufferEncoding
  | null;

const O = {
  RDONLY: 0,
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  EXCL: 0o200,
  TRUNC: 0o1000,
  APPEND: 0o2000,
  SYNC: 0o4010000,
} as const;
const W = O.WRONLY | O.CREAT;
const RW = O.RDWR | O.CREAT;

/** Node's flag names; aliases that only change the order of the letters are left to the program. */
const FLAGS: Readonly<Record<string, number>> = {
  r: O.RDONLY,
  rs: O.RDONLY | O.SYNC,
  'r+': O.RDWR,
  'rs+': O.RDWR | O.SYNC,
  w: W | O.TRUNC,
  wx: W | O.TRUNC | O.EXCL,
  'w+': RW | O.TRUNC,
  'wx+': RW | O.TRUNC | O.EXCL,
  a: W | O.APPEND,
  ax: W | O.APPEND | O.EXCL,
  as: W | O.APPEND | O.SYNC,
  'a+': RW | O.APPEND,
  'ax+': RW | O.APPEND | O.EXCL,
  'as+': RW | O.APPEND | O.SYNC,
};

const flagsOf = (flags: string | number | undefined, otherwise: string): number => {
  if (typeof flags === 'number') return flags;
  const name = flags ?? otherwise;
  const value = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
  if (value === undefined) {
    throw Object.assign(new TypeError(`The argument 'flags' is invalid. Received '${name}'`), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  }
  return value;
};

const modeOf = (mode: number | string | undefined | null, otherwise: number): number =>
  typeof mode === 'string' ? Number.parseInt(mode, 8) : (mode ?? otherwise);

/** An absolute path on the simulated disk; relative ones start from its root, where the program stands. */
export const pathOf = (path: Path): string => {
  const text =
    path instanceof URL
      ? fileURLToPath(path)
      : typeof path === 'string'
        ? path
        : Buffer.from(path).toString();
  if (text === '') throw createError('ENOENT', 'open', '');
  if (text.includes('\0')) {
    throw Object.assign(
      new TypeError("The argument 'path' must be a string, Uint8Array, or URL without null bytes."),
      {
        code: 'ERR_INVALID_ARG_VALUE',
      },
    );
  }
  // A path that is already in normal form is by far the most common.
  if (text.startsWith('/') && !text.includes('/.') && !text.includes('//')) return text;
  return posix.resolve('/', text);
};

const bufferOf = (data: string | ArrayBufferView, encoding: BufferEncoding = 'utf8'): Buffer =>
  typeof data === 'string'
    ? Buffer.from(data, encoding)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const encodingOf = (options: ReadOptions | undefined): BufferEncoding | undefined =>
  (typeof options === 'string' ? options : options?.encoding) ?? undefined;

const decoded = (buffer: Buffer, encoding: BufferEncoding | undefined): Buffer | string =>
  encoding === undefined ? buffer : buffer.toString(encoding);

const secondsOf = (time: number | string | Date): number =>
  time instanceof Date ? time.getTime() / 1000 : Number(time);

/** A descriptor as `fs.promises.open` gives it. */
class SimulatedFileHandle {
  constructor(
    private readonly kernel: Kernel,
    private readonly scheduler: Scheduler,
    readonly fd: number,
  ) {}

  read(
    target?:
      | ArrayBufferView
      | { buffer?: ArrayBufferView; offset?: number; length?: number; position?: number | null },
    offsetOrOptions?: number | { offset?: number; length?: number; position?: number | null } | null,
    lengthArgument?: number | null,
    positionArgument?: number | bigint | null,
  ): Promise<{ bytesRead: number; buffer: ArrayBufferView }> {
    const view = ArrayBuffer.isView(target) ? target : undefined;
    const options = ArrayBuffer.isView(target)
      ? typeof offsetOrOptions === 'object'
        ? offsetOrOptions
        : undefined
      : target;
    const buffer =
      view ?? (options as { buffer?: ArrayBufferView } | undefined)?.buffer ?? Buffer.alloc(16384); // only the first form has it
    const offset = (typeof offsetOrOptions === 'number' ? offsetOrOptions : options?.offset) ?? 0;
    const length = lengthArgument ?? options?.length ?? buffer.byteLength - offset;
    const position = positionArgument ?? options?.position ?? null;
    return this.scheduler.perform(() => {
      const bytesRead = this.kernel.read(
        this.fd,
        buffer,
        offset,
        length,
        position === null ? null : Number(position),
      );
      return { bytesRead, buffer };
    });
  }

  write(
    data: string | ArrayBufferView,
    offsetOrPosition?: number | { offset?: number; length?: number; position?: number | null } | null,
    lengthOrEncoding?: number | string | null,
    positionArgument?: number | null,
  ): Promise<{ bytesWritten: number; buffer: string | ArrayBufferView }> {
    const done = (bytesWritten: number) => ({ bytesWritten, buffer: data });
    if (typeof data === 'string') {
      const text = bufferOf(
        data,
        (typeof lengthOrEncoding === 'string' ? lengthOrEncoding : 'utf8') as BufferEncoding,
      ); // Node takes any name too
      const position = typeof offsetOrPosition === 'number' ? offsetOrPosition : null;
      return this.scheduler.perform(() => done(this.kernel.write(this.fd, text, 0, text.length, position)));
    }
    // What is written is what the buffer holds at the time of the call, as a caller may reuse it.
    const options = typeof offsetOrPosition === 'object' ? offsetOrPosition : undefined;
    const offset = (typeof offsetOrPosition === 'number' ? offsetOrPosition : options?.offset) ?? 0;
    const length =
      (typeof lengthOrEncoding === 'number' ? lengthOrEncoding : options?.length) ?? data.byteLength - offset;
    const position = positionArgument ?? options?.position ?? null;
    const bytes = bufferOf(data);
    return this.scheduler.perform(() => done(this.kernel.write(this.fd, bytes, offset, length, position)));
  }

  async writev(
    buffers: readonly ArrayBufferView[],
    position?: number | null,
  ): Promise<{ bytesWritten: number; buffers: readonly ArrayBufferView[] }> {
    const bytes = Buffer.concat(buffers.map((buffer) => bufferOf(buffer)));
    const { bytesWritten } = await this.write(bytes, 0, bytes.length, position ?? null);
    return { bytesWritten, buffers };
  }

  async readv(
    buffers: readonly ArrayBufferView[],
    position?: number | null,
  ): Promise<{ bytesRead: number; buffers: readonly ArrayBufferView[] }> {
    let bytesRead = 0;
    for (const buffer of buffers) {
      const at = typeof position === 'number' ? position + bytesRead : null;
      const part = await this.read(buffer, 0, buffer.byteLength, at);
      bytesRead += part.bytesRead;
      if (part.bytesRead < buffer.byteLength) break;
    }
    return { bytesRead, buffers };
  }

  readFile(options?: ReadOptions): Promise<Buffer | string> {
    return this.scheduler.perform(() => {
      const file = this.kernel.getFileByFdOrThrow(this.fd, 'read');
      const buffer = Buffer.alloc(Math.max(0, file.node.getSize() - file.position));
      // As Node does: a read may bring less than was asked for.
      let done = 0;
      let count: number;
      do {
        count = this.kernel.read(this.fd, buffer, done, buffer.length - done, null);
        done += count;
      } while (count > 0 && done < buffer.length);
      return decoded(buffer.subarray(0, done), encodingOf(options));
    });
  }

  async writeFile(data: Data, options?: WriteOptions | BufferEncoding | null): Promise<void> {
    const encoding = (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';
    const parts = typeof data === 'string' || ArrayBuffer.isView(data) ? [data] : data;
    for await (const part of parts) {
      const bytes = bufferOf(part, encoding);
      let written = 0;
      while (written < bytes.length) {
        written += (await this.write(bytes, written, bytes.length - written, null)).bytesWritten;
      }
    }
    if (typeof options === 'object' && options?.flush === true) await this.sync();
  }

  appendFile(data: Data, options?: WriteOptions | BufferEncoding | null): Promise<void> {
    return this.writeFile(data, options);
  }

  truncate(length = 0): Promise<void> {
    return this.scheduler.perform(() => this.kernel.ftruncate(this.fd, length));
  }

  sync(): Promise<void> {
    return this.scheduler.perform(() => this.kernel.sync(this.fd, 'all'));
  }

  datasync(): Promise<void> {
    return this.scheduler.perform(() => this.kernel.sync(this.fd, 'data'));
  }

  stat(options?: { bigint?: boolean }): Promise<Stats> {
    return this.scheduler.perform(() => {
      const file = this.kernel.getFileByFdOrThrow(this.fd, 'fstat');
      return this.kernel.observe('fstat', file.link.getPath(), () => statsOf(file.node, options));
    });
  }

  chmod(mode: number | string): Promise<void> {
    return this.scheduler.perform(() => this.kernel.fchmod(this.fd, modeOf(mode, 0)));
  }

  utimes(accessed: number | string | Date, modified: number | string | Date): Promise<void> {
    return this.scheduler.perform(() =>
      this.kernel.futimes(this.fd, secondsOf(accessed), secondsOf(modified)),
    );
  }

  close(): Promise<void> {
    return this.scheduler.perform(() => this.kernel.close(this.fd));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const statsOf = (node: Node, options: { bigint?: boolean } | undefined): Stats =>
  Stats.build(node, options?.bigint === true) as Stats; // the bigint flag only changes the fields' type

const listed = (
  kernel: Kernel,
  path: string,
  link: Link,
  options: { withFileTypes?: boolean; recursive?: boolean },
): unknown[] => {
  const entries: unknown[] = [];
  const walk = (at: Link, prefix: string): void => {
    for (const name of childNames(at)) {
      const child = at.getChild(name);
      if (child === undefined) continue;
      entries.push(options.withFileTypes === true ? Dirent.build(child, 'utf8') : prefix + name);
      if (options.recursive === true && child.getNode().isDirectory()) walk(child, `${prefix}${name}/`);
    }
  };
  if (!link.getNode().isDirectory()) throw createError('ENOTDIR', 'scandir', path);
  kernel.observe('readdir', path, () => walk(link, ''));
  return entries;
};

/** `node:fs/promises` on a kernel. The operations that {@link FileSystem} names; a FileHandle has the usual methods. */
export const createFileSystem = (kernel: Kernel, scheduler: Scheduler): FileSystem => {
  const { perform } = scheduler;

  const open = async (
    path: Path,
    flags?: string | number,
    mode?: number | string,
  ): Promise<SimulatedFileHandle> => {
    const fd = await perform(() => kernel.open(pathOf(path), flagsOf(flags, 'r'), modeOf(mode, 0o666)));
    return new SimulatedFileHandle(kernel, scheduler, fd);
  };

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
    const given = typeof options === 'object' ? options : undefined;
    const handle = await open(target, given?.flag ?? flag, given?.mode);
    return withFile(handle, () => handle.writeFile(data, options));
  };

  const stats = (
    operation: string,
    path: Path,
    follow: boolean,
    options?: { bigint?: boolean },
  ): Promise<Stats> =>
    perform(() => {
      const at = pathOf(path);
      return kernel.observe(operation, at, () => {
        const link = follow
          ? kernel.getResolvedLinkOrThrow(at, operation)
          : kernel.getLinkOrThrow(at, operation);
        return statsOf(link.getNode(), options);
      });
    });

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
      const handle = await open(target, (typeof options === 'object' ? options?.flag : undefined) ?? 'r');
      return withFile(handle, () => handle.readFile(options));
    },
    truncate: async (path: Path, length?: number): Promise<void> => {
      const handle = await open(path, 'r+');
      return withFile(handle, () => handle.truncate(length));
    },
    copyFile: async (from: Path, to: Path, mode = 0): Promise<void> => {
      const source = await open(from, 'r');
      const data = await withFile(source, () => source.readFile());
      await writeFile(to, data, { flag: (mode & 1) === 1 ? 'wx' : 'w' });
    },
    access: (path: Path) =>
      perform(() => {
        const at = pathOf(path);
        kernel.observe('access', at, () => void kernel.getResolvedLinkOrThrow(at, 'access'));
      }),
    stat: (path: Path, options?: { bigint?: boolean }) => stats('stat', path, true, options),
    lstat: (path: Path, options?: { bigint?: boolean }) => stats('lstat', path, false, options),
    readdir: (path: Path, options?: { withFileTypes?: boolean; recursive?: boolean } | string | null) =>
      perform(() => {
        const at = pathOf(path);
        return listed(
          kernel,
          at,
          kernel.getResolvedLinkOrThrow(at, 'scandir'),
          typeof options === 'object' ? (options ?? {}) : {},
        );
      }),
    readlink: (path: Path) =>
      perform(() => {
        const at = pathOf(path);
        return kernel.observe('readlink', at, () => {
          const node = kernel.getLinkOrThrow(at, 'readlink').getNode();
          if (!node.isSymlink()) throw createError('EINVAL', 'readlink', at);
          return node.symlink;
        });
      }),
    realpath: (path: Path) =>
      perform(() => {
        const at = pathOf(path);
        return kernel.observe(
          'realpath',
          at,
          () => kernel.getResolvedLinkOrThrow(at, 'realpath').getPath() || '/',
        );
      }),
    mkdir: (path: Path, options?: { recursive?: boolean; mode?: number | string } | number | string | null) =>
      perform(() => {
        const given = typeof options === 'object' ? options : { mode: options };
        const mode = modeOf(given?.mode, 0o777);
        const recursive = typeof options === 'object' && options?.recursive === true;
        return recursive ? kernel.mkdirp(pathOf(path), mode) : kernel.mkdir(pathOf(path), mode);
      }),
    rmdir: (path: Path) => perform(() => kernel.rmdir(pathOf(path))),
    rm: (path: Path, options?: { force?: boolean; recursive?: boolean }) =>
      perform(() => kernel.rm(pathOf(path), options?.force, options?.recursive)),
    unlink: (path: Path) => perform(() => kernel.unlink(pathOf(path))),
    rename: (from: Path, to: Path) => perform(() => kernel.rename(pathOf(from), pathOf(to))),
    link: (existing: Path, path: Path) => perform(() => kernel.link(pathOf(existing), pathOf(path))),
    symlink: (target: Path, path: Path) => perform(() => void kernel.symlink(String(target), pathOf(path))),
    utimes: (path: Path, accessed: number | string | Date, modified: number | string | Date) =>
      perform(() => kernel.utimes(pathOf(path), secondsOf(accessed), secondsOf(modified))),
  };
  // Node declares these with dozens of overloads that no implementation can restate; the tests hold them against Node's.
  return fileSystem as unknown as FileSystem;
};
