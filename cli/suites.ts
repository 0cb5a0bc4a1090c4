/**
 * Finds the suites named on the command line: shipped ones by name, other people's by file.
 *
 * A file's default export is a suite or a list of suites. TypeScript is loaded as it is (tsx), with source
 * maps, so that stories, stacks and breakpoints are in the user's own lines. Suites hold functions and so
 * cannot be sent to another process: what travels is a {@link SuiteReference}, which every process can load.
 */
import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { evaluateAnew } from '../sim/modules/fresh-module.js';
import type { Suite } from '../sim/suite.js';
import { flawOfSuite } from '../sim/suite-parts.js';
import { isSuite } from '../sim/suite-registry.js';
import { installGuard } from '../sim/uncontrolled/guard.js';
import { codeOf, messageOf, UsageError } from './usage-error.js';

export type SuiteReference =
  | { readonly kind: 'shipped'; readonly name: string }
  | { readonly kind: 'file'; readonly url: string; readonly argument: string; readonly index: number };

export interface NamedSuite {
  readonly reference: SuiteReference;
  readonly suite: Suite;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What is wrong with a value that should be a suite; undefined where nothing is. */
const flawOf = (value: unknown): string | undefined => {
  if (isSuite(value)) return undefined;
  if (value instanceof Promise) return 'is a promise: export what it resolves to (export default await ...)';
  if (!isRecord(value)) return `is no suite, but ${value === null ? 'null' : `a ${typeof value}`}`;
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
};

/** A CommonJS file's default export arrives inside another one. */
const unwrapped = (module: Readonly<Record<string, unknown>>): unknown => {
  const value = module.default;
  return isRecord(value) && isRecord(value.default) && !('boot' in value) ? value.default : value;
};

/** What was thrown while a file was loaded, with the line of it, unless it tells that itself. */
const loadingFailure = (thrown: unknown, url: string): string => {
  const message = messageOf(thrown);
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
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

const loadFile = async (url: string, argument: string): Promise<readonly NamedSuite[]> => {
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
    return { reference: { kind: 'file', url, argument, index }, suite: item as Suite };
  });
};

/** @throws UsageError SUITE_UNREADABLE, SUITE_NOT_FOUND for a directory. */
const isFile = async (path: string, argument: string): Promise<boolean> => {
  const stats = await stat(path).catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return undefined;
    throw new UsageError('SUITE_UNREADABLE', `Cannot read suite file '${argument}': ${messageOf(thrown)}`);
  });
  if (stats?.isDirectory()) {
    throw new UsageError('SUITE_NOT_FOUND', `'${argument}' is a directory: name the suite files themselves.`);
  }
  return stats !== undefined;
};

const requireDistinctNames = (suites: readonly NamedSuite[]): void => {
  const seen = new Set<string>();
  for (const { suite } of suites) {
    if (seen.has(suite.name)) {
      throw new UsageError(
        'SUITE_TWICE',
        `There are two suites named '${suite.name}': names tell suites apart.`,
      );
    }
    seen.add(suite.name);
  }
};

const shippedSuite = async (name: string, loadShipped: LoadShipped): Promise<Suite> => {
  const suite = (await loadShipped()).find((candidate) => candidate.name === name);
  if (suite === undefined) {
    throw new UsageError(
      'SUITE_NOT_FOUND',
      `No suite '${name}': it is neither a file nor a shipped suite (powercut list shows those).`,
    );
  }
  return suite;
};

export type LoadShipped = () => Promise<readonly Suite[]>;

const asShipped = (suite: Suite): NamedSuite => ({ reference: { kind: 'shipped', name: suite.name }, suite });

/**
 * The suites that the arguments name, in their order; all shipped ones where there is no argument.
 *
 * @throws UsageError SUITE_NOT_FOUND, SUITE_UNREADABLE, SUITE_UNLOADABLE, SUITE_MISSING, SUITE_MALFORMED, SUITE_TWICE.
 */
export const findSuites = async (
  names: readonly string[],
  loadShipped: LoadShipped,
  directory: string,
): Promise<readonly NamedSuite[]> => {
  if (names.length === 0) return (await loadShipped()).map(asShipped);
  const found: NamedSuite[] = [];
  for (const argument of names) {
    const path = resolve(directory, argument);
    if (await isFile(path, argument)) {
      found.push(...(await loadFile(pathToFileURL(path).href, argument)));
    } else {
      found.push(asShipped(await shippedSuite(argument, loadShipped)));
    }
  }
  requireDistinctNames(found);
  return found;
};

/** The suite a reference stands for, in this process. */
export const loadSuite = async (reference: SuiteReference, loadShipped: LoadShipped): Promise<Suite> => {
  if (reference.kind === 'shipped') return shippedSuite(reference.name, loadShipped);
  const suites = await loadFile(reference.url, reference.argument);
  const named = suites[reference.index];
  if (named === undefined) {
    throw new UsageError(
      'SUITE_MALFORMED',
      `'${reference.argument}' exports other suites each time it is loaded.`,
    );
  }
  return named.suite;
};

export interface SuiteAnew {
  readonly suite: Suite;
  /** All files that were evaluated for it. */
  readonly files: readonly string[];
}

/** Where a suite of that name is among those of a file. @throws UsageError SUITE_MISSING where it is not */
export const indexOfSuite = async (path: string, name: string): Promise<number> => {
  const { exports } = await evaluateAnew(path);
  const value: unknown = isRecord(exports) ? (exports.default ?? exports) : exports;
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const index = listed.findIndex((item) => isRecord(item) && item.name === name);
  if (index === -1) throw new UsageError('SUITE_MISSING', `'${path}' exports no suite '${name}' as default`);
  return index;
};

/** A suite with modules of its own, as a process that has just started has them. */
export const loadSuiteAnew = async (reference: SuiteReference): Promise<SuiteAnew> => {
  const url =
    reference.kind === 'file'
      ? reference.url
      : new URL(`../properties/suites/index${extname(import.meta.url)}`, import.meta.url).href;
  const { exports, files } = await evaluateAnew(fileURLToPath(url));
  const module = isRecord(exports) ? exports : {};
  const value = reference.kind === 'file' ? (module.default ?? exports) : module.shippedSuites;
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const suite = listed.find(
    (item, index) =>
      isRecord(item) &&
      (reference.kind === 'file' ? index === reference.index : item.name === reference.name),
  );
  if (suite === undefined)
    throw new UsageError('SUITE_MISSING', 'Evaluated once more, the file exports no such suite.');
  return { suite: suite as Suite, files }; // its like was checked when it was loaded first
};
