/**
 * ECMAScript modules and TypeScript as the body of a function, so that one compilation serves any number of module graphs.
 * Bindings stay live, cycles resolve as in Node, and what is imported comes in through `require`.
 */
import { SourceMap, type SourceMapPayload } from 'node:module';
import { type Loader, type TransformFailure, transformSync } from 'esbuild';
import { createFilesMatcher, type FileMatcher, getTsconfig, type TsConfigResult } from 'get-tsconfig';
import { codedError } from '../util/errors.js';
import { onItsLines } from './line-layout.js';
import { rewriteDynamicImports } from './served-imports.js';

/** What `import.meta` is called in the body. */
export const META = '__powercut_import_meta';
/** What all namespaces inherit. */
export const NAMESPACE = '__powercut_namespace';

const LOADERS: ReadonlyMap<string, Loader> = new Map([
  ['js', 'js'],
  ['jsx', 'jsx'],
  ['ts', 'ts'],
  ['tsx', 'tsx'],
]);

/** 'x.mts' → 'ts': how the text of a file is read, apart from its module format. */
export const languageOf = (filename: string): string | undefined => /\.[cm]?([jt]sx?)$/.exec(filename)?.[1];

export const isTypeScript = (filename: string): boolean => /\.([cm]?ts|tsx)$/.test(filename);

const configs = new Map<string, unknown>();
const matchers = new Map<string, FileMatcher>();

/** The nearest tsconfig.json's options, where that is meant for the file. */
const optionsFor = (filename: string): object => {
  const config: TsConfigResult | null = getTsconfig(filename, 'tsconfig.json', configs as Map<string, never>); // a cache that only get-tsconfig looks into
  if (config === null) return {};
  const matches = matchers.get(config.path) ?? createFilesMatcher(config);
  matchers.set(config.path, matches);
  const { compilerOptions = {} } = config.config;
  return matches(filename) === undefined ? {} : { compilerOptions };
};

/** A namespace's getters, one for each export, as esbuild defines them one by one. */
const EXPORTS =
  /var ([\w$]+)=\{\};__export\(\1,\{((?:(?:[\w$]+|"(?:[^"\\]|\\.)*"):\(\)=>[\w$.]+,?)*)\}\);module\.exports=__toCommonJS\(\1\);/;

/**
 * What esbuild makes of a module copies a namespace each time it is handed on, and defines its names one by one. Those of this
 * loader are live themselves, with all names in one literal. Where esbuild writes otherwise, it stays as it is: right, and slower.
 */
const withLiveNamespaces = (code: string): string =>
  code
    .replace('var __toESM=(mod,isNodeMode,target)=>', '$&mod&&mod.__esModule?mod:')
    .replace(EXPORTS, (_, name: string, names: string) => {
      const getters = names.replace(
        /([\w$]+|"(?:[^"\\]|\\.)*"):\(\)=>([\w$.]+)/g,
        (_entry, key: string, value: string) => `get ${key}(){return ${value}}`,
      );
      return `var ${name}=module.exports={__proto__:${NAMESPACE},${getters}};`;
    });

/** Where the helpers end, which stand first and are alike in all evaluations: no mapping begins before. */
const endOfHelpers = (code: string, map: SourceMapPayload): number => {
  const mappings = new SourceMap(map);
  const isMapped = (column: number): boolean => 'originalLine' in mappings.findEntry(0, column);
  let [low, high] = [0, code.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isMapped(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

const isFailure = (thrown: unknown): thrown is TransformFailure =>
  thrown instanceof Error && 'errors' in thrown && Array.isArray(thrown.errors);

const uncompilable = (filename: string, thrown: unknown): unknown => {
  if (!isFailure(thrown)) return thrown;
  const [first] = thrown.errors;
  const at = first?.location ? `${filename}:${first.location.line}:${first.location.column + 1}` : filename;
  const text = first?.text ?? thrown.message;
  if (/top-level await/i.test(text)) {
    return codedError(
      'FRESH_TOP_LEVEL_AWAIT',
      `${at} has a top-level await. A module that is loaded fresh for each life can't wait while it loads: move the await into a function that boot calls.`,
    );
  }
  return codedError('FRESH_UNCOMPILABLE', `${at} can't be compiled: ${text}.`, thrown);
};

/** The code of a module: helpers that all its evaluations share, and what is evaluated in each. */
export interface Transformed {
  readonly helpers: string;
  readonly body: string;
  /** What `import` in `import(id)` is called in the body; undefined where there is none. */
  readonly importer: string | undefined;
}

/**
 * The code of the function that a module is. It reads `require`, `module`, {@link META}, {@link NAMESPACE} and `importer`.
 * @throws SimulatorError 'FRESH_TOP_LEVEL_AWAIT', 'FRESH_UNCOMPILABLE', each with the place in the file
 */
export const transform = (filename: string, source: string): Transformed => {
  const language = languageOf(filename) ?? 'js';
  try {
    const { code, map } = transformSync(source.replace(/^#!.*/, ''), {
      loader: LOADERS.get(language) ?? 'js',
      format: 'cjs',
      platform: 'neutral',
      target: `node${process.versions.node}`,
      // A name that says nothing of the module format: what default exports mean is decided where they are imported.
      sourcefile: filename.replace(/\.[cm]?([jt]sx?)$/, '.$1'),
      sourcemap: 'external',
      sourcesContent: false,
      minifyWhitespace: true,
      legalComments: 'none',
      define: { 'import.meta': META },
      logLevel: 'silent',
      ...(isTypeScript(filename) || language.endsWith('x')
        ? { tsconfigRaw: JSON.stringify(optionsFor(filename)) }
        : {}),
    });
    const payload: SourceMapPayload = JSON.parse(map);
    const end = endOfHelpers(code, payload);
    const helpers = withLiveNamespaces(code.slice(0, end));
    const body = withLiveNamespaces(onItsLines(code, payload).slice(end));
    const rewritten = rewriteDynamicImports(body);
    return { helpers, body: rewritten?.code ?? body, importer: rewritten?.name };
  } catch (thrown) {
    throw uncompilable(filename, thrown);
  }
};
