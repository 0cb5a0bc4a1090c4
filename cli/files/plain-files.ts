/** Files in a directory of a project that others can write to, too: what lies there may be a pipe, a link, or much too large. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { printableLine } from '../../reports/format.js';
import { errorCode } from '../../sim/util/errors.js';

/** Why a directory can't be used. */
export type Obstacle =
  | { readonly kind: 'absent' }
  | { readonly kind: 'not a directory'; readonly path: string }
  | { readonly kind: 'unreadable'; readonly thrown: unknown };

/** The first of these paths, outermost first, that is no directory. A link is none: it would lead out of the project. */
export const obstacleOn = async (paths: readonly string[]): Promise<Obstacle | undefined> => {
  for (const path of paths) {
    try {
      if (!(await lstat(path)).isDirectory()) return { kind: 'not a directory', path };
    } catch (thrown) {
      return errorCode(thrown) === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', thrown };
    }
  }
  return undefined;
};

export interface PlainTextOptions {
  readonly bytesMax: number;
  /** Default: a link is no plain file. */
  readonly followsLinks?: boolean;
}

/** The text of a plain file. Undefined for anything else, for one that is too large, and for one that is gone meanwhile. */
export const plainText = async (
  path: string,
  { bytesMax, followsLinks = false }: PlainTextOptions,
): Promise<string | undefined> => {
  const links = followsLinks ? 0 : constants.O_NOFOLLOW;
  let handle: FileHandle;
  try {
    // A pipe must not be waited for.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | links);
  } catch {
    return undefined; // the caller leaves the file out, whatever the reason
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > bytesMax) return undefined;
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
};

/** True for whatever is there, also for a link that leads nowhere. */
export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Removes a file, unless another run was quicker. */
export const removeFile = async (path: string): Promise<void> => {
  await unlink(path).catch((thrown: unknown) => {
    if (errorCode(thrown) !== 'ENOENT') throw thrown;
  });
};

const NAMES_TOLD = 3;

/** The first names, printable, and how many more there are. */
export const firstNames = (names: readonly string[]): string => {
  const told = names.slice(0, NAMES_TOLD).map((name) => printableLine(name));
  const more = names.length > NAMES_TOLD ? `, and ${names.length - NAMES_TOLD} more` : '';
  return `${told.join(', ')}${more}`;
};
