/**
 * The simulated disk as `node:fs/promises` shows a disk: same names, same results, same error codes.
 * Every call is handed to the scheduler and then to the kernel; what Node does in several system calls
 * (writeFile: open, write, close) is several calls here, so that the power can fail and others can run in between.
 */
import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { createError } from '@jsonjoy.com/fs-core';
import type { Stats } from '@jsonjoy.com/fs-node';
import type { FileSystem } from '../../src/environment.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import type { Kernel } from './kernel.js';
import { modeOf, nodeCalls, type Path, secondsOf, statsOf } from './node-calls.js';

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

const bufferOf = (data: string | ArrayBufferView, encoding: BufferEncoding = 'utf8'): Buffer =>
  typeof data === 'string'
    ? Buffer.from(data, encoding)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const encodingOf = (options: ReadOptions | undefined): BufferEncoding | undefined =>
  (typeof options === 'string' ? options : options?.encoding) ?? undefined;

const decoded = (buffer: Buffer, encoding: BufferEncoding | undefined): Buffer | string =>
  encoding === undefined ? buffer : buffer.toString(encoding);

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
      // One byte at least: an empty file, too, is read to its end, and what can't be read says so.
      const buffer = Buffer.alloc(Math.max(1, file.node.getSize() - file.position));
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

  truncate(length?: number | null): Promise<void> {
    return this.scheduler.perform(() => this.kernel.ftruncate(this.fd, Math.max(0, length ?? 0)));
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
      return this.kernel.observe('fstat', file.link.getPath(), () => statsOf(file.link, file.node, options));
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

/** `node:fs/promises` on a kernel. The operations that {@link FileSystem} names; a FileHandle has the usual methods. */
export const createFileSystem = (kernel: Kernel, scheduler: Scheduler): FileSystem => {
  const { perform } = scheduler;
  const calls = nodeCalls(kernel);
  /** The call, when its turn comes. */
  const inTurn =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Result) =>
    (...args: Args): Promise<Result> =>
      perform(() => call(...args));

  const open = async (
    path: Path,
    flags?: string | number,
    mode?: number | string,
  ): Promise<SimulatedFileHandle> => {
    const fd = await perform(() => calls.open(path, flags, mode));
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
      await withFile(source, async () => {
        const { node } = kernel.getFileByFdOrThrow(source.fd, 'copyfile');
        const exclusive = (mode & constants.COPYFILE_EXCL) === 0 ? 0 : constants.O_EXCL;
        const target = await open(to, constants.O_WRONLY | constants.O_CREAT | exclusive, node.mode & 0o7777);
        await withFile(target, async () => {
          if (kernel.getFileByFdOrThrow(target.fd, 'copyfile').node === node) return;
          await target.truncate(0);
          await target.chmod(node.mode & 0o7777);
          if (!node.isDirectory()) await target.writeFile(await source.readFile());
        });
      });
      if ((await perform(() => calls.stat(from))).isDirectory()) {
        await perform(() => calls.unlink(to));
        throw createError('EISDIR', 'copyfile', String(from), String(to));
      }
    },
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
