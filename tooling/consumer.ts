/**
 * The package as its users get it: compiled, packed, and unpacked into an otherwise empty project beside exactly the
 * dependencies it declares. So the tests run as after `npm install powercut`.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { oncePerRun } from '../cli/testing/once-per-run.js';
import { writeAssets } from '../reports/html/bundle.js';
import { ROOT } from './sources.js';

export interface Ended {
  readonly code: number;
  /** Standard output and error, as they came. */
  readonly output: string;
}

export interface Consumer {
  readonly directory: string;
  /** Writes a file of the project, making its folders. */
  write(path: string, text: string): Promise<void>;
  /** Runs a shell command line in the project; never rejects for what the command does. */
  run(command: string): Promise<Ended>;
  remove(): Promise<void>;
}

/** A `tsconfig.json` for the user's project. */
export const CONSUMER_TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
});

/** What a user of TypeScript and Vitest has installed beside the package. */
const USERS_TOOLS = [
  'typescript',
  '@types/node',
  'vitest',
  'steno',
  'write-file-atomic',
  '@sqlite.org/sqlite-wasm',
  '@types/better-sqlite3',
  '@types/write-file-atomic',
];
/** In the package folder, beside what `files` names, npm packs these. */
const PACKED = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs'];
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

const shell = (directory: string, command: string): Promise<Ended> =>
  new Promise((resolve) => {
    const path = [join(directory, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH];
    // Vitest tells its children to be tests, too: a user's shell does not.
    const { VITEST: _vitest, NODE_ENV: _mode, NODE_OPTIONS: _options, ...variables } = process.env;
    const env = { ...variables, PATH: path.join(':'), NO_COLOR: '1', npm_config_offline: 'true' };
    execFile(
      'sh',
      ['-c', command],
      { cwd: directory, env, maxBuffer: OUTPUT_BYTES_MAX },
      (error, out, err) => {
        const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1;
        resolve({ code, output: out + err });
      },
    );
  });

const mustRun = async (directory: string, command: string): Promise<void> => {
  const { code, output } = await shell(directory, command);
  if (code !== 0) throw new Error(`${command} failed with exit code ${code}:\n${output}`);
};

/** Lets `project` find a package that is installed here. */
const linkPackage = async (project: string, name: string): Promise<void> => {
  const link = join(project, 'node_modules', name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(join(ROOT, 'node_modules', name), link);
};

/** How long {@link installForConsumer} may take on a machine that has much else to do. */
export const INSTALL_MS_MAX = 300_000;

/** Builds and packs the package: a directory with the tarball. */
const packInto = async (directory: string): Promise<void> => {
  const staging = join(directory, 'staging');
  await mkdir(staging, { recursive: true });
  for (const name of PACKED) {
    if (existsSync(join(ROOT, name))) await cp(join(ROOT, name), join(staging, name), { recursive: true });
  }
  // With a record of its own of what is built, as nothing of this output is there yet; types are checked elsewhere.
  const output = `--noCheck --outDir ${join(staging, 'dist')} --tsBuildInfoFile ${join(directory, 'built')}`;
  await mustRun(ROOT, `node_modules/.bin/tsc -p tsconfig.build.json ${output}`);
  await writeAssets(join(staging, 'dist'));
  await mustRun(staging, 'npm pack --silent --ignore-scripts --pack-destination ..');
  await rm(staging, { recursive: true });
};

/** Installs the package into a new project. The first call of a test run builds and packs it, which takes some 10 s. */
export const installForConsumer = async (): Promise<Consumer> => {
  const packed = await oncePerRun('packed', packInto);
  const directory = await mkdtemp(join(tmpdir(), 'powercut-consumer-'));
  const installed = join(directory, 'node_modules', 'powercut');
  await mkdir(installed, { recursive: true });
  await mustRun(directory, `tar -xzf ${packed}/*.tgz -C node_modules/powercut --strip-components=1`);

  const manifest: unknown = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const dependencies: unknown = Reflect.get(Object(manifest), 'dependencies');
  for (const name of [...Object.keys(Object(dependencies)), ...USERS_TOOLS])
    await linkPackage(directory, name);
  // As npm links them: the package's own command, and those of the user's tools.
  const bin = join(directory, 'node_modules', '.bin');
  await mkdir(bin);
  for (const name of ['tsc', 'vitest', 'tsx']) {
    await symlink(join(ROOT, 'node_modules', '.bin', name), join(bin, name));
  }
  await symlink(join(installed, 'dist', 'cli', 'main.js'), join(bin, 'powercut'));
  await mustRun(directory, 'chmod +x node_modules/powercut/dist/cli/main.js');
  // npx starts npm first, a second of processor time for each command. `npx powercut` itself has a test in package.long-test.ts.
  await writeFile(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  return {
    directory,
    write,
    run: (command) => shell(directory, command),
    remove: () => rm(directory, { recursive: true }),
  };
};
