/** The project's own source files, as the tests in this folder read them: path from the root to text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Folders of the root that are rooms of the design. */
const ROOMS = ['src', 'sim', 'sqlite', 'properties', 'reports', 'cli', 'exports'] as const;

/** Those, and what stands around them. */
export const FOLDERS: readonly string[] = [...ROOMS, 'bench', 'tooling', 'examples'];

/** TypeScript files by path from the root, with `/` between folders, in order of path. */
export type Sources = ReadonlyMap<string, string>;

/** Generated files, and packages that an example has installed. */
const isForeign = (path: string): boolean =>
  path.startsWith('reports/out/') || path.split('/').includes('node_modules');

/** Reads every TypeScript file of the project's own under the given folders of the root. */
export const readSources = (folders: readonly string[] = ROOMS): Sources => {
  const paths: string[] = [];
  for (const folder of folders) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith('.ts')) paths.push(join(entry.parentPath, entry.name));
    }
  }
  return new Map(
    paths
      .map((path) => [relative(ROOT, path).split(sep).join('/'), path] as const)
      .filter(([path]) => !isForeign(path))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, absolute]) => [path, readFileSync(absolute, 'utf8')]),
  );
};
