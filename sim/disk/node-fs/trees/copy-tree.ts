/**
 * `cp`: files, directories and links copied by name, composed of the calls that Node 20 makes. Each call is a step of
 * its own, so a power cut leaves part of a tree. `form` is read where Node's synchronous and promise forms differ.
 */
import type { Stats } from 'node:fs';
import { posix } from 'node:path';
import { types } from 'node:util';
import { isSystemError, type SystemCalls } from '../../kernel/system-calls.js';
import { ask, call, type Sequence } from '../call-sequence.js';
import type { NodeCalls } from '../fs-sync-calls.js';
import { copyFile } from './copy-file.js';
import { type CopyOptions, copyError, notABoolean } from './copy-options.js';
import { treeCalls } from './tree-calls.js';

const { dirname, isAbsolute, join } = posix;
/** By the text alone; a program stands in the root. */
const resolve = (...paths: readonly string[]): string => posix.resolve('/', ...paths);

const OWNER_MAY_WRITE = 0o200;
/** Node's synchronous form says EISDIR with the number of EINVAL. */
const EINVAL = 22;

type Form = 'sync' | 'promised';

/** What is at the destination; undefined: nothing. */
type Target = Stats | undefined;

export class TreeCopy {
  constructor(
    private readonly kernel: SystemCalls,
    private readonly calls: NodeCalls,
    private readonly form: Form,
    private readonly options: CopyOptions,
  ) {}

  *copy(from: string, to: string): Sequence<void> {
    const found = yield* this.compare(from, to);
    if (found === undefined) return;
    yield* this.refuseWithin(found.source, from, to);
    yield* this.makeParents(to);
    yield* this.copyOne(from, to, found.target);
  }

  /** What there is at both ends; undefined: the filter leaves it out. */
  private *compare(from: string, to: string): Sequence<{ source: Stats; target: Target } | undefined> {
    if (!(yield* this.isWanted(from, to))) return undefined;
    const source = yield* call(() => this.look(from));
    const target = yield* this.orNothing(() => this.look(to));
    if (target !== undefined) refuseMismatch(source, target, from, to);
    if (source.isDirectory() && isWithin(to, from)) throw intoItself(from, to, to);
    return { source, target };
  }

  private *isWanted(from: string, to: string): Sequence<boolean> {
    const { filter } = this.options;
    if (filter === undefined) return true;
    const answer = yield* ask(() => {
      const given = filter(from, to);
      if (this.form === 'sync' && types.isPromise(given)) throw notABoolean();
      return given;
    });
    return Boolean(answer);
  }

  private look(path: string): Stats {
    return this.options.dereference ? this.calls.stat(path) : this.calls.lstat(path);
  }

  private *orNothing(look: () => Stats): Sequence<Target> {
    try {
      return yield* call(look);
    } catch (error) {
      if (isSystemError(error) && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** No directory above the destination may be the source, by whatever name. */
  private *refuseWithin(source: Stats, from: string, to: string): Sequence<void> {
    const beside = resolve(dirname(from));
    for (let above = resolve(dirname(to)); above !== beside && above !== '/'; above = dirname(above)) {
      const path = above;
      const found = yield* this.orNothing(() => this.calls.stat(path));
      if (found === undefined) return;
      if (found.ino === source.ino) throw intoItself(from, to, to);
    }
  }

  private *makeParents(to: string): Sequence<void> {
    const parent = dirname(to);
    if (!(yield* this.exists(parent)))
      yield* treeCalls(this.kernel, this.calls).mkdir(parent, { recursive: true });
  }

  private *exists(path: string): Sequence<boolean> {
    if (this.form === 'promised') return (yield* this.orNothing(() => this.calls.stat(path))) !== undefined;
    try {
      yield* call(() => this.calls.access(path));
      return true;
    } catch (error) {
      if (isSystemError(error)) return false;
      throw error;
    }
  }

  private *copyOne(from: string, to: string, target: Target): Sequence<void> {
    // Once more: meanwhile it may have become something else.
    const source = yield* call(() => this.look(from));
    if (source.isSymbolicLink()) return yield* this.copyLink(from, to, target);
    if (!source.isDirectory()) return yield* this.copyContent(source, from, to, target);
    if (this.options.recursive) return yield* this.copyDirectory(source, from, to, target);
    const errno = this.form === 'sync' ? EINVAL : undefined;
    throw copyError('ERR_FS_EISDIR', `${from} is a directory (not copied)`, from, errno);
  }

  private *copyContent(source: Stats, from: string, to: string, target: Target): Sequence<void> {
    const { force, errorOnExist, mode, preserveTimestamps } = this.options;
    if (target !== undefined) {
      if (!force && errorOnExist) throw copyError('ERR_FS_CP_EEXIST', `${to} already exists`, to);
      if (!force) return;
      yield* call(() => this.calls.unlink(to));
    }
    yield* copyFile(this.kernel, this.calls, from, to, mode);
    const permissions = Number(source.mode);
    if (preserveTimestamps) {
      if ((permissions & OWNER_MAY_WRITE) === 0)
        yield* call(() => this.calls.chmod(to, permissions | OWNER_MAY_WRITE));
      const { atime, mtime } = yield* call(() => this.calls.stat(from));
      yield* call(() => this.calls.utimes(to, atime, mtime));
    }
    yield* call(() => this.calls.chmod(to, permissions));
  }

  private *copyDirectory(source: Stats, from: string, to: string, target: Target): Sequence<void> {
    if (target === undefined) yield* call(() => this.calls.mkdir(to));
    yield* call(() => this.calls.opendir(from));
    for (const name of yield* call(() => this.calls.readdir(from).map(String))) {
      const [below, copy] = [join(from, name), join(to, name)];
      const found = yield* this.compare(below, copy);
      if (found !== undefined) yield* this.copyOne(below, copy, found.target);
    }
    if (target === undefined) yield* call(() => this.calls.chmod(to, Number(source.mode)));
  }

  private *copyLink(from: string, to: string, target: Target): Sequence<void> {
    const text = yield* call(() => String(this.calls.readlink(from)));
    const leadsTo = this.options.verbatimSymlinks || isAbsolute(text) ? text : resolve(dirname(from), text);
    // A file in the way is not a link: making one over it fails, and says so.
    if (target?.isSymbolicLink() === true) {
      const replaced = resolve(dirname(to), yield* call(() => String(this.calls.readlink(to))));
      if (isWithin(replaced, leadsTo)) throw intoItself(leadsTo, replaced, to);
      // Of the two, Node looks at one in one form and at the other in the other.
      const looked = yield* call(() => this.calls.stat(this.form === 'sync' ? to : from));
      if (looked.isDirectory() && isWithin(leadsTo, replaced))
        throw copyError(
          'ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY',
          `cannot overwrite ${replaced} with ${leadsTo}`,
          to,
        );
      yield* call(() => this.calls.unlink(to));
    }
    yield* call(() => this.calls.symlink(leadsTo, to));
  }
}

const namesOf = (path: string): readonly string[] =>
  resolve(path)
    .split('/')
    .filter((name) => name !== '');

/** By the text alone: whether `path` is `directory` or below it. */
const isWithin = (path: string, directory: string): boolean => {
  const names = namesOf(path);
  return namesOf(directory).every((name, index) => names[index] === name);
};

const intoItself = (from: string, to: string, path: string): Error =>
  copyError('ERR_FS_CP_EINVAL', `cannot copy ${from} to a subdirectory of self ${to}`, path);

const refuseMismatch = (source: Stats, target: Stats, from: string, to: string): void => {
  if (source.ino === target.ino) throw copyError('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', to);
  const [isDirectory, ontoDirectory] = [source.isDirectory(), target.isDirectory()];
  if (isDirectory && !ontoDirectory)
    throw copyError(
      'ERR_FS_CP_DIR_TO_NON_DIR',
      `cannot overwrite non-directory ${to} with directory ${from}`,
      to,
    );
  if (!isDirectory && ontoDirectory)
    throw copyError(
      'ERR_FS_CP_NON_DIR_TO_DIR',
      `cannot overwrite directory ${to} with non-directory ${from}`,
      to,
    );
};
