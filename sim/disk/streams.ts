/** Node's own streams, over the simulated disk: they know a file only by the functions they are given. */
import fs from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { installGuard } from '../uncontrolled/guard.js';

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

/** As Node takes them: an encoding, or an object. */
const given = (options: unknown): object =>
  typeof options === 'string' ? { encoding: options } : Object(options);

// Constructed as the host, for in a life the two classes are those of this very disk.
const construct = (name: 'ReadStream' | 'WriteStream', disk: object, path: unknown, options: unknown) =>
  installGuard().asHost(() => Reflect.construct(fs[name], [path, { ...given(options), fs: disk }]));

export const readStream = (disk: object, path: unknown, options?: unknown): Readable =>
  construct('ReadStream', disk, path, options);

export const writeStream = (disk: object, path: unknown, options?: unknown): Writable =>
  construct('WriteStream', disk, path, options);
