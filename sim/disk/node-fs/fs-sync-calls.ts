/**
 * The functions of `node:fs` that are one system call each (or made of a few, where Node makes them so), synchronously
 * and with Node's arguments. Promises, callbacks and the synchronous functions are all made from these.
 */
import { Buffer } from 'node:buffer';
import { constants, type Stats } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createError, type Link } from '@jsonjoy.com/fs-core';
import type { Operation } from '../../suite/operations.js';
import { childNames, childOf, inodeOf } from '../kernel/inode-table.js';
import type { SystemCalls } from '../kernel/system-calls.js';
import { direntOf, encoded, type StatOptions, statFsOf, statsOf as statsOfNode } from './stats.js';

export type Path = string | Uint8Array | URL;
export type Time = number | string | Date;
type Encoding = BufferEncoding | 'buffer' | null;
type WithEncoding = { readonly encoding?: Encoding } | Encoding;
type Mode = number | string | null;

const O = {
  RDONLY: 0,
  WRONLY: 1,
  RDWR: 2,
  CREAT: 0o100,
  EXCL: 0o200,
  TRUNC: 0o1000,
  APPEND: 0o2000,
  SYNC: 0o4010000,
} as const;
const W = O.WRONLY | O.CREAT;
const RW = O.RDWR | O.CREAT;

const MODIFIERS: Readonly<Record<string, number>> = { '': 0, x: O.EXCL, s: O.SYNC };
/** Node's flag names, with the letters that change them in any order Node takes. */
const FLAGS: ReadonlyMap<string, number> = new Map([
  ...[['r', O.RDONLY] as const, ['r+', O.RDWR] as const],
  ...['rs', 'sr'].flatMap((name) => [
    [name, O.RDONLY | O.SYNC] as const,
    [`${name}+`, O.RDWR | O.SYNC] as const,
  ]),
  ...[['w', O.TRUNC, 'x'] as const, ['a', O.APPEND, 'xs'] as const].flatMap(([letter, flag, modifiers]) =>
    ['', ...modifiers].flatMap((modifier) => {
      const added = flag | (MODIFIERS[modifier] ?? 0);
      return [letter + modifier, modifier + letter].flatMap((name) => [
        [name, W | added] as const,
        [`${name}+`, RW | added] as const,
      ]);
    }),
  ),
]);

const invalid = (message: string): TypeError =>
  Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });

/** @throws TypeError 'ERR_INVALID_ARG_VALUE' for a name that Node does not know */
export const flagsOf = (flags: string | number | null | undefined, otherwise: string): number => {
  if (typeof flags === 'number') return flags;
  const value = FLAGS.get(flags ?? otherwise);
  if (value === undefined) throw invalid(`The argument 'flags' is invalid. Received '${flags}'`);
  return value;
};

export const modeOf = (mode: Mode | undefined, otherwise: number): number =>
  typeof mode === 'string' ? Number.parseInt(mode, 8) : (mode ?? otherwise);

export const textOf = (path: Path): string => {
  if (typeof path === 'string') return path;
  return path instanceof URL ? fileURLToPath(path) : Buffer.from(path).toString();
};

/** The path as the kernel walks it: absolute, but not yet taken apart. A program stands in the root. */
export const pathOf = (path: Path): string => {
  const text = textOf(path);
  if (text === '') throw createError('ENOENT', 'open', '');
  if (text.includes('\0'))
    throw invalid("The argument 'path' must be a string, Uint8Array, or URL without null bytes.");
  return text.startsWith('/') ? text : `/${text}`;
};

export const secondsOf = (time: Time): number =>
  time instanceof Date ? time.getTime() / 1000 : Number(time);

const encodingOf = (options: WithEncoding | undefined): Encoding =>
  (typeof options === 'string' ? options : options?.encoding) ?? null;

/** A directory's names for itself count as links: one in its parent, its own `.`, and each subdirectory's `..`. */
const linksOf = (link: Link): number => {
  const node = inodeOf(link.getNode());
  if (!node.isDirectory() || node.nlink === 0) return node.readLinks();
  return 2 + childNames(link).filter((name) => childOf(link, name)?.getNode().isDirectory()).length;
};

/** @param node what it led to when it was opened, if that is no longer what its name leads to */
export const statsOf = (link: Link, node = link.getNode(), options?: StatOptions | null): Stats =>
  statsOfNode(node, node === link.getNode() ? linksOf(link) : inodeOf(node).readLinks(), options);

export interface ListOptions {
  readonly encoding?: Encoding;
  readonly withFileTypes?: boolean;
  readonly recursive?: boolean;
}

export const listOptions = (options: ListOptions | Encoding | undefined): ListOptions =>
  typeof options === 'object' ? (options ?? {}) : { encoding: options ?? null };

export type MakeOptions = { readonly recursive?: boolean; readonly mode?: Mode } | Mode;

export interface RemoveOptions {
  readonly force?: boolean;
  readonly recursive?: boolean;
}

/** An entry of a directory, as Node returns it. */
interface Entry {
  readonly entry: unknown;
  /** Its path below the directory that is listed, with a slash behind it; undefined if a recursive listing passes it. */
  readonly directory: string | undefined;
}

/** The calls by path, on one kernel. */
export const nodeCalls = (kernel: SystemCalls) => {
  const look = <T>(
    operation: Operation,
    path: Path,
    last: 'follow' | 'keep',
    use: (link: Link, at: string) => T,
  ): T => {
    const at = pathOf(path);
    return kernel.observe(operation, at, () => use(kernel.linkAt(at, operation, last), at));
  };

  /**
   * The entries of one directory in the listing of `path`. As in Node, a recursive listing of mere names goes through symbolic
   * links, round in a circle for as long as a path may lead through links; one with types takes a link for what it is.
   * @param below the directory's path below `path`, with a slash behind it; '' for `path` itself
   */
  const entries = (path: Path, options: ListOptions, below: string): readonly Entry[] =>
    look('readdir', below === '' ? path : `${pathOf(path)}/${below.slice(0, -1)}`, 'follow', (link, at) => {
      if (!link.getNode().isDirectory()) throw createError('ENOTDIR', 'scandir', at);
      const leadsToDirectory = (child: Link, name: string): boolean => {
        if (!child.getNode().isSymlink() || options.withFileTypes === true)
          return child.getNode().isDirectory();
        try {
          return kernel.linkAt(`${at}/${name}`, 'readdir', 'follow').getNode().isDirectory();
        } catch {
          return false; // a link that leads nowhere is a name like any other
        }
      };
      const given = path instanceof URL ? textOf(path) : path;
      const parentPath = below === '' ? given : posix.join(String(given), below).replace(/\/$/, '');
      return childNames(link).flatMap((name) => {
        const child = childOf(link, name);
        if (child === undefined) return [];
        const entry =
          options.withFileTypes === true
            ? direntOf(child, parentPath, encodingOf(options))
            : encoded(below + name, encodingOf(options));
        const isEntered = options.recursive === true && leadsToDirectory(child, name);
        return [{ entry, directory: isEntered ? `${below}${name}/` : undefined }];
      });
    });
  const makingMode = (options: MakeOptions | undefined): number =>
    modeOf(typeof options === 'object' && options !== null ? options.mode : options, 0o777);

  return {
    open: (path: Path, flags?: string | number | null, mode?: Mode): number =>
      kernel.open(pathOf(path), flagsOf(flags, 'r'), modeOf(mode, 0o666)),
    stat: (path: Path, options?: StatOptions | null) =>
      look('stat', path, 'follow', (link) => statsOf(link, link.getNode(), options)),
    lstat: (path: Path, options?: StatOptions | null) =>
      look('lstat', path, 'keep', (link) => statsOf(link, link.getNode(), options)),
    // The one user may read and write everything, but runs a file only where somebody may.
    access: (path: Path, mode?: number | null): void =>
      look('access', path, 'follow', (link, at) => {
        const node = link.getNode();
        if (
          ((mode ?? 0) & constants.X_OK) !== 0 &&
          !node.isDirectory() &&
          (inodeOf(node).readMode() & 0o111) === 0
        )
          throw createError('EACCES', 'access', at);
      }),
    readdir: (path: Path, options?: ListOptions | Encoding): unknown[] =>
      entries(path, { ...listOptions(options), recursive: false }, '').map(({ entry }) => entry),
    entries,
    opendir: (path: Path): void =>
      look('opendir', path, 'follow', (link, at) => {
        if (!link.getNode().isDirectory()) throw createError('ENOTDIR', 'opendir', at);
      }),
    readlink: (path: Path, options?: WithEncoding) =>
      look('readlink', path, 'keep', (link, at) => {
        if (!link.getNode().isSymlink()) throw createError('EINVAL', 'readlink', at);
        return encoded(link.getNode().symlink, encodingOf(options));
      }),
    realpath: (path: Path, options?: WithEncoding) =>
      look('realpath', path, 'follow', (link) => encoded(link.getPath() || '/', encodingOf(options))),
    /** The mode in the arguments of mkdir. */
    makingMode,
    mkdir: (path: Path, options?: MakeOptions): undefined => {
      kernel.mkdir(pathOf(path), makingMode(options));
    },
    rmdir: (path: Path): void => kernel.rmdir(pathOf(path)),
    rm: (path: Path, options?: RemoveOptions): void => kernel.rm(pathOf(path), options?.force),
    unlink: (path: Path): void => kernel.unlink(pathOf(path)),
    rename: (from: Path, to: Path): void => kernel.rename(pathOf(from), pathOf(to)),
    link: (existing: Path, path: Path): void => kernel.link(pathOf(existing), pathOf(path)),
    symlink: (target: Path, path: Path): void => {
      // Kept as it is: a relative target starts from the directory that the link is in.
      kernel.symlink(textOf(target), pathOf(path));
    },
    chmod: (path: Path, mode: Mode): void => kernel.chmod(pathOf(path), modeOf(mode, 0)),
    utimes: (path: Path, accessed: Time, modified: Time): void =>
      kernel.utimes(pathOf(path), secondsOf(accessed), secondsOf(modified)),
    lutimes: (path: Path, accessed: Time, modified: Time): void =>
      kernel.utimes(pathOf(path), secondsOf(accessed), secondsOf(modified), false),
    // There is one user, root, and every file is root's: what would give it to another changes nothing that is kept.
    chown: (path: Path): void => look('chown', path, 'follow', () => undefined),
    lchown: (path: Path): void => look('lchown', path, 'keep', () => undefined),
    statfs: (path: Path, options?: StatOptions | null): object =>
      look('statfs', path, 'follow', () => statFsOf(options)),
  };
};

export type NodeCalls = ReturnType<typeof nodeCalls>;
