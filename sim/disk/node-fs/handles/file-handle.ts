/** An open file as `fs.promises.open` returns it: a descriptor, whose calls go through the scheduler. */
import type { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import type { Stats } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { Readable, type Writable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createError } from '@jsonjoy.com/fs-core';
import { forCaller, type Scheduler } from '../../../scheduler/scheduler.js';
import type { SystemCalls } from '../../kernel/system-calls.js';
import { checkArguments } from '../arguments.js';
import { inTurns, type Sequence } from '../call-sequence.js';
import { whenSettled } from '../callbacks.js';
import { type DescriptorCalls, descriptorCalls } from '../descriptor-calls.js';
import { type Data, type FileOptions, readContent, writeContent } from '../file-content.js';
import type { StatOptions } from '../stats.js';
import { buffersOf, promisedRead, type Transfers, transfers, writeOf } from '../transfers.js';
import { type Done, readStream, STREAM_DISK, type StreamDisk, writeStream } from './file-streams.js';

export class SimulatedFileHandle extends EventEmitter {
  // As a program sees it: it is one of Node's.
  static override readonly name = 'FileHandle';
  /** Calls that were made and have not taken effect. */
  private underWay = 0;
  private whenIdle: (() => void) | undefined;
  private closing: Promise<void> | undefined;
  private readonly transfers: Transfers;
  private readonly calls: DescriptorCalls;
  private isLocked = false;

  constructor(
    private readonly kernel: SystemCalls,
    private readonly scheduler: Scheduler,
    private descriptor: number,
  ) {
    super();
    this.transfers = transfers(kernel);
    this.calls = descriptorCalls(kernel);
  }

  /** -1 once it is closed: the number itself may by then be another file's. */
  get fd(): number {
    return this.descriptor;
  }

  private refuseClosed(): void {
    if (this.descriptor === -1) throw createError('EBADF', 'file closed');
  }

  /** Lets `act` take effect when the scheduler picks it. A close that comes meanwhile waits for it. */
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

  private inTurns<T>(sequence: Sequence<T>): Promise<T> {
    const turns = forCaller(this.scheduler);
    return inTurns(sequence, { perform: (act) => this.perform(act, turns) });
  }

  readFile(options?: FileOptions): Promise<Buffer | string> {
    return this.inTurns(readContent(this.kernel, this.descriptor, options));
  }

  writeFile(data: Data, options?: FileOptions): Promise<void> {
    return this.inTurns(writeContent(this.kernel, this.descriptor, data, options));
  }

  appendFile(data: Data, options?: FileOptions): Promise<void> {
    return this.writeFile(data, options);
  }

  async truncate(length?: number): Promise<void> {
    this.refuseClosed();
    checkArguments('ftruncate', [this.descriptor, length]);
    return this.perform((fd) => this.calls.ftruncate(fd, length));
  }

  sync(): Promise<void> {
    return this.perform(this.calls.fsync);
  }

  datasync(): Promise<void> {
    return this.perform(this.calls.fdatasync);
  }

  stat(options?: StatOptions): Promise<Stats> {
    return this.perform((fd) => this.calls.fstat(fd, options));
  }

  async chmod(mode: number | string): Promise<void> {
    this.refuseClosed();
    checkArguments('fchmod', [this.descriptor, mode]);
    return this.perform((fd) => this.calls.fchmod(fd, mode));
  }

  async utimes(accessed: number | string | Date, modified: number | string | Date): Promise<void> {
    this.refuseClosed();
    checkArguments('futimes', [this.descriptor, accessed, modified]);
    return this.perform((fd) => this.calls.futimes(fd, accessed, modified));
  }

  async chown(uid: number, gid: number): Promise<void> {
    this.refuseClosed();
    checkArguments('fchown', [this.descriptor, uid, gid]);
    return this.perform(this.calls.fchown);
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
