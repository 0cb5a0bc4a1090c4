/**
 * Finds the suites named on the command line: shipped ones by name, other people's by file.
 *
 * Files are loaded in worker processes, so that nothing a suite does to its process ends the campaign: what travels is a
 * {@link SuiteReference}. For the same reason nothing of the simulator is imported here: a command starts without it.
 */
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Suite } from '../../sim/suite/suite.js';
import { errorCode } from '../../sim/util/errors.js';
import { messageOf, UsageError } from '../usage-error.js';
import { didYouMean, isGlob, suiteFilesBelow, suiteFilesFrom, suiteFilesMatching } from './suite-paths.js';
import { factsOf, type SuiteFacts, type SuiteReference } from './suite-reference.js';

export interface NamedSuite {
  readonly reference: SuiteReference;
  readonly suite: SuiteFacts;
  /** Why the file's suites can't be had: it then stands here for all of them, under its own name. */
  readonly error?: UsageError;
}

export interface DescribeOptions {
  /** Longest time that the file may block its thread. */
  readonly silentMsMax?: number;
  /** Longest time that it may take, apart from some seconds' grace. */
  readonly limitMs?: number;
}

/** The suites that are in a file, found out in a process that may be lost. */
export type DescribeFile = (
  url: string,
  argument: string,
  options?: DescribeOptions,
) => Promise<readonly SuiteFacts[]>;

/** The files that a pattern matches. @throws UsageError SUITE_UNREADABLE, SUITE_NOT_FOUND */
const filesMatching = async (pattern: string, directory: string): Promise<readonly string[]> => {
  const files = await suiteFilesMatching(pattern, directory).catch((thrown: unknown) => {
    throw new UsageError('SUITE_UNREADABLE', `Cannot search for '${pattern}': ${messageOf(thrown)}`);
  });
  if (files.length > 0) return files;
  throw new UsageError(
    'SUITE_NOT_FOUND',
    `No suite file matches '${pattern}': see which files there are, and quote the pattern for the shell.`,
  );
};

/**
 * The suite files that an argument names: itself, those below it, or those that match it. Undefined: there is no such path.
 *
 * @throws UsageError SUITE_UNREADABLE, SUITE_NOT_FOUND
 */
const filesOf = async (
  path: string,
  argument: string,
  directory: string,
): Promise<readonly string[] | undefined> => {
  const stats = await stat(path).catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return undefined;
    throw new UsageError('SUITE_UNREADABLE', `Cannot read suite file '${argument}': ${messageOf(thrown)}`);
  });
  if (stats === undefined) return isGlob(argument) ? filesMatching(argument, directory) : undefined;
  if (!stats.isDirectory()) return [path];
  const files = await suiteFilesBelow(path).catch((thrown: unknown) => {
    throw new UsageError('SUITE_UNREADABLE', `Cannot read directory '${argument}': ${messageOf(thrown)}`);
  });
  if (files.length > 0) return files;
  throw new UsageError(
    'SUITE_NOT_FOUND',
    `No suite file is in '${argument}': their names end in .suite.ts, .suite.js or the like.`,
  );
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

/** The outcomes of all acts, in their order; at most `count` of them go on at once. */
const inLanes = async <Outcome>(
  acts: readonly (() => Promise<Outcome>)[],
  count: number,
): Promise<readonly Outcome[]> => {
  const outcomes = new Map<number, Outcome>();
  const left = acts.entries();
  const lane = async (): Promise<void> => {
    for (const [index, act] of left) outcomes.set(index, await act());
  };
  await Promise.all(Array.from({ length: count }, lane));
  return [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
};

/** @param directory where to look for files with a similar name; absent: nowhere */
export const shippedSuite = async (
  name: string,
  loadShipped: LoadShipped,
  directory?: string,
): Promise<Suite> => {
  const shipped = await loadShipped();
  const suite = shipped.find((candidate) => candidate.name === name);
  if (suite !== undefined) return suite;
  const files = directory === undefined ? [] : await suiteFilesFrom(directory);
  const meant = didYouMean(name, [...files, ...shipped.map((candidate) => candidate.name)]);
  const hint = meant === undefined ? '' : ` Did you mean '${meant}'?`;
  throw new UsageError(
    'SUITE_NOT_FOUND',
    `No suite '${name}': it is neither a file nor a shipped suite (powercut list shows those).${hint}`,
  );
};

/** The suites with a text in their names, and the files that failed to load. @throws UsageError SUITE_NOT_FOUND */
export const withName = (suites: readonly NamedSuite[], text: string | undefined): readonly NamedSuite[] => {
  if (text === undefined) return suites;
  const wanted = text.toLowerCase();
  const found = suites.filter(
    ({ suite, error }) => error !== undefined || suite.name.toLowerCase().includes(wanted),
  );
  if (found.length > 0) return found;
  const names = suites.map(({ suite }) => `'${suite.name}'`).join(', ');
  throw new UsageError('SUITE_NOT_FOUND', `No suite has '${text}' in its name. The suites are ${names}.`);
};

export type LoadShipped = () => Promise<readonly Suite[]>;

const asShipped = (suite: Suite): NamedSuite => ({
  reference: { kind: 'shipped', name: suite.name },
  suite: factsOf(suite),
});

const describedFile = async (
  path: string,
  argument: string,
  { describeFile, ...options }: FindOptions,
): Promise<readonly NamedSuite[]> => {
  const url = pathToFileURL(path).href;
  const referenceAt = (index: number): SuiteReference => ({ kind: 'file', url, argument, index });
  try {
    const suites = await describeFile(url, argument, options);
    return suites.map((suite, index) => ({ reference: referenceAt(index), suite }));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const suite: SuiteFacts = { name: argument, expected: 'safe', disk: 'posix', invariants: 0 };
    return [{ reference: referenceAt(0), suite, error }];
  }
};

export interface FindOptions extends DescribeOptions {
  readonly loadShipped: LoadShipped;
  readonly describeFile: DescribeFile;
  /** Paths are relative to it. */
  readonly directory: string;
}

/** The paths of all suite files that the arguments name; undefined where one of them is no file. @throws as findSuites */
export const suiteFilesNamed = async (
  names: readonly string[],
  directory: string,
): Promise<readonly string[] | undefined> => {
  const found: string[] = [];
  for (const argument of names) {
    const files = await filesOf(resolve(directory, argument), argument, directory);
    if (files === undefined) return undefined;
    found.push(...files);
  }
  return found;
};

/**
 * The suites that the arguments name, in their order; all shipped ones where there is no argument. A file that does not
 * load is among them with its error.
 *
 * @throws UsageError SUITE_NOT_FOUND, SUITE_UNREADABLE, SUITE_TWICE.
 */
export const findSuites = async (
  names: readonly string[],
  options: FindOptions,
): Promise<readonly NamedSuite[]> => {
  const { loadShipped, directory } = options;
  if (names.length === 0) return (await loadShipped()).map(asShipped);
  // Mistakes of the call itself are reported before any file is loaded.
  const planned: (() => Promise<readonly NamedSuite[]>)[] = [];
  for (const argument of names) {
    const path = resolve(directory, argument);
    const files = await filesOf(path, argument, directory);
    if (files !== undefined) {
      for (const file of files) {
        const name = file === path ? argument : relative(directory, file);
        planned.push(() => describedFile(file, name, options));
      }
    } else {
      const suite = asShipped(await shippedSuite(argument, loadShipped, directory));
      planned.push(async () => [suite]);
    }
  }
  const found = await inLanes(planned, availableParallelism());
  const suites = found.flat();
  requireDistinctNames(suites);
  return suites;
};

/** As findSuites, for who can't do without any of them. @throws UsageError also that of the first file that failed */
export const findAllSuites = async (
  ...call: Parameters<typeof findSuites>
): Promise<readonly NamedSuite[]> => {
  const suites = await findSuites(...call);
  for (const { error } of suites) if (error !== undefined) throw error;
  return suites;
};
