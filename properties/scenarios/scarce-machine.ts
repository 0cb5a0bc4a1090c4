/**
 * A file system that runs out of room or descriptors for as long as a test wants, and on which the steps of sealing a
 * segment fail. On a full disk nothing grows and nothing is created; allocated blocks can be overwritten.
 */
import { constants } from 'node:fs';
import type { FileSystem } from '../../src/environment.js';

type FileHandle = Awaited<ReturnType<FileSystem['open']>>;

/** What fails on index files and compacted segments: each step of writing them. */
export const SEALING_STEPS = ['open', 'write', 'sync', 'rename'] as const;
export type SealingStep = (typeof SEALING_STEPS)[number];

export interface ScarceMachine {
  readonly fs: FileSystem;
  isFull: boolean;
  isOutOfDescriptors: boolean;
  /** Fails from now on, with EIO. */
  brokenStep: SealingStep | undefined;
}

const failure = (code: string, call: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${call} '${path}'`), { code });

/** Whatever is written when a segment is full. */
const isOfSealing = (path: string): boolean => path.endsWith('.index') || path.endsWith('/compacted.tmp');

const creates = (flags: string | number | undefined): boolean =>
  typeof flags === 'number' ? (flags & constants.O_CREAT) !== 0 : flags !== undefined && /^[wa]/.test(flags);

export const scarceMachine = (fs: FileSystem): ScarceMachine => {
  const machine = {
    isFull: false,
    isOutOfDescriptors: false,
    brokenStep: undefined as SealingStep | undefined,
  };

  const breaks = (step: SealingStep, path: string): void => {
    if (machine.brokenStep === step && isOfSealing(path)) throw failure('EIO', step, path);
  };

  const write = async (
    handle: FileHandle,
    path: string,
    [buffer, offset, length, position]: readonly [Uint8Array, number, number, number],
  ) => {
    breaks('write', path);
    if (!machine.isFull) return await handle.write(buffer, offset, length, position);
    const { size } = await handle.stat();
    if (position >= size) throw failure('ENOSPC', 'write', path);
    return await handle.write(buffer, offset, Math.min(length, size - position), position);
  };

  const limited = (handle: FileHandle, path: string): FileHandle =>
    new Proxy(handle, {
      get: (target, name) => {
        if (name === 'write')
          return (...values: [Uint8Array, number, number, number]) => write(target, path, values);
        const own: unknown = Reflect.get(target, name);
        if (name === 'sync')
          return async () => {
            breaks('sync', path);
            await target.sync();
          };
        return typeof own === 'function' ? own.bind(target) : own;
      },
    });

  const descriptor = (call: string, path: string): void => {
    if (machine.isOutOfDescriptors) throw failure('EMFILE', call, path);
  };

  const exists = (path: string): Promise<boolean> =>
    fs.access(path).then(
      () => true,
      () => false,
    );

  const limitedFs: FileSystem = {
    ...fs,
    open: async (file, flags, mode) => {
      const path = String(file);
      descriptor('open', path);
      breaks('open', path);
      if (machine.isFull && creates(flags) && !(await exists(path))) throw failure('ENOSPC', 'open', path);
      return limited(await fs.open(file, flags, mode), path);
    },
    // Both overloads take these values and give what the real one gives.
    readFile: (async (...values: Parameters<FileSystem['readFile']>) => {
      descriptor('open', String(values[0]));
      return await fs.readFile(...values);
    }) as FileSystem['readFile'],
    rename: async (from, to) => {
      breaks('rename', String(from));
      await fs.rename(from, to);
    },
  };
  return Object.assign(machine, { fs: limitedFs });
};
