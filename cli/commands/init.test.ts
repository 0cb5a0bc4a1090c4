import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contextWith } from '../testing/context.js';
import { initCommand } from './init.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-init-'));
});

afterEach(() => rm(directory, { recursive: true }));

const init = async (argument = '.'): Promise<string> => {
  const stdout = new PassThrough();
  const context = contextWith({ stdout, stderr: new PassThrough(), directory });
  await initCommand(argument, context);
  stdout.end();
  return Buffer.concat(await stdout.toArray()).toString('utf8');
};

const filesIn = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');

describe('powercut init', () => {
  it('writes JavaScript without a test for a project that names neither TypeScript nor Vitest', async () => {
    const out = await init();
    expect(await filesIn(directory)).toEqual(['.gitignore', 'counter.suite.mjs', 'powercut.yml']);
    expect(out).toContain('Next: npx powercut run counter.suite.mjs\n');
    expect(await read('.github/workflows/powercut.yml')).toContain('npx powercut run . ');
  });

  it('writes TypeScript, a test and the reporter for a project that names them', async () => {
    await writeFile(
      join(directory, 'package.json'),
      JSON.stringify({ devDependencies: { typescript: '5', vitest: '4' } }),
    );
    await init();
    expect(await filesIn(directory)).toEqual([
      '.gitignore',
      'counter.suite.ts',
      'counter.test.ts',
      'package.json',
      'powercut.yml',
      'vitest.config.ts',
    ]);
    expect(await read('counter.test.ts')).toContain("from './counter.suite.js'");
  });

  it.each(['vite.config.ts', 'vite.config.mjs', 'vitest.config.js', 'vitest.config.cts'])(
    'writes no Vitest config that would hide %s, and says what to add to it',
    async (config) => {
      await writeFile(
        join(directory, 'package.json'),
        JSON.stringify({ devDependencies: { typescript: '5', vitest: '4' } }),
      );
      await writeFile(join(directory, config), 'export default {};');
      const out = await init();
      expect((await filesIn(directory)).filter((name) => name.includes('.config.'))).toEqual([config]);
      expect(out).toContain(`Already there, unchanged: ${config}\n`);
      expect(out).toContain(
        `Add to 'test' in ${config}, for the report: reporters: ['default', 'powercut/vitest-reporter'],\n`,
      );
      expect(await read(config)).toBe('export default {};');
    },
  );

  it('says nothing of a Vite config that names the reporter, or of one in a project without Vitest', async () => {
    await writeFile(join(directory, 'vite.config.ts'), "reporters: ['powercut/vitest-reporter']");
    expect(await init()).not.toContain('vite.config.ts');
    await writeFile(join(directory, 'package.json'), JSON.stringify({ devDependencies: { vitest: '4' } }));
    const out = await init();
    expect(out).toContain('vite.config.ts');
    expect(out).not.toContain('Add to');
  });

  it('leaves what is there as it is, and says so', async () => {
    await writeFile(join(directory, 'counter.suite.mjs'), 'mine');
    await writeFile(join(directory, '.gitignore'), 'dist\n.powercut/');
    const out = await init();
    expect(out).toContain('Already there, unchanged: counter.suite.mjs\n');
    expect(out).not.toContain('It fails');
    expect(await read('counter.suite.mjs')).toBe('mine');
    expect(await read('.gitignore')).toBe('dist\n.powercut/\nreports/out/\n');
    expect(await init()).not.toContain('Written');
  });

  it('sets up another directory, and makes it', async () => {
    expect(await init('deep/er')).toContain('Next: cd deep/er && npx powercut run counter.suite.mjs\n');
    expect(await filesIn(join(directory, 'deep/er'))).toContain('counter.suite.mjs');
  });

  it('tells what it can not write', async () => {
    await mkdir(join(directory, '.gitignore'));
    await expect(init()).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringContaining("'.'"),
    });
    await writeFile(join(directory, 'package.json'), 'no JSON');
    await expect(init()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});
