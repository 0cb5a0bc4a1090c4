/**
 * Where a module finds what it asks for: as Node does, by `require` or by `import`, and with the freedoms of TypeScript
 * ('./x.js' may be x.ts). Asked of the real disk, so only as the host.
 */
import { realpathSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { resolveExports, resolveImports } from 'resolve-pkg-maps';
import { codedError, errorCode } from '../util/errors.js';
import { type PackageScope, packageIn, packageOf } from './package-scope.js';
import { isTypeScript } from './transform.js';

export type Target =
  | { readonly kind: 'builtin'; readonly id: string }
  | { readonly kind: 'file'; readonly filename: string };

/** Who asks. */
export interface Asker {
  /** A file, or a name in the directory that relative specifiers start from. */
  readonly filename: string;
  readonly format: 'module' | 'commonjs';
}

const canRequireModules = Reflect.get(process.features, 'require_module') === true;
const CONDITIONS = ['node', ...(canRequireModules ? ['module-sync'] : []), 'node-addons'];

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** What './x.js' may stand for in TypeScript. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
/** What may be left out at the end of a path, where anything may. */
const ENDINGS = ['.ts', '.tsx', '.js', '.json', '.jsx', '.cjs', '.cts', '.mjs', '.mts'];

const sourcesOf = (path: string): readonly string[] => {
  const [extension] = /\.[cm]?jsx?$/.exec(path) ?? [];
  if (extension === undefined) return [];
  return (SOURCES[extension] ?? []).map((source) => path.slice(0, -extension.length) + source);
};

/** The file that a path stands for; undefined where there is none. */
const fileAt = (path: string, { filename }: Asker): string | undefined => {
  const itself = [path];
  // TypeScript means its own files first: what is compiled may lie beside them.
  const candidates = isTypeScript(filename)
    ? [...sourcesOf(path), ...itself]
    : [...itself, ...sourcesOf(path)];
  const found =
    candidates.find(isFile) ??
    ENDINGS.map((ending) => path + ending).find(isFile) ??
    ENDINGS.map((ending) => join(path, `index${ending}`)).find(isFile);
  return found === undefined ? undefined : realpathSync(found);
};

const notFound = (id: string, { filename }: Asker, why = ''): Error =>
  Object.assign(codedError('MODULE_NOT_FOUND', `Cannot find '${id}', imported from ${filename}${why}`), {
    requireStack: [filename],
  });

const pathOf = (id: string, { filename }: Asker): string | undefined => {
  if (id.startsWith('file:')) return fileURLToPath(id);
  if (/^(\.{0,2}\/|\.{1,2}$)/.test(id)) return resolvePath(dirname(filename), id);
  return undefined;
};

const NAME = /^(@[^/]+\/)?[^/]+/;

const inPackage = (
  { directory, exports, main }: PackageScope,
  subpath: string,
  conditions: readonly string[],
  asker: Asker,
): string | undefined => {
  if (exports !== undefined && exports !== null) {
    const [found] = resolveExports(exports as never, subpath, conditions); // JSON of whatever shape: what is no map is an error of its own
    return found === undefined ? undefined : fileAt(join(directory, found), asker);
  }
  return fileAt(join(directory, subpath === '' ? (main ?? 'index') : subpath), asker);
};

/** By the maps of packages, as `import` reads them. */
const byImport = (id: string, asker: Asker): string | undefined => {
  const conditions = ['import', ...CONDITIONS];
  const own = packageOf(asker.filename);
  if (id.startsWith('#')) {
    const [target] = own?.imports === undefined ? [] : resolveImports(own.imports as never, id, conditions); // as above
    if (own === undefined || target === undefined) return undefined;
    return target.startsWith('.') ? fileAt(join(own.directory, target), asker) : byImport(target, asker);
  }
  const [name = id] = NAME.exec(id) ?? [];
  const subpath = id.slice(name.length + 1);
  if (own?.name === name && own.exports !== undefined) return inPackage(own, subpath, conditions, asker);
  for (let directory = dirname(asker.filename); ; directory = dirname(directory)) {
    const place = join(directory, 'node_modules', name);
    const scope = packageIn(place);
    if (scope !== undefined) return inPackage(scope, subpath, conditions, asker);
    const bare = fileAt(place, asker);
    if (bare !== undefined && subpath === '') return bare;
    if (dirname(directory) === directory) return undefined;
  }
};

/** As `require` finds it; its own error where it does not. */
const byRequire = (id: string, asker: Asker): Target => {
  const found = createRequire(asker.filename).resolve(id);
  return isBuiltin(found)
    ? { kind: 'builtin', id: found }
    : { kind: 'file', filename: found.replace(/\?.*/, '') };
};

const isResolutionError = (thrown: unknown): boolean =>
  ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes(
    errorCode(thrown) ?? '',
  );

/** @throws an error with Node's code 'MODULE_NOT_FOUND' or 'ERR_PACKAGE_PATH_NOT_EXPORTED' */
export const resolveFrom = (asker: Asker, id: string): Target => {
  if (isBuiltin(id)) return { kind: 'builtin', id };
  if (/^(data|https?):/.test(id))
    throw codedError(
      'FRESH_UNRESOLVABLE',
      `'${id}', imported from ${asker.filename}, is no file: a life loads its modules from files.`,
    );
  const path = pathOf(
    id.replace(/[?#].*$/, (rest) => (id.startsWith('.') || id.startsWith('file:') ? '' : rest)),
    asker,
  );
  if (path !== undefined) {
    // Packages in JavaScript that name a directory or leave out an ending mean what `require` makes of it.
    if (asker.format === 'commonjs' && !isTypeScript(asker.filename)) return byRequire(id, asker);
    const filename = fileAt(path, asker);
    if (filename === undefined) throw notFound(id, asker);
    return { kind: 'file', filename };
  }
  if (asker.format === 'module') {
    const filename = byImport(id, asker);
    if (filename === undefined) throw notFound(id, asker, ': no such package, or it does not export that');
    return isBuiltin(filename) ? { kind: 'builtin', id: filename } : { kind: 'file', filename };
  }
  try {
    return byRequire(id, asker);
  } catch (thrown) {
    // Written as an import, and compiled to a require: a package that is for import only is meant, too.
    const filename =
      isResolutionError(thrown) && isTypeScript(asker.filename) ? byImport(id, asker) : undefined;
    if (filename === undefined) throw thrown;
    return { kind: 'file', filename };
  }
};

export const urlOf = (filename: string): string => pathToFileURL(filename).href;
