/**
 * Loads suites into this process: a worker's, or that of a test runner.
 *
 * A file's default export is a suite or a list of suites. TypeScript is loaded as it is (tsx), with source
 * maps, so that stories, stacks and breakpoints are in the user's own lines.
 */
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flawOfSuite } from '../../sim/define-suite/suite-parts.js';
import { installGuard } from '../../sim/guard/guard.js';
import { evaluateAnew } from '../../sim/module-graph/fresh-module.js';
import type { Suite } from '../../sim/suite/suite.js';
import { isSuite } from '../../sim/suite/suite-registry.js';
import { messageOf, stackOf, UsageError } from '../usage-error.js';
import { type LoadShipped, shippedSuite } from './find-suites.js';
import { serveImportsOfSuites } from './import-hooks.js';
import type { SuiteReference } from './suite-reference.js';

/** A list of suites, too, is one. */
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What is wrong with a value that should be a suite; undefined where nothing is. */
const flawOf = (value: unknown): string | undefined => {
  if (isSuite(value)) return undefined;
  if (!isObject(value)) return `is no suite, but ${value === null ? 'null' : `a ${typeof value}`}`;
  const flaw = flawOfPlain(value);
  return `was not made by defineSuite: export default defineSuite({ ... })${flaw === undefined ? '' : `; besides, it ${flaw}`}`;
};

/** What a plain object lacks that should be a suite's definition. */
const flawOfPlain = (value: object): string | undefined => {
  try {
    return flawOfSuite(value);
  } catch (thrown) {
    return `has a part that is refused: ${messageOf(thrown)}`;
  }
};

let compilerRegistered = false;

/** From here on this process imports TypeScript. Once: a second registration would compile twice. */
const registerCompiler = async (): Promise<void> => {
  if (compilerRegistered) return;
  compilerRegistered = true;
  // A project whose package.json says nothing of modules is CommonJS: its files come in by the other door.
  const [{ register: forRequire }, { register: forImport }] = await Promise.all([
    import('tsx/cjs/api'),
    import('tsx/esm/api'),
  ]);
  forRequire();
  forImport();
  serveImportsOfSuites();
};

/** A CommonJS file's default export arrives inside another one. */
const unwrapped = (module: Readonly<Record<string, unknown>>): unknown => {
  const value = module.default;
  return isObject(value) && isObject(value.default) && !('boot' in value) ? value.default : value;
};

/** What was thrown while a file was loaded, with the line of it, unless it tells that itself. */
const loadingFailure = (thrown: unknown, url: string): string => {
  const message = messageOf(thrown);
  const stack = stackOf(thrown) ?? '';
  const path = fileURLToPath(url);
  const [, line] = stack.split(path)[1]?.match(/^:(\d+)/) ?? [];
  return line === undefined || message.includes(path) ? message : `${message} (line ${line})`;
};

const importFile = async (url: string, argument: string): Promise<unknown> => {
  // Before the program is loaded: what it keeps of the builtin modules' functions is then what leads to its simulated world.
  installGuard();
  await registerCompiler();
  try {
    return unwrapped(await import(url));
  } catch (thrown) {
    throw new UsageError('SUITE_UNLOADABLE', `Cannot load '${argument}': ${loadingFailure(thrown, url)}`);
  }
};

/** The suites of a file, loaded into this process. @throws UsageError SUITE_UNLOADABLE, SUITE_MISSING, SUITE_MALFORMED */
export const loadFile = async (url: string, argument: string): Promise<readonly Suite[]> => {
  const value = await importFile(url, argument);
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (value === undefined || listed.length === 0) {
    throw new UsageError('SUITE_MISSING', `'${argument}' has no suite: export one, or a list, as default.`);
  }
  return listed.map((item, index) => {
    const flaw = flawOf(item);
    if (flaw !== undefined) {
      const which = Array.isArray(value)
        ? `suite ${index + 1} of '${argument}'`
        : `The suite of '${argument}'`;
      throw new UsageError('SUITE_MALFORMED', `${which} ${flaw}.`);
    }
    // flawOf asked for the brand.
    return item as Suite;
  });
};

/** The suite a reference stands for, loaded into this process. */
export const loadSuite = async (reference: SuiteReference, loadShipped: LoadShipped): Promise<Suite> => {
  if (reference.kind === 'shipped') return shippedSuite(reference.name, loadShipped);
  const suites = await loadFile(reference.url, reference.argument);
  const suite = suites[reference.index];
  if (suite === undefined) {
    throw new UsageError(
      'SUITE_MALFORMED',
      `'${reference.argument}' exports other suites each time it is loaded.`,
    );
  }
  return suite;
};

export interface SuiteAnew {
  readonly suite: Suite;
  /** All files that were evaluated for it. */
  readonly files: readonly string[];
}

/** Where a suite of that name is among those of a file. @throws UsageError SUITE_MISSING where it is not */
export const indexOfSuite = async (path: string, name: string): Promise<number> => {
  const { exports } = await evaluateAnew(path);
  const value: unknown = isObject(exports) ? (exports.default ?? exports) : exports;
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const index = listed.findIndex((item) => isObject(item) && item.name === name);
  if (index === -1) throw new UsageError('SUITE_MISSING', `'${path}' exports no suite '${name}' as default`);
  return index;
};

/** A suite with modules of its own, as a process that has just started has them. */
export const loadSuiteAnew = async (reference: SuiteReference): Promise<SuiteAnew> => {
  const url =
    reference.kind === 'file'
      ? reference.url
      : new URL(`../../properties/suites/index${extname(import.meta.url)}`, import.meta.url).href;
  const { exports, files } = await evaluateAnew(fileURLToPath(url));
  const module = isObject(exports) ? exports : {};
  const value = reference.kind === 'file' ? (module.default ?? exports) : module.shippedSuites;
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const suite = listed.find(
    (item, index) =>
      isObject(item) &&
      (reference.kind === 'file' ? index === reference.index : item.name === reference.name),
  );
  if (suite === undefined)
    throw new UsageError('SUITE_MISSING', 'Evaluated once more, the file exports no such suite.');
  return { suite: suite as Suite, files }; // its like was checked when it was loaded first
};
