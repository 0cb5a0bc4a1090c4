/**
 * A file system whose sync fails as on Linux: the error is reported once, and the file's pages count as clean from then
 * on. A second sync, on any handle, succeeds without writing anything, until the pages are written again. A second sync
 * of a directory does its work: its entries are in the file system's own journal.
 * Also a full one: a write finds room for a half, and none for the rest. Both for one call, or for many.
 */
import type { FileSystem } from '../../src/environment.js';

type FileHandle = Awaited<ReturnType<FileSystem['open']>>;

export interface LyingDisk {
  readonly fs: FileSystem;
  /** The next `count` syncs fail, of any file or directory. */
  failSyncs(count: number): void;
  /** The next `count` writes find room for a half, in any file. */
  fillUp(count: number): void;
}

export const lyingDisk = (fs: FileSystem): LyingDisk => {
  let failing = 0;
  let full = 0;
  /** Files whose pages count as clean although they never reached the disk. */
  const believedClean = new Set<string>();
  const lying = (handle: FileHandle, path: string, writable: boolean): FileHandle => {
    const guarded = (sync: () => Promise<void>) => async (): Promise<void> => {
      if (failing > 0) {
        failing--;
        if (writable) believedClean.add(path);
        throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
      }
      if (!believedClean.has(path)) await sync();
    };
    const write = async (buffer: Uint8Array, offset: number, length: number, position: number) => {
      believedClean.delete(path);
      if (full === 0) return await handle.write(buffer, offset, length, position);
      full--;
      await handle.write(buffer, offset, Math.ceil(length / 2), position);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    const replaced = new Map<string | symbol, unknown>([
      ['write', write],
      ['sync', guarded(() => handle.sync())],
      ['datasync', guarded(() => handle.datasync())],
    ]);
    return new Proxy(handle, {
      get: (target, name) => {
        const own: unknown = replaced.get(name) ?? Reflect.get(target, name);
        return typeof own === 'function' ? own.bind(target) : own;
      },
    });
  };
  return {
    fs: {
      ...fs,
      open: async (path, flags, mode) => lying(await fs.open(path, flags, mode), String(path), flags !== 'r'),
    },
    failSyncs: (count) => {
      failing = count;
    },
    fillUp: (count) => {
      full = count;
    },
  };
};
