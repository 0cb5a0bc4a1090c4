/**
 * A file system whose sync fails, as Linux has it: the error is told once, the pages count as clean from then on, and
 * a sync that is tried again succeeds without having written anything.
 */
import type { FileSystem } from '../../src/environment.js';

type FileHandle = Awaited<ReturnType<FileSystem['open']>>;

export interface LyingDisk {
  readonly fs: FileSystem;
  /** The next sync of any file fails. */
  failNextSync(): void;
}

export const lyingDisk = (fs: FileSystem): LyingDisk => {
  let failing = false;
  /** A handle whose syncs may fail; after that it syncs nothing any more. */
  const lying = (handle: FileHandle): FileHandle => {
    let believed = true;
    const guarded = (sync: () => Promise<void>) => async (): Promise<void> => {
      if (failing) {
        failing = false;
        believed = false;
        throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' });
      }
      if (believed) await sync();
    };
    const replaced = new Map<string | symbol, unknown>([
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
    fs: { ...fs, open: async (...args) => lying(await fs.open(...args)) },
    failNextSync: () => {
      failing = true;
    },
  };
};
