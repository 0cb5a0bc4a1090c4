/** Packages made wrong on purpose are found, and one made right passes. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageProblems } from './package-problems.js';
import { pack } from './tarball.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-problems-'));
});
afterEach(() => rm(directory, { recursive: true }));

const MANIFEST = {
  name: 'small',
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};
const FILES = {
  'dist/index.js': 'export const answer = 42;\n',
  'dist/index.d.ts': 'export declare const answer: number;\n',
};

const problemsOf = async (manifest: object, files: Readonly<Record<string, string>>) => {
  const all = { ...files, 'package.json': JSON.stringify(manifest) };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(join(directory, dirname(path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const { bytes } = await pack(directory, directory);
  return packageProblems(bytes);
};

describe('packageProblems', () => {
  it('finds nothing in a package that is right', async () => {
    expect(await problemsOf(MANIFEST, FILES)).toEqual([]);
  });

  it('finds an entry whose file is not packed', async () => {
    const found = await problemsOf(MANIFEST, { 'dist/index.d.ts': FILES['dist/index.d.ts'] });
    expect(found.join('\n')).toMatch(/publint: .*dist\/index\.js.*does not exist/);
  });

  it('finds types that speak of another module format than the code', async () => {
    const exports = { '.': { types: './dist/index.d.cts', default: './dist/index.js' } };
    const found = await problemsOf(
      { ...MANIFEST, exports },
      { 'dist/index.js': FILES['dist/index.js'], 'dist/index.d.cts': FILES['dist/index.d.ts'] },
    );
    expect(found.join('\n')).toMatch(/arethetypeswrong: .*masquerad/i);
  });

  it('finds a package without types', async () => {
    const found = await problemsOf(
      { ...MANIFEST, exports: './dist/index.js' },
      { 'dist/index.js': FILES['dist/index.js'] },
    );
    expect(found).toContain('arethetypeswrong: the package has no types');
  });
});
