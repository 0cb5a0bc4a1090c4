/** Which files a suite file reaches: by imports, and by paths in quotes, such as those of `new URL('./program.ts', import.meta.url)`. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';

const CODE = new Set(['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx']);

const QUOTED_PATH = /(['"`])(\.{1,2}\/[^'"`\n$]*)\1/g;

/** The modules that a file imports, itself included, but for those of packages. Rejects where one can't be compiled. */
const modulesOf = async (path: string, directory: string): Promise<readonly string[]> => {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    absWorkingDir: directory,
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    external: ['file:*'],
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).map((input) => resolve(directory, input));
};

/** What a suite file reaches. Paths are absolute. */
export interface Reached {
  readonly files: ReadonlySet<string>;
  /** All that is below them is reached. */
  readonly directories: ReadonlySet<string>;
}

/** Follows imports and quoted paths. Rejects where a module can't be compiled. */
export const reachedBy = async (path: string, directory: string): Promise<Reached> => {
  const files = new Set<string>();
  const directories = new Set<string>();
  const visit = async (entry: string): Promise<void> => {
    for (const module of await modulesOf(entry, directory)) {
      if (files.has(module)) continue;
      files.add(module);
      const text = await readFile(module, 'utf8');
      for (const [, , quoted = ''] of text.matchAll(QUOTED_PATH)) {
        const named = join(dirname(module), quoted);
        const stats = await stat(named).catch(() => undefined);
        if (stats?.isDirectory() === true) directories.add(named);
        else if (stats?.isFile() === true && !files.has(named)) {
          if (CODE.has(extname(named))) await visit(named);
          else files.add(named);
        }
      }
    }
  };
  await visit(path);
  return { files, directories };
};

const reaches = ({ files, directories }: Reached, changed: string): boolean =>
  files.has(changed) || [...directories].some((directory) => changed.startsWith(join(directory, '/')));

/**
 * Those of the suite files that reach a changed file. All of them where a change is reached by none, as it may be one of a setting, or
 * where a file can't be compiled.
 */
export const reachingAny = async (
  suiteFiles: readonly string[],
  changed: ReadonlySet<string>,
  directory: string,
): Promise<readonly string[]> => {
  try {
    const reached = await Promise.all(suiteFiles.map((file) => reachedBy(file, directory)));
    const isForeign = [...changed].some((path) => !reached.some((one) => reaches(one, path)));
    if (isForeign) return suiteFiles;
    return suiteFiles.filter((_, index) => {
      const one = reached[index];
      return one !== undefined && [...changed].some((path) => reaches(one, path));
    });
  } catch {
    return suiteFiles;
  }
};
