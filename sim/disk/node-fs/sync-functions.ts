/**
 * The synchronous functions of `node:fs` that are not one system call by a path: those on a descriptor, those that Node makes
 * of several calls, and those that have a way of their own to say that nothing is there. By their names without `Sync`.
 */
import { posix } from 'node:path';
import { errorCode } from '../../util/errors.js';
import type { SystemCalls } from '../kernel/system-calls.js';
import { atOnce, type Sequence } from './call-sequence.js';
import { compoundCalls } from './compound-calls.js';
import { descriptorCalls } from './descriptor-calls.js';
import { type NodeCalls, type Path, textOf } from './fs-sync-calls.js';
import { encoded, type StatOptions } from './stats.js';

const TEMPORARY_NAMES = 36 ** 6;

/** Only these two can tell by what they return that nothing is there. */
const orNothing =
  (look: NodeCalls['stat']) =>
  (path: Path, options?: StatOptions & { readonly throwIfNoEntry?: boolean }) => {
    try {
      return look(path, options);
    } catch (error) {
      if (options?.throwIfNoEntry === false && errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  };

/** The first name that is free: equal disks give equal names, without drawing any. */
const temporary = (calls: NodeCalls, exists: (path: Path) => boolean, prefix: Path): string => {
  for (let number = 0; number < TEMPORARY_NAMES; number++) {
    const path = `${textOf(prefix)}${number.toString(36).padStart(6, '0')}`;
    if (exists(path)) continue;
    calls.mkdir(path, { mode: 0o700 });
    return path;
  }
  const message = `EEXIST: no name is free, mkdtemp '${textOf(prefix)}'`;
  throw Object.assign(new Error(message), { code: 'EEXIST', syscall: 'mkdtemp' });
};

const now =
  <Args extends readonly unknown[], Result>(sequence: (...args: Args) => Sequence<Result>) =>
  (...args: Args): Result =>
    atOnce(sequence(...args));

export const synchronousCalls = (kernel: SystemCalls, calls: NodeCalls) => {
  const exists = (path: Path): boolean => {
    try {
      calls.access(path);
      return true;
    } catch {
      return false;
    }
  };
  const compounds = compoundCalls(kernel, calls, 'sync');
  return {
    ...descriptorCalls(kernel),
    readFile: now(compounds.readFile),
    writeFile: now(compounds.writeFile),
    appendFile: now(compounds.appendFile),
    truncate: now(compounds.truncate),
    copyFile: now(compounds.copyFile),
    cp: now(compounds.cp),
    mkdir: now(compounds.mkdir),
    rm: now(compounds.rm),
    readdir: now(compounds.readdir),
    stat: orNothing(calls.stat),
    lstat: orNothing(calls.lstat),
    // Without `native` Node takes dots away by the text alone, before it looks what is there.
    realpath: (path: Path, options?: BufferEncoding) =>
      calls.realpath(posix.resolve('/', path instanceof URL ? textOf(path) : String(path)), options),
    exists,
    mkdtemp: (prefix: Path, options?: { readonly encoding?: string } | string | null) =>
      encoded(temporary(calls, exists, prefix), typeof options === 'string' ? options : options?.encoding),
  };
};
