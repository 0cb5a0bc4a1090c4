/**
 * Reading from and writing to a descriptor, in every form in which Node takes the arguments: one by one, as options, or
 * left out. Each form ends in a request, which one system call serves.
 *
 * The buffer is the caller's own, and is read or written when the call takes effect, as by Node's thread pool. A program
 * that changes it before the call has returned may find either content on the disk.
 */
import { Buffer } from 'node:buffer';
import { createError } from '@jsonjoy.com/fs-core';
import type { SystemCalls } from '../kernel/system-calls.js';
import {
  checkDescriptor,
  checkInteger,
  checkOptions,
  outOfRange,
  wrongType,
  wrongValue,
} from './arguments.js';
import { bytesOf, lengthOf, scatter } from './buffers.js';

/** What Node reads into where it is given no buffer. */
const BUFFER_BYTES = 16_384;

/** As Node has it in options, and one by one. */
interface Region {
  readonly offset?: unknown;
  readonly length?: unknown;
  readonly position?: unknown;
}

export interface ReadRequest {
  readonly buffer: ArrayBufferView;
  readonly offset: number;
  readonly length: number;
  /** null: where the descriptor is. */
  readonly position: number | null;
}

export interface WriteRequest {
  /** Returned to the caller: the text or the buffer that it passed. */
  readonly data: unknown;
  /** Called when the call takes effect: undefined where Node asks the system for nothing. */
  readonly bytes: () => Uint8Array;
  readonly position: number | null;
}

const isRegion = (value: unknown): value is Region => typeof value === 'object' && value !== null;

const checkBuffer = (value: unknown): ArrayBufferView => {
  if (ArrayBuffer.isView(value)) return value;
  throw wrongType('buffer', 'an instance of Buffer, TypedArray, or DataView', value);
};

const positionToRead = (position: unknown): number | null => {
  if (position === undefined || position === null) return null;
  if (typeof position !== 'number' && typeof position !== 'bigint')
    throw wrongType('position', 'of type integer or bigint', position);
  if (typeof position === 'number') checkInteger(position, 'position', -1);
  if (position < -1n) throw outOfRange('position', '>= -1', position);
  return position < 0n ? null : Number(position);
};

/** @param wanted as it was given, or made of what was */
const readRequest = (buffer: ArrayBufferView, { offset, length, position }: Region): ReadRequest => {
  const at = offset === undefined || offset === null ? 0 : checkInteger(offset, 'offset', 0);
  const count = Number(length) | 0; // as Node takes whatever it is for a number
  if (count === 0) return { buffer, offset: at, length: 0, position: null };
  if (buffer.byteLength === 0)
    throw wrongValue("The argument 'buffer' is empty and cannot be written. Received an empty one");
  const left = buffer.byteLength - at;
  if (count < 0) throw outOfRange('length', '>= 0', count);
  if (count > left) throw outOfRange('length', `<= ${left}`, count);
  return { buffer, offset: at, length: count, position: positionToRead(position) };
};

const regionOf = (options: unknown, buffer: ArrayBufferView): Region => {
  if (options !== undefined) checkOptions(options);
  const {
    offset = 0,
    length = buffer.byteLength - Number(offset),
    position = null,
  } = isRegion(options) ? options : {};
  return { offset, length, position };
};

/** Of `fs.read`, without descriptor and callback. */
export const calledRead = (args: readonly unknown[]): ReadRequest => {
  const [first, second, length, position] = args;
  if (args.length >= 3) return readRequest(checkBuffer(first), { offset: second, length, position });
  if (args.length === 2) {
    checkOptions(second);
    return readRequest(checkBuffer(first), regionOf(second, checkBuffer(first)));
  }
  if (ArrayBuffer.isView(first)) return readRequest(first, regionOf(undefined, first));
  return readWhere(first);
};

/** Options alone: they may name the buffer, too. */
const readWhere = (options: unknown): ReadRequest => {
  if (options !== undefined) checkOptions(options);
  const given: unknown = Reflect.get(Object(options), 'buffer');
  const buffer = given === undefined ? Buffer.alloc(BUFFER_BYTES) : checkBuffer(given);
  return readRequest(buffer, regionOf(options, buffer));
};

/** Of `fs.readSync`, without descriptor. */
const synchronousRead = (args: readonly unknown[]): ReadRequest => {
  const [first, second, length, position] = args;
  const buffer = checkBuffer(first);
  if (args.length <= 2 || typeof second === 'object') return readRequest(buffer, regionOf(second, buffer));
  return readRequest(buffer, { offset: second, length, position });
};

/** Of a FileHandle's `read`. */
export const promisedRead = (args: readonly unknown[]): ReadRequest => {
  const [first, second, length, position] = args;
  if (!ArrayBuffer.isView(first)) return ofHandle(readWhere, first);
  if (isRegion(second)) return readRequest(first, promisedRegion(regionOf(second, first), first));
  return readRequest(first, promisedRegion({ offset: second, length, position }, first));
};

const ofHandle = (read: (options: unknown) => ReadRequest, options: unknown): ReadRequest => {
  const named = isRegion(options) ? { ...options, position: safe(options.position) } : options;
  return read(named);
};

/** What is no position is where the descriptor is: a handle refuses none. */
const safe = (position: unknown): number | null =>
  Number.isSafeInteger(position) && Number(position) >= 0 ? Number(position) : null;

const promisedRegion = ({ offset, length, position }: Region, buffer: ArrayBufferView): Region => ({
  offset,
  length: length ?? buffer.byteLength - Number(offset ?? 0),
  position: safe(position),
});

const writeRequest = (data: ArrayBufferView, { offset, length, position }: Region): WriteRequest => {
  const at = offset === undefined || offset === null ? 0 : checkInteger(offset, 'offset', 0);
  const count = typeof length === 'number' ? length : data.byteLength - at;
  if (at > data.byteLength) throw outOfRange('offset', `<= ${data.byteLength}`, at);
  if (count > data.byteLength - at) throw outOfRange('length', `<= ${data.byteLength - at}`, count);
  if (count < 0) throw outOfRange('length', '>= 0', count);
  checkInteger(count, 'length', 0, 2 ** 31 - 1);
  return {
    data,
    bytes: () => bytesOf(data).subarray(at, at + count),
    position: typeof position === 'number' ? position : null,
  };
};

const textRequest = (text: string, position: unknown, encoding: unknown): WriteRequest => {
  const named = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
  if (named.toLowerCase() === 'hex' && text.length % 2 !== 0)
    throw wrongValue(`The argument 'encoding' is invalid for data of length ${text.length}.`);
  const bytes = Buffer.from(text, named);
  return { data: text, bytes: () => bytes, position: typeof position === 'number' ? position : null };
};

/** Of each of the three forms, without descriptor and callback. */
export const writeOf = (args: readonly unknown[]): WriteRequest => {
  const [data, second, third, position] = args;
  if (typeof data === 'string') return textRequest(data, second, third);
  if (!ArrayBuffer.isView(data))
    throw wrongType('buffer', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  if (typeof second !== 'object') return writeRequest(data, { offset: second, length: third, position });
  const given: Region = second ?? {};
  const { offset = 0, length = data.byteLength - Number(offset) } = given;
  return writeRequest(data, { offset, length, position: given.position ?? null });
};

/** @throws TypeError where it is no list of buffers */
export const buffersOf = (value: unknown): readonly ArrayBufferView[] => {
  if (Array.isArray(value) && value.every((each) => ArrayBuffer.isView(each))) return value;
  throw wrongType('buffers', 'an instance of ArrayBufferView[]', value);
};

/** The system calls that serve them. */
export const transfers = (kernel: SystemCalls) => {
  const read = (fd: number, { buffer, offset, length, position }: ReadRequest): number => {
    kernel.fileAt(fd, 'read');
    if (length === 0) return 0; // Node asks the system for nothing
    return kernel.read(fd, buffer, offset, length, position);
  };
  const write = (fd: number, { bytes, position }: WriteRequest): number => {
    const given = bytes();
    const buffer = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    return kernel.write(fd, buffer, 0, buffer.length, position);
  };
  // One system call each, whatever the number of buffers.
  const readv = (fd: number, buffers: readonly ArrayBufferView[], position: unknown): number => {
    if (buffers.length === 0) throw createError('EINVAL', 'read');
    const bytes = Buffer.alloc(lengthOf(buffers));
    const count = kernel.read(fd, bytes, 0, bytes.length, typeof position === 'number' ? position : null);
    scatter(bytes.subarray(0, count), buffers);
    return count;
  };
  const writev = (fd: number, buffers: readonly ArrayBufferView[], position: unknown): number => {
    if (buffers.length === 0) return 0; // Node asks the system for nothing
    const bytes = Buffer.concat(buffers.map(bytesOf));
    return kernel.write(fd, bytes, 0, bytes.length, typeof position === 'number' ? position : null);
  };
  return {
    read,
    write,
    readv,
    writev,
    readSync: (fd: unknown, ...args: unknown[]) => read(checkDescriptor(fd), synchronousRead(args)),
    writeSync: (fd: unknown, ...args: unknown[]) => write(checkDescriptor(fd), writeOf(args)),
    readvSync: (fd: unknown, buffers: unknown, position?: unknown) =>
      readv(checkDescriptor(fd), buffersOf(buffers), position),
    writevSync: (fd: unknown, buffers: unknown, position?: unknown) =>
      writev(checkDescriptor(fd), buffersOf(buffers), position),
  };
};

export type Transfers = ReturnType<typeof transfers>;
