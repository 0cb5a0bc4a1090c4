/** The command compiled as it is shipped, for the tests that run it in a process of its own: once for each run of the tests. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { writeAssets } from '../../reports/html/bundle.js';
import { errorCode } from '../../sim/util/errors.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the package, so that the compiled files find its dependencies; apart from `dist`, which others build. */
const PLACE = join(ROOT, '.powercut');
const SOURCES = ['cli', 'exports', 'properties', 'reports', 'sim', 'src'];
export const COMPILATION_MS_MAX = 400_000;
const LOOK_MS = 100;

export const suiteFile = (name: string): string => join(ROOT, 'cli', 'fixtures', `${name}.suite.ts`);

export interface Compiled {
  /** The file that node runs. */
  readonly main: string;
  /** The URL of what suites import as 'powercut'. */
  readonly library: string;
}

const newestSourceMs = async (): Promise<number> => {
  let newest = 0;
  for (const directory of SOURCES) {
    for (const name of await readdir(join(ROOT, directory), { recursive: true }))
      if (/\.(ts|css)$/.test(name))
        newest = Math.max(newest, (await stat(join(ROOT, directory, name))).mtimeMs);
  }
  return Math.floor(newest);
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** True for who made it: the others wait. */
const isFirst = async (lock: string): Promise<boolean> => {
  try {
    await mkdir(lock);
    return true;
  } catch (thrown) {
    if (errorCode(thrown) !== 'EEXIST') throw thrown;
    return false;
  }
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Removes what runs left behind that are over. */
const removeOld = async (): Promise<void> => {
  for (const name of await readdir(PLACE)) {
    const [, pid] = /^cli-test-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(PLACE, name), { recursive: true, force: true });
  }
};

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

/** The files of one run share a parent: the first one compiles. */
export const compileCommand = async (): Promise<Compiled> => {
  await mkdir(PLACE, { recursive: true });
  const out = join(PLACE, `cli-test-${process.ppid}-${await newestSourceMs()}`);
  const lock = `${out}.lock`;
  while (!(await exists(out))) {
    if (!(await isFirst(lock))) {
      await delay(LOOK_MS);
      continue;
    }
    try {
      await removeOld();
      if (await exists(out)) continue;
      await compileInto(`${lock}/out`);
      await rename(`${lock}/out`, out);
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  return {
    main: join(out, 'cli', 'main.js'),
    library: pathToFileURL(join(out, 'exports', 'index.js')).href,
  };
};
