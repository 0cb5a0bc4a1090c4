/** A file as every module graph shares it: read and compiled once in a process. It is immutable. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { codedError } from '../util/errors.js';
import { NAMESPACE_PROTOTYPE } from './namespace.js';
import { packageOf } from './package-scope.js';
import { type Target, urlOf } from './resolve.js';
import { isTypeScript, languageOf, META, NAMESPACE, transform } from './transform.js';

/** A module's own code. Of CommonJS, `this` is its exports. */
export type Body = (this: unknown, ...args: unknown[]) => unknown;

interface Located {
  readonly filename: string;
  readonly directory: string;
  /** Where it found what it asked for. */
  readonly found: Map<string, Target>;
}

export interface CodeUnit extends Located {
  readonly kind: 'code';
  readonly format: 'module' | 'commonjs';
  readonly body: Body;
  /** It reads `import.meta`. */
  readonly readsMeta: boolean;
  /** It has an `import()`: its last parameter. */
  readonly importsLater: boolean;
}

export type Unit =
  | CodeUnit
  | (Located & { readonly kind: 'json'; readonly text: string })
  /** Loaded once for the whole process, as its system library is. */
  | (Located & { readonly kind: 'addon' });

const units = new Map<string, Unit>();

const COMMONJS_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/** What V8 says of the syntax of modules where it expects a script. */
const ONLY_IN_MODULES = /^(Cannot use import statement|Unexpected token 'export'|Cannot use 'import\.meta')/;

type Code = Pick<CodeUnit, 'format' | 'body' | 'readsMeta' | 'importsLater'>;

const compile = (code: string, parameters: readonly string[], filename: string): Body =>
  compileFunction(code, parameters, { filename }) as Body; // a function of those parameters

/**
 * A module's body is a block: names that only CommonJS takes for itself are free in it.
 *
 * Stacks name what was transformed by URL, with a query: a source map that the process has for the same file, loaded by its
 * own loader, is of other code and must not be applied to it.
 */
const transformed = (filename: string, url: string, source: string, format: CodeUnit['format']): Code => {
  const { helpers, body, importer } = transform(filename, source);
  const parameters = importer === undefined ? META : `${META},${importer}`;
  const inner =
    format === 'module'
      ? `return function(require,module,${parameters}){"use strict";{${body}\n}}`
      : `return function(${COMMONJS_PARAMETERS.join(',')},${parameters}){${body}\n}`;
  const make = compile(helpers + inner, [NAMESPACE], `${url}?fresh`);
  return {
    format,
    body: make(NAMESPACE_PROTOTYPE) as Body, // the function that was written above
    readsMeta: body.includes(META),
    importsLater: importer !== undefined,
  };
};

const javaScript = (filename: string, url: string, source: string): Code => {
  const type = /\.mjs$/.test(filename)
    ? 'module'
    : /\.cjs$/.test(filename)
      ? 'commonjs'
      : packageOf(filename)?.type;
  if (type === 'module') return transformed(filename, url, source, 'module');
  if (/\bimport\s*\(/.test(source)) {
    try {
      compile(source.replace(/^#!/, '//'), COMMONJS_PARAMETERS, filename);
    } catch (thrown) {
      if (type === 'commonjs' || !isOfModules(thrown)) throw thrown;
      return transformed(filename, url, source, 'module');
    }
    return transformed(filename, url, source, 'commonjs');
  }
  try {
    const body = compile(source.replace(/^#!/, '//'), COMMONJS_PARAMETERS, filename);
    return { format: 'commonjs', body, readsMeta: false, importsLater: false };
  } catch (thrown) {
    if (type === 'commonjs' || !isOfModules(thrown)) throw thrown;
    return transformed(filename, url, source, 'module');
  }
};

const isOfModules = (thrown: unknown): boolean =>
  thrown instanceof SyntaxError && ONLY_IN_MODULES.test(thrown.message);

const typeScript = (filename: string, url: string, source: string): Code => {
  const isModule =
    /\.mts$/.test(filename) || (!/\.cts$/.test(filename) && packageOf(filename)?.type === 'module');
  return transformed(filename, url, source, isModule ? 'module' : 'commonjs');
};

const textOf = (filename: string): string => readFileSync(filename, 'utf8').replace(/^\uFEFF/, '');

const load = (filename: string, url: string): Unit => {
  const directory = dirname(filename);
  const located: Located = {
    filename,
    directory,
    found: new Map(),
  };
  if (filename.endsWith('.json')) return { ...located, kind: 'json', text: textOf(filename) };
  if (filename.endsWith('.node')) return { ...located, kind: 'addon' };
  if (filename.endsWith('.wasm') || filename.endsWith('.css'))
    throw codedError(
      'FRESH_UNLOADABLE',
      `${filename} is no module that can be loaded fresh for each life: let the program read it.`,
    );
  const source = textOf(filename);
  const language = languageOf(filename);
  const code =
    isTypeScript(filename) || language === 'jsx'
      ? typeScript(filename, url, source)
      : javaScript(filename, url, source);
  return { ...located, kind: 'code', ...code };
};

export const knownUnit = (filename: string): Unit | undefined => units.get(filename);

/**
 * The unit of a file. Costs its compilation the first time, in which the real disk is read: so only as the host.
 * @throws SyntaxError; SimulatorError 'FRESH_TOP_LEVEL_AWAIT', 'FRESH_UNCOMPILABLE', 'FRESH_UNLOADABLE'
 */
export const compiledUnit = (filename: string): Unit => {
  const unit = load(filename, urlOf(filename));
  units.set(filename, unit);
  return unit;
};
