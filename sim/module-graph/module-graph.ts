/**
 * A module graph: the modules of one process that has just started. Each is evaluated once in it, in the order that Node
 * would evaluate it, from code that all graphs share; builtin modules are those of the real process, as the guard shows them.
 *
 * Two things differ from Node: a module can't await at its top level, and an import of a name that its module does not export
 * is undefined rather than an error.
 */
import Module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { importWithinLife } from '../guard/dynamic-import.js';
import { installGuard } from '../guard/guard.js';
import { builtinNamespaceOf, builtinOf, EMPTY_NAMESPACE, namespaceOf } from '../modules/namespace.js';
import { type Asker, resolveFrom, type Target, urlOf } from '../modules/resolve.js';
import { sharedModule } from '../modules/shared.js';
import { standInOf } from '../modules/stand-ins.js';
import { type CodeUnit, compiledUnit, knownUnit, type Unit } from '../modules/unit.js';
import { active } from '../process/active-life.js';

const asHost = <T>(act: () => T): T => installGuard().asHost(act);

const isModule = (unit: Unit): boolean => unit.kind === 'code' && unit.format === 'module';

const askerOf = (unit: Unit): Asker => ({
  filename: unit.filename,
  format: unit.kind === 'code' ? unit.format : 'commonjs',
});

/** A module as its code sees it, with Node's own names. */
class FreshModule {
  exports: unknown = {};
  loaded = false;
  readonly children: FreshModule[] = [];
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  /** What `import` sees of it; of CommonJS it is made when somebody imports it. */
  #namespace: object | undefined;
  #paths: string[] | undefined;
  readonly #graph: ModuleGraph;
  readonly #unit: Unit;
  readonly #parent: FreshModule | undefined;

  constructor(graph: ModuleGraph, unit: Unit, parent: FreshModule | undefined) {
    this.#graph = graph;
    this.#unit = unit;
    this.#parent = parent;
    this.id = unit.filename;
    this.filename = unit.filename;
    this.path = unit.directory;
    parent?.children.push(this);
  }

  get parent(): FreshModule | undefined {
    return this.#parent;
  }

  get paths(): readonly string[] {
    this.#paths ??= pathsOf(this.path);
    return this.#paths;
  }

  require(id: string): unknown {
    return this.#graph.request(this.#unit, this, id);
  }

  static importedFrom(module: FreshModule): object {
    const known = module.#namespace;
    if (known !== undefined) return known;
    const { exports } = module;
    const unit = module.#unit;
    if (isModule(unit)) return Object(exports);
    const namespace = namespaceOf(exports);
    if (module.loaded) module.#namespace = namespace;
    return namespace;
  }
}
// `module instanceof Module` as in Node, whose constructor costs more than all that is done here.
Object.setPrototypeOf(FreshModule.prototype, Module.prototype);

/** Node's own, untyped. */
const pathsOf = (directory: string): string[] => {
  const find: unknown = Reflect.get(Module, '_nodeModulePaths');
  const paths: unknown = typeof find === 'function' ? Reflect.apply(find, Module, [directory]) : [];
  return Array.isArray(paths) ? paths.map(String) : [];
};

export class ModuleGraph {
  /** @param beforeEach called with each file before its evaluation; the importer of the file gets what it throws */
  constructor(private readonly beforeEach: (filename: string) => void = () => undefined) {}

  /** `require.cache`: who takes a module out of it has it evaluated again. */
  private readonly cache: Record<string, FreshModule | undefined> = Object.create(null);
  private module: object | undefined;

  /** What a file exports: the namespace of an ECMAScript module, or `module.exports`. */
  load(filename: string): unknown {
    const shared = sharedModule(filename);
    return shared === undefined ? this.evaluated(filename, undefined).exports : shared.exports;
  }

  /** All that was evaluated in it. */
  files(): readonly string[] {
    return Object.keys(this.cache);
  }

  /** What `asker` gets for a specifier. */
  loadFrom(asker: Asker, id: string): unknown {
    const standIn = standInOf(active.life, id);
    if (standIn !== undefined) return asker.format === 'module' ? namespaceOf(standIn) : standIn;
    const target = asHost(() => resolveFrom(asker, id));
    return target.kind === 'builtin' ? builtinOf(target.id) : this.load(target.filename);
  }

  request(unit: Unit, parent: FreshModule | undefined, id: string, isImport = isModule(unit)): unknown {
    const standIn = standInOf(active.life, id);
    if (standIn !== undefined) return isImport ? namespaceOf(standIn) : standIn;
    const target = this.targetOf(unit, id);
    if (target.kind === 'builtin') return this.builtin(target.id, isImport);
    const { filename } = target;
    const known = this.cache[filename];
    if (known !== undefined && parent !== undefined && !parent.children.includes(known))
      parent.children.push(known);
    const shared = known === undefined ? sharedModule(filename) : undefined;
    if (shared !== undefined) return isImport ? shared.namespace : shared.exports;
    const module = known ?? this.evaluated(filename, parent);
    return isImport ? FreshModule.importedFrom(module) : module.exports;
  }

  private targetOf(unit: Unit, id: string): Target {
    const known = unit.found.get(id);
    if (known !== undefined) return known;
    const target = asHost(() => resolveFrom(askerOf(unit), id));
    unit.found.set(id, target);
    return target;
  }

  private builtin(id: string, isImport: boolean): unknown {
    if (id === 'module' || id === 'node:module') return isImport ? namespaceOf(this.loader()) : this.loader();
    return isImport ? builtinNamespaceOf(id) : builtinOf(id);
  }

  /** Node's loader, but for what would lead out of this graph. */
  private loader(): object {
    if (this.module !== undefined) return this.module;
    const own = new Map<PropertyKey, unknown>([
      ['createRequire', (from: string | URL) => this.requireOf(unitOfPlace(from), undefined)],
    ]);
    const loader: object = new Proxy(Module, {
      get: (real, name) => (own.has(name) ? own.get(name) : Reflect.get(real, name)),
      // What a program puts there is for this graph: the process has its loader for itself.
      set: (_real, name, value) => own.set(name, value) !== undefined,
    });
    own.set('Module', loader);
    this.module = loader;
    return loader;
  }

  private evaluated(filename: string, parent: FreshModule | undefined): FreshModule {
    const known = this.cache[filename];
    if (known !== undefined) return known;
    this.beforeEach(filename);
    const unit = knownUnit(filename) ?? asHost(() => compiledUnit(filename));
    const module = new FreshModule(this, unit, parent);
    this.cache[filename] = module;
    try {
      this.evaluate(module, unit);
    } catch (thrown) {
      delete this.cache[filename];
      throw thrown;
    }
    module.loaded = true;
    return module;
  }

  private evaluate(module: FreshModule, unit: Unit): void {
    switch (unit.kind) {
      case 'json':
        module.exports = JSON.parse(unit.text);
        return;
      case 'addon':
        module.exports = asHost(() => createRequire(unit.filename)(unit.filename));
        return;
      case 'code':
        this.run(module, unit);
        return;
      default:
        unit satisfies never;
    }
  }

  private run(module: FreshModule, unit: CodeUnit): void {
    const require = this.requireOf(unit, module);
    const meta = unit.readsMeta ? this.metaOf(unit) : undefined;
    const later = unit.importsLater ? this.importOf(unit, module) : undefined;
    const { body, filename, directory } = unit;
    if (unit.format === 'module') {
      module.exports = EMPTY_NAMESPACE;
      body.call(undefined, require, module, meta, later);
    } else body.call(module.exports, module.exports, require, module, filename, directory, meta, later);
  }

  private importOf(unit: Unit, module: FreshModule): (id: unknown) => Promise<unknown> {
    return async (asked) => {
      const id = String(asked);
      return importWithinLife(id, () => this.request(unit, module, id, true));
    };
  }

  private metaOf(unit: CodeUnit): ImportMeta {
    const { filename, directory } = unit;
    const resolve = (id: string): string => {
      const target = this.targetOf(unit, id);
      return target.kind === 'builtin' ? `node:${target.id.replace(/^node:/, '')}` : urlOf(target.filename);
    };
    return { url: urlOf(filename), filename, dirname: directory, resolve } as ImportMeta; // other names are the runtime's or the embedder's
  }

  private requireOf(unit: Unit, module: FreshModule | undefined): NodeJS.Require {
    const resolve = (id: string, options?: { paths?: string[] | undefined }): string => {
      if (options?.paths !== undefined)
        return asHost(() => createRequire(unit.filename).resolve(id, options));
      const target = this.targetOf(unit, id);
      return target.kind === 'builtin' ? target.id : target.filename;
    };
    const request = (id: string): unknown => this.request(unit, module, id);
    // No arrow function: as Node's own it can be called by `new`, which the precedence of `new require('./x')(y)` does.
    function called(id: string): unknown {
      return request(id);
    }
    const require = called as NodeJS.Require; // completed below
    require.resolve = resolve as NodeJS.RequireResolve; // so is this
    require.resolve.paths = (id) => createRequire(unit.filename).resolve.paths(id);
    require.cache = this.cache as unknown as NodeJS.Dict<NodeJS.Module>; // they have Node's names
    require.main = MAIN;
    require.extensions = EXTENSIONS;
    return require;
  }
}

const MAIN = process.mainModule;
const EXTENSIONS = Reflect.get(Module, '_extensions') as NodeJS.RequireExtensions; // Node's own, untyped

/** For `createRequire`: who asks need not be a file that is there. */
const unitOfPlace = (from: string | URL): Unit => {
  const filename = typeof from === 'string' && !from.startsWith('file:') ? from : fileURLToPath(from);
  return { kind: 'json', text: '', filename, directory: '', found: new Map() };
};
