/**
 * A disk of one directory, in memory: the part of `node:fs/promises` that the store uses, and no more, since a million
 * logs are put on one. Files are shared with the caller until they are written to.
 */
import { Buffer } from 'node:buffer';
import { basename } from 'node:path';
import type { FileSystem } from '../../src/environment.js';

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

class MemoryFile {
  constructor(
    public bytes: Buffer,
    private shared: boolean,
  ) {}

  resize(length: number): void {
    const resized = Buffer.alloc(length);
    this.bytes.copy(resized);
    this.bytes = resized;
    this.shared = false;
  }

  write(source: Uint8Array, from: number, length: number, at: number): void {
    if (this.shared || at + length > this.bytes.length) this.resize(Math.max(this.bytes.length, at + length));
    this.bytes.set(source.subarray(from, from + length), at);
  }
}

/** What `open` gives: a handle on the file itself, whatever its name becomes. */
const handleOn = (file: MemoryFile) => ({
  read: async (target: Uint8Array, offset: number, length: number, position: number) => {
    const source = file.bytes.subarray(position, position + length);
    target.set(source, offset);
    return { bytesRead: source.length, buffer: target };
  },
  write: async (source: Uint8Array, offset: number, length: number, position: number) => {
    file.write(source, offset, length, position);
    return { bytesWritten: length, buffer: source };
  },
  stat: async () => ({ size: file.bytes.length }),
  truncate: async (length: number) => file.resize(length),
  sync: async () => {},
  datasync: async () => {},
  close: async () => {},
});

/** The directory is there, whatever it is called, and so is one other for each name that `mkdir` was given. */
export const memoryDisk = (directory: string, files: ReadonlyMap<string, Buffer>): FileSystem => {
  const all = new Map(
    [...files].map(([name, bytes]) => [`${directory}/${name}`, new MemoryFile(bytes, true)]),
  );
  const directories = new Set([directory]);
  const existing = (path: string): MemoryFile => {
    const file = all.get(path);
    if (file === undefined) throw failure('ENOENT', path);
    return file;
  };
  /** The store opens files to write by names; state files by a number, which makes one that is not there. */
  const opened = (path: string, flags: string | number): MemoryFile => {
    if (typeof flags === 'number') {
      const file = all.get(path) ?? new MemoryFile(Buffer.alloc(0), false);
      all.set(path, file);
      return file;
    }
    if (flags === 'wx' && all.has(path)) throw failure('EEXIST', path);
    if (!flags.startsWith('w')) return existing(path);
    const file = all.get(path) ?? new MemoryFile(Buffer.alloc(0), false);
    file.resize(0);
    all.set(path, file);
    return file;
  };
  const disk = {
    open: async (path: string, flags: string | number) =>
      handleOn(
        directories.has(path) || path === '/' ? new MemoryFile(Buffer.alloc(0), false) : opened(path, flags),
      ),
    readFile: async (path: string) => Buffer.from(existing(path).bytes),
    readdir: async (path: string) => {
      if (!directories.has(path)) throw failure('ENOENT', path);
      return [...all.keys(), ...directories]
        .filter((other) => other.startsWith(`${path}/`) && `${path}/${basename(other)}` === other)
        .map((other) => basename(other));
    },
    mkdir: async (path: string, options?: { readonly recursive?: boolean }) => {
      if (directories.has(path) && options?.recursive !== true) throw failure('EEXIST', path);
      directories.add(path);
    },
    rename: async (from: string, to: string) => {
      all.set(to, existing(from));
      all.delete(from);
    },
    copyFile: async (from: string, to: string) => {
      all.set(to, new MemoryFile(existing(from).bytes, true));
      existing(from).resize(existing(from).bytes.length);
    },
    rm: async (path: string) => void all.delete(path),
  };
  // The store uses nothing else. If it ever does, the campaign fails with the name of the missing function.
  return disk as unknown as FileSystem;
};
