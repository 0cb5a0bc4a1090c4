/** Something that takes long to make, made once for each run of the tests: the files of one run share a parent process. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../../sim/util/errors.js';
import { isRunning } from './is-running.js';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Inside the package, so that compiled files find its dependencies; apart from `dist`, which others build. */
const PLACE = join(ROOT, '.powercut');
const SOURCES = ['cli', 'exports', 'properties', 'reports', 'sim', 'sqlite', 'src'];
const LOOK_MS = 100;

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

/** Removes what runs left behind that are over. */
const removeOld = async (): Promise<void> => {
  for (const name of await readdir(PLACE)) {
    const [, pid] = /^for-tests-[a-z]+-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(PLACE, name), { recursive: true, force: true });
  }
};

/**
 * The directory that `make` filled, which is complete: all calls but the first wait for that one.
 * @param name what is made, in small letters
 * @param make fills a directory that does not exist yet
 */
export const oncePerRun = async (
  name: string,
  make: (directory: string) => Promise<void>,
): Promise<string> => {
  await mkdir(PLACE, { recursive: true });
  const out = join(PLACE, `for-tests-${name}-${process.ppid}-${await newestSourceMs()}`);
  const lock = `${out}.lock`;
  while (!(await exists(out))) {
    if (!(await isFirst(lock))) {
      await delay(LOOK_MS);
      continue;
    }
    try {
      await removeOld();
      if (await exists(out)) continue;
      await make(`${lock}/out`);
      await rename(`${lock}/out`, out);
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  return out;
};
