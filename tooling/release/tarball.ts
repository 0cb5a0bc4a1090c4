/** The package as npm packs it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What `npm pack` writes. */
export interface Tarball {
  /** Its absolute path. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** What it holds, by paths from the package's root. */
  readonly paths: readonly string[];
}

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/**
 * Packs the package in `directory` into `destination`. Runs no script of the package: what is to be packed must be
 * built. @throws Error when npm fails
 */
export const pack = async (directory: string, destination: string): Promise<Tarball> => {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', destination],
    { cwd: directory, maxBuffer: OUTPUT_BYTES_MAX },
  );
  // npm documents this shape: one report for each package that it packed.
  const [report] = JSON.parse(stdout) as readonly PackReport[];
  if (report === undefined) throw new Error(`npm pack reported no package in ${directory}.`);
  const file = join(destination, report.filename);
  return { file, bytes: new Uint8Array(await readFile(file)), paths: report.files.map(({ path }) => path) };
};
