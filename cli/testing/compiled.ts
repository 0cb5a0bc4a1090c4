/** The command compiled as it is shipped, for the tests that run it in a process of its own. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const COMPILATION_MS_MAX = 120_000;

export const suiteFile = (name: string): string => join(ROOT, 'cli', 'fixtures', `${name}.suite.ts`);

export interface Compiled extends AsyncDisposable {
  /** The file that node runs. */
  readonly main: string;
}

export const compileCommand = async (): Promise<Compiled> => {
  // Inside the package, so that the compiled files find its dependencies; apart from `dist`, which others build.
  const out = join(ROOT, '.powercut', `cli-test-${process.pid}`);
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  // The types are checked elsewhere; here they only cost time.
  const options = ['-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', out];
  await promisify(execFile)(process.execPath, [compiler, ...options], { cwd: ROOT });
  return {
    main: join(out, 'cli', 'main.js'),
    [Symbol.asyncDispose]: () => rm(out, { recursive: true, force: true }),
  };
};
