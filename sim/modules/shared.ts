/**
 * Modules that every graph has in common with the process: the simulator itself, which must be the one that runs the lives,
 * and what suites and simulator exchange values of.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { liveNamespaceOf } from './namespace.js';

interface SharedModule {
  /** What `import` gets. */
  readonly namespace: object;
  /** What `require` gets. */
  readonly exports: unknown;
}

const shared = new Map<string, SharedModule>();
const { cache } = createRequire(import.meta.url);

/** From now on a graph that asks for the file of `url` gets what the process has imported from there. */
export const shareModule = (url: string, imported: object): void => {
  const filename = fileURLToPath(url);
  const namespace = liveNamespaceOf(imported);
  // Of CommonJS, what is imported is by default what is required.
  const required = cache[filename];
  shared.set(filename, { namespace, exports: required === undefined ? namespace : required.exports });
};

export const sharedModule = (filename: string): SharedModule | undefined => shared.get(filename);
