/** The disk that a life starts with, as plain data: a replay exports it to a real directory. */
import { type DiskImage, type FileInode, fileBytes, ROOT_INO } from '../disk/crash-model/disk-image.js';
import { SECTOR_BYTES } from '../disk/crash-model/sector.js';
import type { LifeRecord } from '../life/life-record.js';
import { codedError } from '../util/errors.js';

/** Bytes of a file from an offset on. Between runs there are zeros. */
export interface ByteRun {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** One name of the disk. Paths start with '/' and have no `.` or `..` in them. */
export type ExportedEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly size: number;
      readonly runs: readonly ByteRun[];
    }
  /** A further name of a file whose first name comes before it. */
  | { readonly kind: 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string };

export interface ExportedDisk {
  /** The life that starts with it, from 1. */
  readonly life: number;
  /** Each directory comes before its entries. The root is left out. */
  readonly entries: readonly ExportedEntry[];
}

/** The largest disk that is exported, in bytes of all its files: a program can make a file of any size out of a hole. */
export const EXPORT_BYTES_MAX = 256 * 1024 * 1024;

/** The runs of sectors with other bytes than zeros. */
const runsOf = (file: FileInode): readonly ByteRun[] => {
  const bytes = fileBytes(file);
  const runs: { at: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    const end = Math.min(at + SECTOR_BYTES, bytes.length);
    if (bytes.subarray(at, end).every((byte) => byte === 0)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.at + last.bytes.length === at) last.bytes = bytes.subarray(last.at, end);
    else runs.push({ at, bytes: bytes.subarray(at, end) });
  }
  return runs.map((run) => ({ at: run.at, bytes: run.bytes.slice() }));
};

const entriesOf = (image: DiskImage): readonly ExportedEntry[] => {
  const entries: ExportedEntry[] = [];
  const firstNames = new Map<number, string>();
  const walk = (directory: number, parent: string): void => {
    const inode = image.inodes.get(directory);
    if (inode?.kind !== 'directory') return;
    for (const [name, ino] of [...inode.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const child = image.inodes.get(ino);
      const path = `${parent}/${name}`;
      if (child?.kind === 'directory') {
        entries.push({ kind: 'directory', path, mode: child.mode });
        walk(ino, path);
      } else if (child?.kind === 'symlink') {
        entries.push({ kind: 'symlink', path, target: child.target });
      } else if (child !== undefined) {
        const to = firstNames.get(ino);
        if (to === undefined) {
          firstNames.set(ino, path);
          entries.push({ kind: 'file', path, mode: child.mode, size: child.size, runs: runsOf(child) });
        } else entries.push({ kind: 'link', path, to });
      }
    }
  };
  walk(ROOT_INO, '');
  return entries;
};

/**
 * The disk that a life of a replayed run starts with.
 * @param wanted number of the life, from 1; 'last': the one after the last crash
 * @throws SimulatorError 'EXPORT_IMPOSSIBLE': there is no such life, no crash, or the disk is too large
 */
export const exportedDisk = (
  lives: readonly Pick<LifeRecord, 'start'>[],
  wanted: number | 'last',
): ExportedDisk => {
  const refused = (why: string, remedy: string) =>
    codedError('EXPORT_IMPOSSIBLE', `The disk can't be exported: ${why}. ${remedy}`);
  if (wanted === 'last' && lives.length === 1)
    throw refused('the run has no crash', 'Use --export-life 1 for the disk that it starts with.');
  const life = wanted === 'last' ? lives.length : wanted;
  const record = lives[life - 1];
  if (record === undefined)
    throw refused(`the run has no life ${life}`, `Choose a life from 1 to ${lives.length}.`);
  const { image } = record.start;
  let bytes = 0;
  for (const inode of image.inodes.values()) if (inode.kind === 'file') bytes += inode.size;
  if (bytes > EXPORT_BYTES_MAX)
    throw refused(
      `its files have ${bytes} bytes, and ${EXPORT_BYTES_MAX} are the most`,
      'Choose another life with --export-life.',
    );
  return { life, entries: entriesOf(image) };
};
