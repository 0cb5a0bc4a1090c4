/**
 * Files that a command leaves behind: checked before the long work, written after it, all or none.
 *
 * `prepareOutputs` makes the directories and tries each with a probe, so that a read-only or full disk is an error in the first
 * second. `write` writes every file beside its target first, synced, and renames only when all are complete: a reader never
 * gets half a report.
 */
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../../sim/util/errors.js';
import { messageOf, UsageError } from '../usage-error.js';

/** A report of ordinary size: room for less is no room. */
const PROBE_BYTES = 65_536;

export interface Outputs {
  /** Writes all files, or none. @throws UsageError OUTPUT_UNWRITABLE */
  readonly write: (files: ReadonlyMap<string, string | Uint8Array>) => Promise<void>;
  /** Takes back what the preparation made, as far as it is still empty. */
  readonly discard: () => Promise<void>;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
};

/** 'Cannot write to ...', with the reason. */
export const unwritable = (target: string, thrown: unknown): UsageError => {
  const code = errorCode(thrown);
  const reason = (code === undefined ? undefined : REASONS[code]) ?? messageOf(thrown);
  return new UsageError('OUTPUT_UNWRITABLE', `Cannot write to '${target}': ${reason}.`);
};

const writeSynced = async (path: string, contents: string | Uint8Array): Promise<void> => {
  const handle: FileHandle = await open(path, 'w');
  try {
    await handle.writeFile(contents);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Removes a file whatever state it is in: the trouble to tell is the one that led here. */
const remove = async (path: string): Promise<void> => {
  await unlink(path).catch(() => undefined);
};

const beside = (path: string): string => `${path}.${process.pid}.tmp`;

const probe = async (directory: string): Promise<void> => {
  const path = beside(resolve(directory, '.powercut-probe'));
  try {
    await writeSynced(path, new Uint8Array(PROBE_BYTES));
  } finally {
    await remove(path);
  }
};

/** True for a device or a pipe, which is written to, never replaced. */
const isSpecial = async (path: string): Promise<boolean> => {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return !stats.isFile();
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return false;
    throw thrown;
  }
};

/**
 * Makes a directory and those above it; returns the ones that were not there, deepest first. One at a time: Node's own
 * recursive mkdir never returns where the system answers ENOENT under a directory that is there, as /proc does.
 */
export const makeDirectory = async (directory: string): Promise<readonly string[]> => {
  try {
    await mkdir(directory);
    return [directory];
  } catch (thrown) {
    const code = errorCode(thrown);
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return [];
    const parent = dirname(directory);
    if (code !== 'ENOENT' || parent === directory) throw thrown;
    const above = await makeDirectory(parent);
    // The parent is there now, so whatever is still wrong is wrong with this one.
    await mkdir(directory);
    return [directory, ...above];
  }
};

const writeAll = async (files: ReadonlyMap<string, string | Uint8Array>): Promise<void> => {
  const pending: { readonly from: string; readonly to: string }[] = [];
  let current = '';
  try {
    for (const [path, contents] of files) {
      current = path;
      if (await isSpecial(path)) {
        await writeSynced(path, contents).catch((thrown: unknown) => {
          // Pipes and terminals cannot be synced, and need not be.
          if (errorCode(thrown) !== 'EINVAL') throw thrown;
        });
      } else {
        pending.push({ from: beside(path), to: path });
        await writeSynced(beside(path), contents);
      }
    }
    for (const { from, to } of pending) {
      current = to;
      await rename(from, to);
    }
  } catch (thrown) {
    for (const { from } of pending) await remove(from);
    throw unwritable(current, thrown);
  }
};

/**
 * Makes sure that these files can be written. Cost: one small synced write for each directory.
 *
 * @throws UsageError OUTPUT_UNWRITABLE; nothing is left behind then.
 */
export const prepareOutputs = async (paths: readonly string[]): Promise<Outputs> => {
  const made: string[] = [];
  const discard = async (): Promise<void> => {
    for (const directory of made) await rmdir(directory).catch(() => undefined);
  };
  for (const path of paths) {
    try {
      if (await isSpecial(path)) continue;
      made.unshift(...(await makeDirectory(dirname(path))));
      await probe(dirname(path));
    } catch (thrown) {
      await discard();
      throw unwritable(path, thrown);
    }
  }
  return { write: writeAll, discard };
};
