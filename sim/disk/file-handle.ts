/** An open file as `fs.promises.open` gives it: a descriptor, with every call on it in its turn. */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { Readable, type Writable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createError } from '@jsonjoy.com/fs-core';
import type { Stats } from '@jsonjoy.com/fs-node';
import { forCaller, type Scheduler } from '../scheduler/scheduler.js';
import { type Abortable, refuseAborted } from './abort.js';
import { lengthOf, scatter } from './buffers.js';
import type { Kernel } from './kernel.js';
import { invalid, modeOf, secondsOf, statsOf } from './node-calls.js';
import { type Done, readStream, type StreamDisk, writeStream } from './streams.js';

export type Data =
  | string
  | ArrayBufferView
  | Iterable<string | ArrayBufferView>
  | AsyncIterable<string | ArrayBufferView>;
export interface WriteOptions extends Abortable {
  readonly encoding?: BufferEncoding | null;
  readonly mode?: number | string;
  readonly flag?: string | number;
  readonly flush?: boolean;
}
export type ReadOptions =
  | ({ readonly encoding?: BufferEncoding | null; readonly flag?: string | number } & Abortable)
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

export class SimulatedFileHandle extends EventEmitter {
  /** Calls that were made and have not taken effect. */
  private underWay = 0;
  private whenIdle: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly scheduler: Scheduler,
    private descriptor: number,
  ) {
    super();
  }

  /** -1 once it is closed: the number itself may by then be another file's. */
  get fd(): number {
    return this.descriptor;
  }

  /** Lets `act` take effect in its turn; a close that comes meanwhile waits for it. */
  private perform<T>(act: (fd: number) => T, turns = this.scheduler): Promise<T> {
    if (this.descriptor === -1) return Promise.reject(createError('EBADF', 'file closed'));
    this.underWay += 1;
    return turns.perform(() => {
      try {
        return act(this.descriptor);
      } finally {
        this.underWay -= 1;
        if (this.underWay === 0) this.whenIdle?.();
      }
    });
  }

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
    return this.perform((fd) => {
      const bytesRead = this.kernel.read(
        fd,
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
      if (lengthOrEncoding === 'hex' && data.length % 2 !== 0)
        return Promise.reject(
          invalid(`The argument 'encoding' is invalid for data of length ${data.length}.`),
        );
      const text = bufferOf(
        data,
        (typeof lengthOrEncoding === 'string' ? lengthOrEncoding : 'utf8') as BufferEncoding,
      ); // Node takes any name too
      const position = typeof offsetOrPosition === 'number' ? offsetOrPosition : null;
      return this.perform((fd) => done(this.kernel.write(fd, text, 0, text.length, position)));
    }
    if (data.byteLength === 0 && this.descriptor !== -1) return Promise.resolve(done(0)); // Node does not even ask
    // What is written is what the buffer holds at the time of the call, as a caller may reuse it.
    const options = typeof offsetOrPosition === 'object' ? offsetOrPosition : undefined;
    const offset = (typeof offsetOrPosition === 'number' ? offsetOrPosition : options?.offset) ?? 0;
    const length =
      (typeof lengthOrEncoding === 'number' ? lengthOrEncoding : options?.length) ?? data.byteLength - offset;
    const position = positionArgument ?? options?.position ?? null;
    const bytes = bufferOf(data);
    return this.perform((fd) => done(this.kernel.write(fd, bytes, offset, length, position)));
  }

  // One system call each, whatever the number of buffers: also for nothing, but not where there is no buffer.
  async writev(
    buffers: readonly ArrayBufferView[],
    position?: number | null,
  ): Promise<{ bytesWritten: number; buffers: readonly ArrayBufferView[] }> {
    if (buffers.length === 0 && this.descriptor !== -1) return { bytesWritten: 0, buffers };
    const bytes = Buffer.concat(buffers.map((buffer) => bufferOf(buffer)));
    const bytesWritten = await this.perform((fd) =>
      this.kernel.write(fd, bytes, 0, bytes.length, position ?? null),
    );
    return { bytesWritten, buffers };
  }

  async readv(
    buffers: readonly ArrayBufferView[],
    position?: number | null,
  ): Promise<{ bytesRead: number; buffers: readonly ArrayBufferView[] }> {
    const bytes = Buffer.alloc(lengthOf(buffers));
    const bytesRead = await this.perform((fd) => {
      if (buffers.length === 0) throw createError('EINVAL', 'read');
      return this.kernel.readVector(fd, bytes, position ?? null);
    });
    scatter(bytes.subarray(0, bytesRead), buffers);
    return { bytesRead, buffers };
  }

  readFile(options?: ReadOptions): Promise<Buffer | string> {
    return this.perform((fd) => {
      refuseAborted(options);
      const file = this.kernel.getFileByFdOrThrow(fd, 'read');
      // One byte at least: an empty file, too, is read to its end, and what can't be read says so.
      const buffer = Buffer.alloc(Math.max(1, file.node.getSize() - file.position));
      // As Node does: a read may bring less than was asked for.
      let done = 0;
      let count: number;
      do {
        count = this.kernel.read(fd, buffer, done, buffer.length - done, null);
        done += count;
      } while (count > 0 && done < buffer.length);
      return decoded(buffer.subarray(0, done), encodingOf(options));
    });
  }

  async writeFile(data: Data, options?: WriteOptions | BufferEncoding | null): Promise<void> {
    refuseAborted(options);
    const encoding = (typeof options === 'string' ? options : options?.encoding) ?? 'utf8';
    const turns = forCaller(this.scheduler);
    const parts = typeof data === 'string' || ArrayBuffer.isView(data) ? [data] : data;
    for await (const part of parts) {
      const bytes = bufferOf(part, encoding);
      let written = 0;
      while (written < bytes.length) {
        refuseAborted(options);
        const from = written;
        written += await this.perform(
          (fd) => this.kernel.write(fd, bytes, from, bytes.length - from, null),
          turns,
        );
      }
    }
    if (typeof options === 'object' && options?.flush === true)
      await this.perform((fd) => this.kernel.sync(fd, 'all'), turns);
  }

  appendFile(data: Data, options?: WriteOptions | BufferEncoding | null): Promise<void> {
    return this.writeFile(data, options);
  }

  truncate(length?: number | null): Promise<void> {
    return this.perform((fd) => this.kernel.ftruncate(fd, Math.max(0, length ?? 0)));
  }

  sync(): Promise<void> {
    return this.perform((fd) => this.kernel.sync(fd, 'all'));
  }

  datasync(): Promise<void> {
    return this.perform((fd) => this.kernel.sync(fd, 'data'));
  }

  stat(options?: { bigint?: boolean }): Promise<Stats> {
    return this.perform((fd) => {
      const file = this.kernel.getFileByFdOrThrow(fd, 'fstat');
      return this.kernel.observe('fstat', file.link.getPath(), () => statsOf(file.link, file.node, options));
    });
  }

  chmod(mode: number | string): Promise<void> {
    return this.perform((fd) => this.kernel.fchmod(fd, modeOf(mode, 0)));
  }

  utimes(accessed: number | string | Date, modified: number | string | Date): Promise<void> {
    return this.perform((fd) => this.kernel.futimes(fd, secondsOf(accessed), secondsOf(modified)));
  }

  /** There is one user, and every file is that user's. */
  async chown(): Promise<void> {
    await this.stat();
  }

  /** Takes effect after the calls that are under way. A second close is the first. */
  close(): Promise<void> {
    if (this.descriptor === -1) return this.closing ?? Promise.resolve();
    this.closing ??= this.closeWhenIdle();
    return this.closing;
  }

  private closeWhenIdle(): Promise<void> {
    const close = (): Promise<void> => {
      const fd = this.descriptor;
      this.descriptor = -1;
      return this.scheduler.perform(() => this.kernel.close(fd));
    };
    const closed =
      this.underWay === 0
        ? close()
        : new Promise<void>((resolve, reject) => {
            this.whenIdle = () => {
              this.whenIdle = undefined;
              close().then(resolve, reject);
            };
          });
    this.emit('close');
    return closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  createReadStream(options?: object): Readable {
    return readStream(this.streamDisk(), '', { ...options, fd: this.fd });
  }

  createWriteStream(options?: object): Writable {
    return writeStream(this.streamDisk(), '', { ...options, fd: this.fd });
  }

  readLines(options?: object): Interface {
    return createInterface({ input: this.createReadStream(options), crlfDelay: Number.POSITIVE_INFINITY });
  }

  readableWebStream(): ReadableStream {
    return Readable.toWeb(this.createReadStream({ autoClose: false }));
  }

  /** What Node's streams ask of a file, asked of this one. */
  streamDisk(): StreamDisk {
    // What a promise gives in fields, a callback is given one by one, and in the same order.
    const tell = (result: Promise<unknown>, done: Done): void =>
      void result.then((value) => done(null, ...Object.values(Object(value))), done);
    return {
      open: () => {
        throw new Error('it is open');
      },
      read: (_fd, buffer, offset, length, position, done) =>
        tell(this.read(buffer, offset, length, position ?? null), done),
      write: (_fd, buffer, offset, length, position, done) =>
        tell(this.write(buffer, offset, length, position ?? null), done),
      writev: (_fd, buffers, position, done) => tell(this.writev(buffers, position ?? null), done),
      fsync: (_fd, done) => tell(this.sync(), done),
      close: (_fd, done) => tell(this.close(), done),
    };
  }
}
