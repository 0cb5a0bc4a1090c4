/** The command compiled as it is shipped, for the tests that run it in a process of its own: once for each run of the tests. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { writeAssets } from '../../reports/html/bundle.js';
import { oncePerRun, ROOT } from './once-per-run.js';

export const COMPILATION_MS_MAX = 400_000;

export const suiteFile = (name: string): string => join(ROOT, 'cli', 'fixtures', `${name}.suite.ts`);

export interface Compiled {
  /** The file that node runs. */
  readonly main: string;
  /** The URL of what suites import as 'powercut'. */
  readonly library: string;
}

const compileInto = async (out: string): Promise<void> => {
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  // The types are checked elsewhere; here they only cost time.
  const options = ['--noCheck', '--declaration', 'false', '--tsBuildInfoFile', join(out, '.tsbuildinfo')];
  await promisify(execFile)(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--outDir', out, ...options],
    {
      cwd: ROOT,
    },
  );
  await writeAssets(out);
};

export const compileCommand = async (): Promise<Compiled> => {
  const out = await oncePerRun('compiled', compileInto);
  return {
    main: join(out, 'cli', 'main.js'),
    library: pathToFileURL(join(out, 'exports', 'index.js')).href,
  };
};
