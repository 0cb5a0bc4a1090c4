/** The store's own package, packed and installed with install scripts disabled, as its users do. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.js';
import { packageProblems } from './package-problems.js';
import { stageStorePackage } from './store-package.js';
import { pack, type Tarball } from './tarball.js';

const run = promisify(execFile);
const INSTALL_MS_MAX = 300_000;

let directory: string;
let tarball: Tarball;
const npm = (...args: string[]) => run('npm', args, { cwd: directory });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-store-user-'));
  const built = join(directory, 'built');
  const output = ['--noCheck', '--outDir', built, '--tsBuildInfoFile', join(directory, 'buildinfo')];
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', ...output], { cwd: ROOT });
  await stageStorePackage(built, join(directory, 'staging'));
  tarball = await pack(join(directory, 'staging'), directory);
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  await npm('install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', tarball.file);
}, INSTALL_MS_MAX);
afterAll(() => rm(directory, { recursive: true }));

describe('stageStorePackage: the package powercut-store', () => {
  it('has no dependency of any kind', async () => {
    const { stdout } = await npm('ls', '--all', '--json');
    const { dependencies } = JSON.parse(stdout) as { readonly dependencies: Record<string, object> }; // what npm prints
    expect(Object.keys(dependencies)).toEqual(['powercut-store']);
    expect(dependencies['powercut-store']).not.toHaveProperty('dependencies');
    const text = await readFile(join(directory, 'node_modules/powercut-store/package.json'), 'utf8');
    expect(text).not.toMatch(/ependencies|"scripts"/);
  });

  it('holds the store, and nothing of the simulator or of the tests', () => {
    expect(tarball.paths).toContain('dist/exports/store.js');
    expect(tarball.paths).toContain('dist/exports/store.d.ts');
    expect(
      tarball.paths.filter((path) => /\/(?:sim|properties|reports|designs|testing)\/|\.test\./.test(path)),
    ).toEqual([]);
  });

  it('resolves in Node and in TypeScript', async () => {
    expect(await packageProblems(tarball.bytes)).toEqual([]);
  });

  it('runs the example of its README', async () => {
    const readme = await readFile(join(directory, 'node_modules/powercut-store/README.md'), 'utf8');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    await writeFile(join(directory, 'example.js'), example);
    const { stdout } = await run(process.execPath, ['example.js'], { cwd: directory });
    expect(stdout).toBe('1n\n');
  });

  it('has the command line, with what it needs built in', async () => {
    await writeFile(
      join(directory, 'write.js'),
      `import { openEventStore, realEnvironment } from 'powercut-store';
      const store = await openEventStore(realEnvironment(), 'log');
      await store.appendToStream('s', [{ type: 't', data: 1 }]);
      await store.close();`,
    );
    await run(process.execPath, ['write.js'], { cwd: directory });
    const command = join(directory, 'node_modules/.bin/powercut-store');
    const { stdout } = await run(command, ['verify', 'log'], { cwd: directory });
    expect(stdout).toContain('Sound: 1 events in 1 streams.');
    await expect(run(command, ['verify'], { cwd: directory })).rejects.toMatchObject({ code: 2 });
  });
});
