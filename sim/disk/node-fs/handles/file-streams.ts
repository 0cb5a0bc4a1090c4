/** Node's own streams, over the simulated disk: they know a file only by the functions they are given. */
import fs from 'node:fs';
import type { Readable, Writable } from 'node:stream';

export type Done = (error: unknown, ...results: unknown[]) => void;

/** Bytes to or from one buffer, at a position or where the descriptor is. */
type Transfer = (
  fd: number,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number | undefined,
  done: Done,
) => void;

/** What Node's streams ask of a disk, with callbacks. */
export interface StreamDisk {
  readonly open: (path: string, flags: string | number, mode: number, done: Done) => void;
  readonly read: Transfer;
  readonly write: Transfer;
  readonly writev: (
    fd: number,
    buffers: readonly Uint8Array[],
    position: number | undefined,
    done: Done,
  ) => void;
  readonly fsync: (fd: number, done: Done) => void;
  readonly close: (fd: number, done: Done) => void;
}

/** How an open file that is none of Node's own handles says what its streams are to ask. */
export const STREAM_DISK = Symbol('file operations for streams');

interface OpenFile {
  readonly fd: number;
  [STREAM_DISK](): StreamDisk;
  on(event: 'close', listener: () => void): unknown;
}

const isOpenFile = (value: unknown): value is OpenFile =>
  typeof value === 'object' && value !== null && STREAM_DISK in value;

/** Options as Node takes them: an encoding, or an object, whose inherited properties count, too. */
const given = (options: unknown): Readonly<Record<string, unknown>> => {
  if (typeof options === 'string') return { encoding: options };
  const named: Record<string, unknown> = {};
  for (const name in Object(options)) named[name] = Reflect.get(Object(options), name);
  return named;
};

type Make = (path: unknown, options: unknown) => unknown;

/**
 * A stream with the arguments that the program gave, which may name a FileHandle, or functions of its own.
 * @param make calls or constructs one of Node's own classes, or one that a program made of it
 * @param disk what it asks where the program says nothing of it
 */
export const streamOf = (make: Make, disk: object, [path, options]: readonly unknown[]): unknown => {
  if (typeof options !== 'string' && typeof options !== 'object' && options !== undefined)
    return make(path, options);
  const named = given(options);
  const { fd: file, fs: own } = named;
  if (!isOpenFile(file)) return make(path, own ? named : { ...named, fs: disk });
  if (own) {
    const error = new Error('The FileHandle with fs method is not implemented');
    throw Object.assign(error, { code: 'ERR_METHOD_NOT_IMPLEMENTED' });
  }
  const stream = make(path, { ...named, fd: file.fd, fs: file[STREAM_DISK]() });
  file.on('close', () => {
    // A class that is applied to an object, as classes were extended before ES2015, gives nothing back.
    if (stream !== undefined) (stream as Readable).destroy(); // or a Writable: either has it
  });
  return stream;
};

// As they are when this is loaded: a program may put others in their place, which Node's own handles never see.
const { ReadStream, WriteStream } = fs;

export const readStream = (disk: object, path: unknown, options?: unknown): Readable =>
  streamOf((...args) => Reflect.construct(ReadStream, args), disk, [path, options]) as Readable; // it makes one

export const writeStream = (disk: object, path: unknown, options?: unknown): Writable =>
  streamOf((...args) => Reflect.construct(WriteStream, args), disk, [path, options]) as Writable; // it makes one
