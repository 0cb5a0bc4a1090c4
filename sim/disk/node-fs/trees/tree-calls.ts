/**
 * The functions of `node:fs` that go through a tree: `mkdir`, `rm` and `readdir` with `recursive`. Like Node, each makes one
 * system call for each directory or name. So other calls and a power cut can come between.
 */
import { createError } from '@jsonjoy.com/fs-core';
import { errorCode } from '../../../util/errors.js';
import type { SystemCalls } from '../../kernel/system-calls.js';
import { call, type Sequence } from '../call-sequence.js';
import {
  type ListOptions,
  listOptions,
  type MakeOptions,
  type NodeCalls,
  type Path,
  pathOf,
  type RemoveOptions,
} from '../fs-sync-calls.js';

/** The directory that a path is in, as text; undefined for the root. */
const parentOf = (path: string): string | undefined => {
  const [parent] = path.match(/^.*[^/](?=\/+[^/]+\/*$)/) ?? [];
  return parent;
};

export const treeCalls = (kernel: SystemCalls, calls: NodeCalls) => {
  /** Like Node, it tries the whole path first. Then it goes up as far as directories are missing, and down again. */
  function* makeDirectories(path: string, mode: number): Sequence<string | undefined> {
    let first: string | undefined;
    const missing = [path];
    const tried = new Set<string>();
    for (let next = missing.at(-1); next !== undefined; next = missing.at(-1)) {
      const directory = next;
      try {
        const isNew = yield* call(() => kernel.ensureDirectory(directory, mode));
        if (isNew) first ??= directory;
        missing.pop();
      } catch (error) {
        const parent = parentOf(directory);
        const code = errorCode(error);
        if (code === 'ENOENT' && parent !== undefined && !tried.has(directory)) {
          tried.add(directory);
          missing.push(parent);
        } else if (directory === path || code === undefined) throw error;
        else throw createError(code, 'mkdir', path);
      }
    }
    return first;
  }

  function* removeTree(path: string, force: boolean | undefined): Sequence<void> {
    try {
      return yield* call(() => kernel.rm(path, force, true));
    } catch (error) {
      if (errorCode(error) !== 'ENOTEMPTY') throw error;
    }
    for (const name of yield* call(() => calls.readdir(path).map(String)))
      yield* removeTree(`${path}/${name}`, force);
    yield* call(() => kernel.rm(path, force, true));
  }

  function* list(path: Path, options: ListOptions, below: string): Sequence<unknown[]> {
    const entries: unknown[] = [];
    for (const { entry, directory } of yield* call(() => calls.entries(path, options, below))) {
      entries.push(entry);
      if (directory !== undefined) entries.push(...(yield* list(path, options, directory)));
    }
    return entries;
  }

  return {
    *mkdir(path: Path, options?: MakeOptions): Sequence<string | undefined> {
      if (typeof options !== 'object' || options?.recursive !== true)
        return yield* call(() => calls.mkdir(path, options));
      return yield* makeDirectories(pathOf(path), calls.makingMode(options));
    },
    *rm(path: Path, options?: RemoveOptions): Sequence<void> {
      if (options?.recursive !== true) return yield* call(() => calls.rm(path, options));
      yield* removeTree(pathOf(path), options.force);
    },
    *readdir(path: Path, options?: ListOptions | BufferEncoding | 'buffer' | null): Sequence<unknown[]> {
      const given = listOptions(options);
      if (given.recursive !== true) return yield* call(() => calls.readdir(path, options));
      return yield* list(path, given, '');
    },
  };
};
