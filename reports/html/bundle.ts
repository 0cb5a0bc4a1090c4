/** Bundles the scripts and styles of the pages with all that they import, each into one text. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const ASSETS = ['report.js', 'plots.js', 'timeline.js', 'report.css', 'plots.css', 'timeline.css'] as const;
export type AssetName = (typeof ASSETS)[number];

const SOURCES = fileURLToPath(new URL('browser/', import.meta.url));

/**
 * A script or style of a folder with all that it imports, as one text. Not of a module kind: that would not load from file://.
 * @throws BuildFailure of esbuild when a source is not valid
 */
export const bundleFrom = (folder: string, source: string): string => {
  const { outputFiles } = buildSync({
    absWorkingDir: folder,
    entryPoints: [source],
    bundle: true,
    format: 'iife',
    minify: true,
    charset: 'utf8',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('');
};

/** Reads the sources in `browser/`. Takes some 50 ms. @throws BuildFailure of esbuild when one is not valid */
export const bundle = (name: AssetName): string => bundleFrom(SOURCES, name.replace(/\.js$/, '.ts'));

/** Writes all assets to where the package compiled into `directory` reads them, with the licence of uPlot, which is in one. */
export const writeAssets = async (directory: string): Promise<void> => {
  const folder = join(directory, 'reports', 'html', 'browser');
  await mkdir(folder, { recursive: true });
  const { resolve } = createRequire(import.meta.url);
  await copyFile(resolve('uplot/LICENSE'), join(folder, 'uPlot-LICENSE.txt'));
  for (const name of ASSETS) await writeFile(join(folder, name), bundle(name));
};
