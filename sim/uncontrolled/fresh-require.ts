/**
 * A module as a process that has just started finds it. A package's own variables (queues, counters, caches) are
 * volatile: a power cut takes them, and a simulated restart that kept them would recover what no machine could.
 */
import Module from 'node:module';

/** What `Module._cache` is: every CommonJS module loaded so far, by file. */
type Cache = Record<string, unknown>;

const isCache = (value: unknown): value is Cache => typeof value === 'object' && value !== null;

/**
 * Loads a CommonJS package anew, with all that it requires, and leaves the modules that were loaded before as they
 * were. Call it in `boot`: `freshRequire(createRequire(import.meta.url), 'write-file-atomic')`. Costs what loading
 * the package costs, some 100 µs a file.
 */
export const freshRequire = (require: NodeJS.Require, id: string): unknown => {
  const cache: unknown = Reflect.get(Module, '_cache');
  if (!isCache(cache)) return require(id);
  const before = { ...cache };
  for (const file of Object.keys(before)) delete cache[file];
  try {
    return require(id);
  } finally {
    for (const file of Object.keys(cache)) delete cache[file];
    Object.assign(cache, before);
  }
};
