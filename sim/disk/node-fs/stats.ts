/**
 * What Node tells of files, in Node's own classes: `instanceof` holds, also for a program that got hold of `fs.Stats` or
 * `fs.Dirent` before its life began.
 */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import type { Link, Node } from '@jsonjoy.com/fs-core';
import { inodeOf } from '../kernel/inode-table.js';

const BLOCK_BYTES = 4096;
const UNIT_BYTES = 512;
const NS_PER_MS = 1_000_000;

/** The names of the four times, in Node's order. */
const TIMES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

// Node exports neither of these two: what it gives of a file that is there, as it has been loaded, shows them.
const HERE = new URL(import.meta.url);
const BIGINT_STATS: object = Object.getPrototypeOf(fs.statSync(HERE, { bigint: true }));
const STAT_FS: object = Object.getPrototypeOf(fs.statfsSync(HERE));
const STAT_FS_NAMES = new Set(Object.keys(fs.statfsSync(HERE)));
/** Since Node 22 the dates are made when somebody looks at them. */
const HAS_LAZY_DATES = Object.hasOwn(fs.Stats.prototype, 'mtime');

export interface StatOptions {
  readonly bigint?: boolean;
}

type Numbers = Readonly<Record<string, number>>;

const blocksOf = (node: Node, size: number): number =>
  node.isFile() ? Math.ceil(size / BLOCK_BYTES) * (BLOCK_BYTES / UNIT_BYTES) : 0;

/** @param nlink how many names lead to it */
export const statsOf = (node: Node, nlink: number, options?: StatOptions | null): fs.Stats => {
  const size = node.getSize();
  const { uid, gid, rdev, ino } = node;
  const mode = inodeOf(node).readMode();
  const numbers: Numbers = {
    ...{ dev: 0, mode, nlink, uid, gid, rdev, blksize: BLOCK_BYTES, ino, size },
    blocks: blocksOf(node, size),
  };
  const { accessedMs, modifiedMs, changedMs, bornMs } = inodeOf(node).times;
  const times = [accessedMs, modifiedMs, changedMs, bornMs];
  return options?.bigint === true ? bigintStats(numbers, times) : plainStats(numbers, times);
};

const dateOf = (ms: number): Date => new Date(Math.round(ms));

/** By literals: programs ask for it often, and computed names cost more than all the rest. */
const plainStats = (numbers: Numbers, times: readonly number[]): fs.Stats => {
  const stats: fs.Stats = Object.create(fs.Stats.prototype);
  const [atimeMs = 0, mtimeMs = 0, ctimeMs = 0, birthtimeMs = 0] = times;
  Object.assign(stats, numbers, { atimeMs, mtimeMs, ctimeMs, birthtimeMs });
  if (!HAS_LAZY_DATES)
    Object.assign(stats, {
      atime: dateOf(atimeMs),
      mtime: dateOf(mtimeMs),
      ctime: dateOf(ctimeMs),
      birthtime: dateOf(birthtimeMs),
    });
  return stats;
};

const bigintStats = (numbers: Numbers, times: readonly number[]): fs.Stats => {
  const stats: object = Object.create(BIGINT_STATS);
  for (const [name, number] of Object.entries(numbers)) Object.assign(stats, { [name]: BigInt(number) });
  const nanoseconds = times.map((ms) => BigInt(Math.round(ms * NS_PER_MS)));
  for (const [index, name] of TIMES.entries())
    Object.assign(stats, { [`${name}Ms`]: (nanoseconds[index] ?? 0n) / BigInt(NS_PER_MS) });
  for (const [index, name] of TIMES.entries()) Object.assign(stats, { [`${name}Ns`]: nanoseconds[index] });
  if (!HAS_LAZY_DATES)
    for (const [index, name] of TIMES.entries()) Object.assign(stats, { [name]: dateOf(times[index] ?? 0) });
  return stats as fs.Stats; // but for the type of its fields, as with Node's own `bigint` option
};

/** Of a path that leads to nothing, as `watchFile` tells it. */
export const noStats = (options?: StatOptions): fs.Stats => {
  const names = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'blksize', 'ino', 'size', 'blocks'];
  const zeros = Object.fromEntries(names.map((name) => [name, 0]));
  return options?.bigint === true ? bigintStats(zeros, [0, 0, 0, 0]) : plainStats(zeros, [0, 0, 0, 0]);
};

/** ext4's, by which Linux knows a file system. */
const TYPE = 0xef53;
/** A disk of 4 GiB, half of it free: the same for every program, as a simulated disk is never full but by a planned fault. */
const FILE_SYSTEM: Numbers = {
  type: TYPE,
  ...{ bsize: BLOCK_BYTES, frsize: BLOCK_BYTES },
  ...{ blocks: 1_048_576, bfree: 524_288, bavail: 524_288, files: 1_048_576, ffree: 524_288 },
};

export const statFsOf = (options?: StatOptions | null): object => {
  // Node 24 has one more than Node 20.
  const numbers = Object.entries(FILE_SYSTEM).filter(([name]) => STAT_FS_NAMES.has(name));
  const told = numbers.map(([name, number]) => [name, options?.bigint === true ? BigInt(number) : number]);
  return Object.assign(Object.create(STAT_FS), Object.fromEntries(told));
};

// Node's numbers for the kinds of names, which its types leave out.
const [UV_DIRENT_FILE, UV_DIRENT_DIR, UV_DIRENT_LINK] = ['FILE', 'DIR', 'LINK'].map((kind): unknown =>
  Reflect.get(fs.constants, `UV_DIRENT_${kind}`),
);

/** @param encoding of its name: 'buffer' for bytes */
export const direntOf = (
  link: Link,
  parentPath: string | Uint8Array,
  encoding?: string | null,
): fs.Dirent => {
  const node = link.getNode();
  const type = node.isDirectory() ? UV_DIRENT_DIR : node.isSymlink() ? UV_DIRENT_LINK : UV_DIRENT_FILE;
  const name = encoded(link.getName(), encoding);
  // Node does not document the constructor's parameters; they are the same from 20 to 26.
  return Reflect.construct(fs.Dirent, [name, type, parentPath]);
};

/** A name as Node gives it: a text, bytes, or the bytes as a text in another encoding. */
export const encoded = (text: string, encoding?: string | null): string | Buffer => {
  if (encoding === undefined || encoding === null || encoding === 'utf8') return text;
  const bytes = Buffer.from(text);
  return encoding === 'buffer' ? bytes : bytes.toString(encoding as BufferEncoding); // Node has taken it for one
};
