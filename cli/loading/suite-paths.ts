/** The suite files below a directory or of a pattern, and what somebody may have meant who named none. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

const SUITE_FILE = /\.suite\.[cm]?[jt]s$/;

/** Whether a directory belongs to the project itself: node_modules and hidden directories do not. */
export const isProjectDirectory = (entry: Dirent): boolean =>
  entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.');

/** Paths of all files called *.suite.ts, .mts, .cts, .js, .mjs or .cjs, in the order of their names. It skips node_modules and hidden directories. */
export const suiteFilesBelow = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (isProjectDirectory(entry)) found.push(...(await suiteFilesBelow(path)));
    else if (entry.isFile() && SUITE_FILE.test(entry.name)) found.push(path);
  }
  return found;
};

/** Whether an argument that is no path may be a pattern. */
export const isGlob = (argument: string): boolean => /[*?[\]{}]/.test(argument);

const MODULE_FILE = /\.[cm]?[jt]s$/;

/** The modules that a pattern matches, and the suite files below the directories that it matches, in the order of their paths. */
export const suiteFilesMatching = async (pattern: string, directory: string): Promise<readonly string[]> => {
  // Loaded for a pattern only: each start of the command line, and of a worker, would pay for it.
  const { glob } = await import('tinyglobby');
  const matches = await glob(pattern, {
    cwd: directory,
    absolute: true,
    onlyFiles: false,
    expandDirectories: false,
    ignore: ['**/node_modules/**'],
  });
  const found = new Set<string>();
  for (const match of matches) {
    // It marks directories by a slash at the end.
    if (match.endsWith('/')) for (const file of await suiteFilesBelow(resolve(match))) found.add(file);
    else if (MODULE_FILE.test(match)) found.add(resolve(match));
  }
  return [...found].sort();
};

/** How many characters to insert, remove or replace (Levenshtein, 1966). O(a * b) */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [done, character] of [...a].entries()) {
    const next = [done + 1];
    for (let index = 0; index < b.length; index++) {
      const replaced = (row[index] ?? 0) + (b[index] === character ? 0 : 1);
      next.push(Math.min((row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** Longer ones are no typing errors, and cost time. */
const LONGEST = 200;

/** The candidate that was probably meant; undefined: none is similar. */
export const didYouMean = (name: string, candidates: readonly string[]): string | undefined => {
  if (name.length > LONGEST) return undefined;
  const [best] = candidates
    .filter(({ length }) => length <= LONGEST)
    .map((candidate) => ({ candidate, changes: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, changes }) => changes <= Math.max(name.length, candidate.length) * 0.4)
    .sort((a, b) => a.changes - b.changes);
  return best?.candidate;
};

/** Suite files here and below, as one would write them on the command line; none where the directory can't be read. */
export const suiteFilesFrom = async (directory: string): Promise<readonly string[]> =>
  (await suiteFilesBelow(directory).catch(() => [])).map((path) => relative(directory, path));
