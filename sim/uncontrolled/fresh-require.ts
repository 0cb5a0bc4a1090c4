/**
 * A package as a process that has just started finds it. Its own variables (queues, counters, caches) are volatile: a
 * power cut takes them, and a simulated restart that kept them would recover what no machine could.
 *
 * Each file is read and compiled once in a process, and run anew in each life: that costs some microseconds a file.
 */
import Module, { createRequire, isBuiltin } from 'node:module';
import { compileFunction } from 'node:vm';
import { register } from 'tsx/cjs/api';
import { installGuard } from './guard.js';

/** A module's own code, as Node runs it: `this` is its exports. */
type Body = (
  this: unknown,
  exports: unknown,
  require: NodeJS.Require,
  module: object,
  filename: string,
  directory: string,
) => void;

interface Compiled {
  readonly body: Body;
  /** What it can require, and where it finds it. */
  readonly require: NodeJS.Require;
  readonly found: Map<string, string>;
}

const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

const compiled = new Map<string, Compiled>();

/** The source as the process's own loader would compile it; of an ECMAScript module, the same as CommonJS. */
const sourceOf = (filename: string): string => {
  let source: string | undefined;
  const loader: unknown = Reflect.get(Object(Reflect.get(Module, '_extensions')), '.js');
  if (typeof loader !== 'function') throw new Error('This runtime has no loader for CommonJS modules.');
  const intercepted = Object.assign(new Module(filename), {
    filename,
    _compile: (code: string) => {
      source = code;
    },
  });
  Reflect.apply(loader, undefined, [intercepted, filename]);
  if (source === undefined) throw new Error(`No source was loaded for ${filename}.`);
  return source;
};

const compile = (filename: string): Compiled => {
  const known = compiled.get(filename);
  if (known !== undefined) return known;
  const unregister = register();
  try {
    const body = compileFunction(sourceOf(filename), PARAMETERS, { filename }) as Body; // compiled with those parameters
    const made = { body, require: createRequire(filename), found: new Map<string, string>() };
    compiled.set(filename, made);
    return made;
  } finally {
    unregister();
  }
};

const resolved = ({ require, found }: Pick<Compiled, 'require' | 'found'>, id: string): string => {
  const filename = found.get(id) ?? installGuard().asHost(() => require.resolve(id));
  found.set(id, filename);
  return filename;
};

/** The modules of one load: within it, each file is run once. */
const loadAnew = (): ((filename: string, real: NodeJS.Require) => unknown) => {
  const modules = new Map<string, { exports: unknown }>();
  const load = (filename: string, real: NodeJS.Require): unknown => {
    if (isBuiltin(filename) || !/\.[cm]?js$/.test(filename)) return real(filename);
    const loaded = modules.get(filename);
    if (loaded !== undefined) return loaded.exports;
    const code = installGuard().asHost(() => compile(filename));
    const require = Object.assign((id: string) => load(resolved(code, id), code.require), code.require);
    const module = {
      id: filename,
      filename,
      loaded: false,
      children: [],
      paths: [],
      exports: {} as unknown,
      require,
    };
    modules.set(filename, module);
    Reflect.apply(code.body, module.exports, [
      module.exports,
      require,
      module,
      filename,
      filename.slice(0, filename.lastIndexOf('/')),
    ]);
    module.loaded = true;
    return module.exports;
  };
  return load;
};

/** Where each requiring module finds what it asks for: looked up once. */
const entrances = new WeakMap<NodeJS.Require, Map<string, string>>();

/**
 * Loads a package anew, CommonJS or ECMAScript modules, with all that it requires, and leaves the modules that were
 * loaded before as they were. Call it in `boot`: `freshRequire(createRequire(import.meta.url), 'write-file-atomic')`.
 * @throws what `require(id)` throws when there is no such package
 */
export const freshRequire = (require: NodeJS.Require, id: string): unknown => {
  const found = entrances.get(require) ?? new Map<string, string>();
  entrances.set(require, found);
  return loadAnew()(resolved({ require, found }, id), require);
};
