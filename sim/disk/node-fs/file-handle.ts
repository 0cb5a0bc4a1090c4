/** An open file as `fs.promises.open` gives it: a descriptor, with every call on it in its turn. */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import type { Stats } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { Readable, type Writable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createError } from '@jsonjoy.com/fs-core';
import { forCaller, type Scheduler } from '../../scheduler/scheduler.js';
import { pathOfFile, type SystemCalls } from '../kernel/system-calls.js';
import { type Abortable, refuseAborted } from './abort-signal.js';
import { checkArguments } from './arguments.js';
import { whenSettled } from './callbacks.js';
import { type Done, readStream, STREAM_DISK, type StreamDisk, writeStream } from './file-streams.js';
import { modeOf, secondsOf, statsOf } from './fs-sync-calls.js';
import type { StatOptions } from './stats.js';
import { buffersOf, promisedRead, type Transfers, transfers, writeOf } from './transfers.js';

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
  // As a program sees it: it is one of Node's.
  static override readonly name = 'FileHandle';
  /** Calls that were made and have not taken effect. */
  private underWay = 0;
  private whenIdle: (() => void) | undefined;
  private closing: Promise<void> | undefined;
  private readonly transfers: Transfers;
  private isLocked = false;

  constructor(
    private readonly kernel: SystemCalls,
    private readonly scheduler: Scheduler,
    private descriptor: number,
  ) {
    super();
    this.transfers = transfers(kernel);
  }

  /** -1 once it is closed: the number itself may by then be another file's. */
  get fd(): number {
    return this.descriptor;
  }

  private refuseClosed(): void {
    if (this.descriptor === -1) throw createError('EBADF', 'file closed');
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

  async read(...args: unknown[]): Promise<{ bytesRead: number; buffer: ArrayBufferView }> {
    this.refuseClosed();
    const request = promisedRead(args);
    const { buffer, length } = request;
    if (length === 0) return { bytesRead: 0, buffer };
    return { bytesRead: await this.perform((fd) => this.transfers.read(fd, request)), buffer };
  }

  async write(...args: unknown[]): Promise<{ bytesWritten: number; buffer: unknown }> {
    this.refuseClosed();
    const [data] = args;
    if (ArrayBuffer.isView(data) && data.byteLength === 0) return { bytesWritten: 0, buffer: data }; // Node does not even ask
    const request = writeOf(args);
    return { bytesWritten: await this.perform((fd) => this.transfers.write(fd, request)), buffer: data };
  }

  async writev(
    given: readonly ArrayBufferView[],
    position?: number | null,
  ): Promise<{ bytesWritten: number; buffers: readonly ArrayBufferView[] }> {
    this.refuseClosed();
    const buffers = buffersOf(given);
    if (buffers.length === 0) return { bytesWritten: 0, buffers };
    const bytesWritten = await this.perform((fd) => this.transfers.writev(fd, buffers, position));
    return { bytesWritten, buffers };
  }

  async readv(
    given: readonly ArrayBufferView[],
    position?: number | null,
  ): Promise<{ bytesRead: number; buffers: readonly ArrayBufferView[] }> {
    this.refuseClosed();
    const buffers = buffersOf(given);
    return { bytesRead: await this.perform((fd) => this.transfers.readv(fd, buffers, position)), buffers };
  }

  readFile(options?: ReadOptions): Promise<Buffer | string> {
    return this.perform((fd) => {
      refuseAborted(options);
      const file = this.kernel.fileAt(fd, 'read');
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

  async truncate(length?: number): Promise<void> {
    this.refuseClosed();
    checkArguments('ftruncate', [this.descriptor, length]);
    return this.perform((fd) => this.kernel.ftruncate(fd, Math.max(0, length ?? 0)));
  }

  sync(): Promise<void> {
    return this.perform((fd) => this.kernel.sync(fd, 'all'));
  }

  datasync(): Promise<void> {
    return this.perform((fd) => this.kernel.sync(fd, 'data'));
  }

  stat(options?: StatOptions): Promise<Stats> {
    return this.perform((fd) => {
      const file = this.kernel.fileAt(fd, 'fstat');
      return this.kernel.observe('fstat', pathOfFile(file), () => statsOf(file.link, file.node, options));
    });
  }

  async chmod(mode: number | string): Promise<void> {
    this.refuseClosed();
    checkArguments('fchmod', [this.descriptor, mode]);
    return this.perform((fd) => this.kernel.fchmod(fd, modeOf(mode, 0)));
  }

  async utimes(accessed: number | string | Date, modified: number | string | Date): Promise<void> {
    this.refuseClosed();
    checkArguments('futimes', [this.descriptor, accessed, modified]);
    return this.perform((fd) => this.kernel.futimes(fd, secondsOf(accessed), secondsOf(modified)));
  }

  /** There is one user, and every file is that user's. */
  async chown(uid: number, gid: number): Promise<void> {
    this.refuseClosed();
    checkArguments('fchown', [this.descriptor, uid, gid]);
    return this.perform((fd) => {
      this.kernel.observe('fchown', pathOfFile(this.kernel.fileAt(fd, 'fchown')), () => undefined);
    });
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
    return readStream({}, undefined, { ...options, fd: this });
  }

  createWriteStream(options?: object): Writable {
    return writeStream({}, undefined, { ...options, fd: this });
  }

  readLines(options?: object): Interface {
    return createInterface({ input: this.createReadStream(options), crlfDelay: Number.POSITIVE_INFINITY });
  }

  /** One at a time, and none of a file that is closed. */
  readableWebStream(options: { readonly autoClose?: boolean } = {}): ReadableStream {
    const state =
      this.descriptor === -1
        ? 'closed'
        : this.closing !== undefined
          ? 'closing'
          : this.isLocked
            ? 'locked'
            : undefined;
    if (state !== undefined)
      throw Object.assign(new Error(`Invalid state: The FileHandle is ${state}`), {
        code: 'ERR_INVALID_STATE',
      });
    this.isLocked = true;
    return Readable.toWeb(this.createReadStream({ autoClose: options.autoClose === true }));
  }

  /** What Node's streams ask of a file, asked of this one. */
  [STREAM_DISK](): StreamDisk {
    // What a promise gives in fields, a callback is given one by one, and in the same order.
    const tell = (result: Promise<unknown>, done: Done): void =>
      whenSettled(result, (value) => done(null, ...Object.values(Object(value))), done);
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
