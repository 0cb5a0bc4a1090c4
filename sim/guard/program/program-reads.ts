/**
 * What a program reads of its own files falls through to the real ones, and never a write: they are data that belongs to
 * its code, such as a .wasm beside it. Everything else of `node:fs` is the life's simulated disk.
 */
import { constants } from 'node:fs';
import { createError } from '@jsonjoy.com/fs-core';
import { isProgramDescriptor } from '../../disk/program-files.js';
import { asHost } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { programPath } from './program-paths.js';

const WRITES =
  /^(appendFile|chmod|chown|lchmod|lchown|lutimes|mkdir|mkdtemp|mkdtempDisposable|rm|rmdir|truncate|unlink|utimes|writeFile)(Sync)?$/;
/** Their second path is the one that changes, and of `rename` the first one, too. */
const WRITES_SECOND = /^(copyFile|cp|link|rename|symlink)(Sync)?$/;
const { O_APPEND, O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = constants;
const WRITING_FLAGS = O_APPEND | O_CREAT | O_RDWR | O_TRUNC | O_WRONLY;

const opensToWrite = (name: string, flags: unknown): boolean => {
  if (!/^open(Sync)?$/.test(name)) return false;
  return typeof flags === 'number' ? (flags & WRITING_FLAGS) !== 0 : /[wa+]/.test(String(flags ?? 'r'));
};

/** As the form of a call has it: thrown, rejected, or called back in a turn of its own. */
const failing = (life: GuardedLife, error: Error, args: readonly unknown[], promised: boolean): unknown => {
  if (promised) return Promise.reject(error);
  const callback = args.at(-1);
  if (typeof callback !== 'function') throw error;
  life.schedule(0, () => callback(error));
  return undefined;
};

/** Where a call belongs. */
export type Place =
  | { readonly kind: 'simulated' }
  | { readonly kind: 'program'; readonly fs: object }
  /** From the program's files to the life's disk. */
  | { readonly kind: 'copied'; bytes(): Uint8Array }
  /** `answer` is what the call returns, or throws. */
  | { readonly kind: 'answered'; answer(): unknown };

const SIMULATED: Place = { kind: 'simulated' };

/** Finds out by its arguments whether a call of `node:fs` is about a file of the program. */
export const placeOfCall = (
  life: GuardedLife,
  name: string,
  args: readonly unknown[],
  promised: boolean,
): Place => {
  if (life.programFiles === undefined) return SIMULATED;
  if (isProgramDescriptor(args[0])) return { kind: 'program', fs: life.programFiles().fs };
  const [first, second] = asHost(() =>
    [args[0], WRITES_SECOND.test(name) ? args[1] : undefined].map((path) =>
      programPath(path, life.reads ?? []),
    ),
  );
  const writes = WRITES.test(name) || opensToWrite(name, args[1]) || /^rename/.test(name);
  if (second !== undefined || (first !== undefined && writes)) {
    const error = createError('EROFS', name.replace(/Sync$/, ''), second ?? first);
    return { kind: 'answered', answer: () => failing(life, error, args, promised) };
  }
  // What a link says is no access, and whole trees of a program are not for its disk.
  if (first === undefined || /^(cp|link|symlink)/.test(name)) return SIMULATED;
  const files = life.programFiles();
  asHost(() => {
    if (typeof args[0] === 'string') files.bringWay(args[0]);
    files.bring(first);
  });
  if (!/^copyFile/.test(name)) return { kind: 'program', fs: files.fs };
  const { readFileSync } = files.fs as { readFileSync(path: string): Uint8Array }; // one of the names it has
  return { kind: 'copied', bytes: () => readFileSync(first) };
};
