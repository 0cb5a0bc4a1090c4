/** A life of a package that saves a text: the directory is there, and synced, before the package is asked for anything. */
import { dirname } from 'node:path/posix';
import type { SimulatedEnvironment } from '../exports/index.js';
import { FILE, type TextFile } from './text-file.js';

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const syncDirectory = async ({ fs }: SimulatedEnvironment, path: string): Promise<void> => {
  const directory = await fs.open(path, 'r');
  await directory.sync();
  await directory.close();
};

/** `save` is the package's own; everything else is the environment's. */
export const openTextFile = async (
  env: SimulatedEnvironment,
  save: (text: string) => Promise<unknown>,
): Promise<TextFile> => {
  await env.fs.mkdir(dirname(FILE), { recursive: true });
  await syncDirectory(env, '/');
  return {
    save: async (text) => void (await save(text)),
    read: () =>
      env.fs.readFile(FILE, 'utf8').catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
  };
};
