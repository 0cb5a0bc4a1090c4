/**
 * What a machine would run, by content: Powercut's own code, the project's lock file, and each suite with all that it
 * reaches. Machines whose checkouts have equal names give equal results, so only they may share out a campaign.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../../sim/util/errors.js';
import { reachedBy } from '../loading/reached-files.js';
import { messageOf, UsageError } from '../usage-error.js';

/** Of the package: what a worker process may load of it. */
const ROOMS = ['cli', 'exports', 'properties', 'reports', 'sim', 'sqlite', 'src'];
const CODE = /\.(js|ts|wasm)$/;
const NOT_RUN = /(\.d\.ts|test\.ts)$/;
const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** Equal on all systems. */
const named = (path: string, directory: string): string => relative(directory, path).split(sep).join('/');

const filesBelow = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !named(path, directory).split('/').includes('node_modules'));
};

const nameOf = async (paths: readonly string[], directory: string): Promise<string> => {
  const hash = createHash('sha256');
  for (const path of [...new Set(paths)].sort()) {
    const contents = await readFile(path);
    hash.update(`${named(path, directory)}\n${contents.length}\n`).update(contents);
  }
  return hash.digest('hex').slice(0, 32);
};

/** The name of Powercut's own code, as it is installed here. Cost: reads about a thousand files, some 50 ms. */
export const nameOfCode = async (): Promise<string> => {
  const rooms = await Promise.all(
    ROOMS.map((room) =>
      filesBelow(join(PACKAGE, room)).catch((thrown: unknown) => {
        if (errorCode(thrown) === 'ENOENT') return [];
        throw thrown;
      }),
    ),
  );
  const run = rooms.flat().filter((path) => CODE.test(path) && !NOT_RUN.test(path));
  return nameOf(run, PACKAGE);
};

/** The name of the versions of all packages of a project; empty where no lock file says. */
export const nameOfPackages = async (directory: string): Promise<string> => {
  const there = new Set(await readdir(directory));
  const locks = LOCK_FILES.filter((name) => there.has(name)).map((name) => join(directory, name));
  return locks.length === 0 ? '' : nameOf(locks, directory);
};

/**
 * The name of a suite file and of all that it reaches by imports and by paths in quotes, apart from packages.
 * @throws UsageError SUITE_UNLOADABLE
 */
export const nameOfSuite = async (path: string, directory: string): Promise<string> => {
  try {
    const { files, directories } = await reachedBy(path, directory);
    const below = await Promise.all([...directories].map(filesBelow));
    return await nameOf([...files, ...below.flat()], directory);
  } catch (thrown) {
    throw new UsageError(
      'SUITE_UNLOADABLE',
      `The files that '${named(path, directory)}' reaches can't be read: ${messageOf(thrown)}.`,
    );
  }
};
