/**
 * Writes the disk of a simulated computer into a real directory, where real programs can open it.
 *
 * The author of a token chooses what lies on that disk. So every name is checked before anything is written, each file is
 * created and never opened, no mode grants more than read, write and execute, and a symbolic link leads to a place inside the directory.
 */
import { link, lstat, mkdir, open, readdir, rm, rmdir, symlink } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { formatCount, printableLine } from '../../reports/format.js';
import { EXPORT_BYTES_MAX, type ExportedDisk, type ExportedEntry } from '../../sim/replay/exported-disk.js';
import { errorCode } from '../../sim/util/errors.js';
import { UsageError } from '../usage-error.js';
import { makeDirectory, unwritable } from './atomic-outputs.js';

/** As many as Linux follows. */
const LINKS_FOLLOWED_MAX = 40;
const LINES_MAX = 20;
const PERMISSIONS = 0o777;
/** The owner can read, change and delete what was exported. */
const FILE_OWNER = 0o600;
const DIRECTORY_OWNER = 0o700;

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i;

/** Whether a name stands for one entry of its directory. */
const isFileName = (name: string, platform: NodeJS.Platform): boolean => {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) return false;
  if (platform !== 'win32') return true;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them
  return !/[\\:*?"<>|\u0000-\u001f]|[. ]$/.test(name) && !WINDOWS_DEVICE.test(name);
};

const refused = (why: string): UsageError =>
  new UsageError('EXPORT_IMPOSSIBLE', `The disk can't be exported: ${why}. Nothing was written.`);

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

type Entries = ReadonlyMap<string, ExportedEntry>;

/** @throws UsageError 'EXPORT_IMPOSSIBLE' if an entry is anything but a new name in a directory that comes before it */
const checkedEntries = (disk: ExportedDisk, platform: NodeJS.Platform): Entries => {
  const entries = new Map<string, ExportedEntry>();
  let bytes = 0;
  for (const entry of disk.entries) {
    const { path } = entry;
    const parent = parentOf(path);
    const shown = printableLine(JSON.stringify(path));
    if (!path.startsWith('/') || !isFileName(path.slice(parent.length + 1), platform))
      throw refused(`${shown} is no file name on this system`);
    if (parent !== '' && entries.get(parent)?.kind !== 'directory')
      throw refused(`${shown} is not in a directory`);
    if (entries.has(path)) throw refused(`${shown} is there twice`);
    if (entry.kind === 'link' && entries.get(entry.to)?.kind !== 'file')
      throw refused(`${shown} is a name of no file`);
    if (entry.kind === 'file') {
      bytes += entry.size;
      if (!(bytes <= EXPORT_BYTES_MAX) || entry.runs.some((run) => run.at + run.bytes.length > entry.size))
        throw refused(`${shown} is too large`);
    }
    entries.set(path, entry);
  }
  return entries;
};

/** The directory that a path of the disk leads to, '' for the root; undefined if there is none. */
const directoryAt = (entries: Entries, path: string, follow: number): string | undefined => {
  if (path === '') return path;
  const entry = entries.get(path);
  if (entry?.kind === 'directory') return path;
  if (entry?.kind !== 'symlink' || follow === 0) return undefined;
  const place = placeOf(entries, entry.target, parentOf(path), follow - 1);
  return place === undefined ? undefined : directoryAt(entries, place, follow - 1);
};

/** The path of the disk that a link leads to. Its last name is not followed; all before it are directories. */
const placeOf = (entries: Entries, target: string, from: string, follow: number): string | undefined => {
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  let at = target.startsWith('/') ? '' : from;
  for (const [index, name] of names.entries()) {
    if (name === '..') {
      at = parentOf(at);
      continue;
    }
    const path = `${at}/${name}`;
    if (index === names.length - 1) return path;
    const directory = directoryAt(entries, path, follow);
    if (directory === undefined) return undefined;
    at = directory;
  }
  return at;
};

/** What to write as the target of a link, relative to its directory; undefined where that is no place on the disk. */
const targetInside = (
  entries: Entries,
  { path, target }: Extract<ExportedEntry, { readonly kind: 'symlink' }>,
  platform: NodeJS.Platform,
): string | undefined => {
  const from = parentOf(path);
  const place = placeOf(entries, target, from, LINKS_FOLLOWED_MAX);
  if (place === undefined) return undefined;
  if (place !== '' && !isFileName(place.slice(parentOf(place).length + 1), platform)) return undefined;
  return posix.relative(`/${from}`, `/${place}`) || '.';
};

const writeFile = async (
  path: string,
  { mode, runs, size }: Extract<ExportedEntry, { readonly kind: 'file' }>,
): Promise<void> => {
  // 'x' fails where anything has the name already, a link included.
  const handle = await open(path, 'wx', (mode & PERMISSIONS) | FILE_OWNER);
  try {
    for (const { at, bytes } of runs)
      for (let done = 0; done < bytes.length; )
        done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    await handle.truncate(size);
  } finally {
    await handle.close();
  }
};

/** @throws UsageError 'OUTPUT_UNWRITABLE' unless the directory is absent, or a real one with nothing in it */
export const checkExportDirectory = async (directory: string): Promise<void> => {
  try {
    const stats = await lstat(directory);
    if (stats.isSymbolicLink()) throw new Error('it is a symbolic link; name the directory itself');
    if (!stats.isDirectory()) throw new Error('it is not a directory');
    if ((await readdir(directory)).length > 0)
      throw new Error('it is not empty; name an empty directory, or a new one');
  } catch (thrown) {
    if (errorCode(thrown) !== 'ENOENT') throw unwritable(directory, thrown);
  }
};

const sizeTold = (size: number): string => (size === 0 ? 'empty' : formatCount(size, 'byte'));

const lineOf = (entry: ExportedEntry): string => {
  switch (entry.kind) {
    case 'directory':
      return `${entry.path}/`;
    case 'file':
      return `${entry.path} (${sizeTold(entry.size)})`;
    case 'link':
      return `${entry.path} (the same file as ${entry.to})`;
    case 'symlink':
      return `${entry.path} (symbolic link to ${entry.target})`;
    default:
      return entry satisfies never;
  }
};

const COUNTED = [
  ['file', 'file', 'files'],
  ['link', 'further name', 'further names'],
  ['symlink', 'symbolic link', 'symbolic links'],
  ['directory', 'directory', 'directories'],
] as const;

const told = (
  directory: string,
  disk: ExportedDisk,
  written: readonly ExportedEntry[],
  left: readonly ExportedEntry[],
): string => {
  const counts = COUNTED.flatMap(([kind, one, many]) => {
    const count = written.filter((entry) => entry.kind === kind).length;
    return count > 0 || kind === 'file' ? [formatCount(count, one, many)] : [];
  });
  const names = written.filter(({ kind }) => kind !== 'directory').map(lineOf);
  const lines = [
    `The disk that life ${disk.life} starts with is in ${directory}: ${counts.join(', ')}.`,
    ...names.slice(0, LINES_MAX).map((line) => `  ${line}`),
    ...(names.length > LINES_MAX ? [`  and ${names.length - LINES_MAX} more`] : []),
    ...left.map((entry) => `  left out, as it leads to no place on the disk: ${lineOf(entry)}`),
  ];
  return lines.map((line) => `${printableLine(line)}\n`).join('');
};

/**
 * Writes a disk into a directory, all of it or nothing.
 * @param directory relative to `base`; absent or empty
 * @returns what was written, as lines
 * @throws UsageError 'OUTPUT_UNWRITABLE'; 'EXPORT_IMPOSSIBLE' if a name can't be written here, or the disk is none
 */
export const exportDisk = async (
  disk: ExportedDisk,
  directory: string,
  base: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string> => {
  const root = resolve(base, directory);
  const entries = checkedEntries(disk, platform);
  await checkExportDirectory(root);
  const written: ExportedEntry[] = [];
  const left: ExportedEntry[] = [];
  const made: string[] = [];
  let current = root;
  try {
    made.push(...(await makeDirectory(root)));
    for (const entry of entries.values()) {
      const path = join(root, entry.path);
      current = path;
      if (entry.kind === 'directory') await mkdir(path, (entry.mode & PERMISSIONS) | DIRECTORY_OWNER);
      else if (entry.kind === 'file') await writeFile(path, entry);
      else if (entry.kind === 'link') await link(join(root, entry.to), path);
      else {
        const target = targetInside(entries, entry, platform);
        if (target === undefined) {
          left.push(entry);
          continue;
        }
        await symlink(target, path);
      }
      written.push(entry);
    }
  } catch (thrown) {
    // `current` may be there in part, or be another's: only what was made by this call is removed.
    if (current !== root && errorCode(thrown) !== 'EEXIST')
      await rm(current, { force: true }).catch(() => undefined);
    for (const { path, kind } of written.toReversed())
      await (kind === 'directory' ? rmdir(join(root, path)) : rm(join(root, path))).catch(() => undefined);
    for (const one of made) await rmdir(one).catch(() => undefined);
    throw unwritable(current, thrown);
  }
  return told(directory, disk, written, left);
};
