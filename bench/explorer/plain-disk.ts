/**
 * The program's file system on a plain memfs volume: each promise is one synchronous call. Developers test against such a
 * one, and no file system in memory costs less.
 */
import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { dirname } from 'node:path/posix';
import { Volume } from 'memfs';
import type { FileSystem } from '../../src/environment.js';

/** A call that changes the disk, or makes changes durable. */
export type Change =
  | { readonly kind: 'create' | 'mkdir' | 'unlink' | 'sync'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer };

/** Called between the program and a change. It may let `act` happen, or never resolve. */
export type Watch = <T>(change: Change, act: () => T) => T | Promise<T>;

const unwatched: Watch = (_change, act) => act();

class PlainHandle {
  private position = 0;

  constructor(
    private readonly volume: Volume,
    private readonly path: string,
    private readonly fd: number,
    private readonly watch: Watch,
  ) {}

  async read(buffer: Buffer, offset: number, length: number, position: number | null) {
    return { bytesRead: this.volume.readSync(this.fd, buffer, offset, length, position ?? 0), buffer };
  }

  async write(buffer: Buffer, offset: number, length: number, position: number | null) {
    const at = position ?? this.position;
    const bytes = Buffer.from(buffer.subarray(offset, offset + length));
    const act = () => this.volume.writeSync(this.fd, bytes, 0, length, at);
    const bytesWritten = await this.watch({ kind: 'write', path: this.path, at, bytes }, act);
    this.position = at + bytesWritten;
    return { bytesWritten, buffer };
  }

  async writeFile(data: string | Uint8Array) {
    const bytes = Buffer.from(data as Uint8Array); // of a string it takes the text
    await this.write(bytes, 0, bytes.length, null);
  }

  async readFile() {
    const bytes = Buffer.alloc(this.volume.fstatSync(this.fd).size);
    this.volume.readSync(this.fd, bytes, 0, bytes.length, 0);
    return bytes;
  }

  async truncate(size = 0) {
    await this.watch({ kind: 'truncate', path: this.path, size }, () =>
      this.volume.ftruncateSync(this.fd, size),
    );
  }

  async stat() {
    return this.volume.fstatSync(this.fd);
  }

  async sync() {
    await this.watch({ kind: 'sync', path: this.path }, () => {});
  }

  async datasync() {
    await this.sync();
  }

  async close() {
    this.volume.closeSync(this.fd);
  }
}

const { O_CREAT } = constants;

const creates = (flags: string | number): boolean =>
  typeof flags === 'number' ? (flags & O_CREAT) !== 0 : /[wa]/.test(flags);

/** The calls that the bank makes. */
export const plainFileSystem = (volume: Volume, watch: Watch = unwatched): FileSystem => {
  const open = async (path: string, flags: string | number = 'r') => {
    const opened = () => volume.openSync(path, flags);
    const isNew = creates(flags) && !volume.existsSync(path);
    const fd = isNew ? await watch({ kind: 'create', path }, opened) : opened();
    if (typeof flags === 'string' && flags.startsWith('w') && !isNew)
      await watch({ kind: 'truncate', path, size: 0 }, () => {});
    return new PlainHandle(volume, path, fd, watch);
  };
  const mkdir = async (path: string, options?: { recursive?: boolean }): Promise<void> => {
    if (volume.existsSync(path)) return;
    if (options?.recursive === true) await mkdir(dirname(path), options);
    await watch({ kind: 'mkdir', path }, () => volume.mkdirSync(path));
  };
  const fileSystem = {
    open,
    mkdir,
    readdir: async (path: string) => volume.readdirSync(path),
    stat: async (path: string) => volume.statSync(path),
    readFile: async (path: string, encoding?: 'utf8') => volume.readFileSync(path, encoding),
    writeFile: async (path: string, data: string | Uint8Array, options?: { flush?: boolean }) => {
      const handle = await open(path, 'w');
      await handle.writeFile(data);
      if (options?.flush === true) await handle.sync();
      await handle.close();
    },
    rename: async (path: string, to: string) =>
      await watch({ kind: 'rename', path, to }, () => volume.renameSync(path, to)),
    unlink: async (path: string) => await watch({ kind: 'unlink', path }, () => volume.unlinkSync(path)),
    rm: async (path: string, options?: { force?: boolean }) => {
      if (options?.force === true && !volume.existsSync(path)) return;
      await watch({ kind: 'unlink', path }, () => volume.unlinkSync(path));
    },
  };
  return fileSystem as unknown as FileSystem; // the part of it that the bank uses
};

/** Does a change to a volume, where there is still anything to do it to. */
export const redo = (volume: Volume, change: Change): void => {
  const { kind, path } = change;
  const exists = volume.existsSync(path);
  if (kind === 'mkdir') volume.mkdirSync(path, { recursive: true });
  else if (kind === 'create' && !exists && volume.existsSync(dirname(path))) volume.writeFileSync(path, '');
  if (!exists) return;
  if (kind === 'unlink') volume.unlinkSync(path);
  if (kind === 'rename') volume.renameSync(path, change.to);
  if (kind === 'truncate') volume.truncateSync(path, change.size);
  if (kind === 'write') {
    const fd = volume.openSync(path, 'r+');
    volume.writeSync(fd, change.bytes, 0, change.bytes.length, change.at);
    volume.closeSync(fd);
  }
};

/** A volume that holds the same. */
export const copyOf = (volume: Volume, directory = '/', copy = new Volume()): Volume => {
  for (const name of volume.readdirSync(directory)) {
    const path = `${directory === '/' ? '' : directory}/${String(name)}`;
    if (volume.statSync(path).isDirectory()) {
      copy.mkdirSync(path);
      copyOf(volume, path, copy);
    } else copy.writeFileSync(path, volume.readFileSync(path));
  }
  return copy;
};
