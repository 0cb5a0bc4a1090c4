/**
 * Modules as a process that has just started finds them. Their own variables (queues, counters, caches) are volatile: a
 * power cut takes them, and a simulated restart that kept them would recover what no machine could.
 *
 * Each file is read and compiled once in a process, and evaluated again in each life: that costs some microseconds a file.
 */
import { join } from 'node:path';
import { installGuard } from '../guard/guard.js';
import type { GuardedLife } from '../process/guarded-life.js';
import { codedError } from '../util/errors.js';
import { ModuleGraph } from './module-graph.js';

/** One for each life: what is loaded twice in a life is the same module, as in any process. */
const graphs = new WeakMap<GuardedLife, ModuleGraph>();

/** The module graph of the life that is running; one of its own for who asks outside of a life. */
export const graphOfLife = (): ModuleGraph => {
  const life = installGuard().running();
  if (life === undefined) return new ModuleGraph();
  const known = graphs.get(life) ?? new ModuleGraph();
  graphs.set(life, known);
  return known;
};

/** Directories that relative specifiers start from, by who requires. */
const directories = new WeakMap<NodeJS.Require, string>();

const directoryOf = (require: NodeJS.Require): string => {
  const known = directories.get(require);
  if (known !== undefined) return known;
  const [directory] = installGuard().asHost(() => require.resolve.paths('./x')) ?? [];
  if (directory === undefined)
    throw codedError(
      'FRESH_REQUIRE',
      'freshRequire does not know from which file to look: give it createRequire(import.meta.url).',
    );
  directories.set(require, directory);
  return directory;
};

/**
 * Loads a package or a file, CommonJS, ECMAScript modules or TypeScript, with all that it imports, as a process that has
 * just started does: once in each life, and apart from the modules that are loaded otherwise. Call it in `boot`:
 * `freshRequire(createRequire(import.meta.url), 'write-file-atomic')`.
 *
 * @returns `module.exports`, or the namespace of an ECMAScript module
 * @throws what `require(id)` throws where there is no such module; SimulatorError 'FRESH_TOP_LEVEL_AWAIT' for a module that
 *   awaits while it loads, 'FRESH_UNCOMPILABLE', 'FRESH_UNLOADABLE'
 */
export const freshRequire = (require: NodeJS.Require, id: string): unknown => {
  // A TypeScript file may leave out an ending, write './x.js' for x.ts, and import packages that are for import only.
  const filename = join(directoryOf(require), 'suite.ts');
  return graphOfLife().loadFrom({ filename, format: 'commonjs' }, id);
};
