import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSuites, withName } from './find-suites.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-find-'));
  await mkdir(join(directory, 'suites/more'), { recursive: true });
  await mkdir(join(directory, 'empty'));
  for (const name of ['b.suite.ts', 'a.suite.ts', 'more/c.suite.ts', 'a.test.ts'])
    await writeFile(join(directory, 'suites', name), '');
  await mkdir(join(directory, 'node_modules/x'), { recursive: true });
  await writeFile(join(directory, 'node_modules/x/index.js'), '');
});
afterAll(() => rm(directory, { recursive: true }));

const find = (...names: readonly string[]) =>
  findSuites(names, {
    directory,
    loadShipped: async () => [
      {
        name: 'shipped-suite',
        boot: () => undefined,
        commands: fc.constant([]),
        perform: () => null,
        invariants: [],
      },
    ],
    describeFile: async (url) => [
      { name: basename(fileURLToPath(url)), expected: 'safe', disk: 'posix', invariants: 1 },
    ],
  });

const namesOf = (suites: Awaited<ReturnType<typeof find>>): readonly string[] =>
  suites.map(({ suite }) => suite.name);

describe('findSuites', () => {
  it('takes a directory for all suite files below it', async () => {
    const suites = await find('suites', 'shipped-suite');
    expect(namesOf(suites)).toEqual(['a.suite.ts', 'b.suite.ts', 'c.suite.ts', 'shipped-suite']);
    expect(suites[2]?.reference).toMatchObject({ argument: join('suites', 'more', 'c.suite.ts') });
  });

  it.each([
    ['suites/*.suite.ts', ['a.suite.ts', 'b.suite.ts']],
    ['suites/**/{b,c}.suite.*', ['b.suite.ts', 'c.suite.ts']],
    ['su*', ['a.suite.ts', 'b.suite.ts', 'c.suite.ts']],
    ['suites/a.*', ['a.suite.ts', 'a.test.ts']],
  ])('takes a glob: %s', async (glob, files) => {
    expect(namesOf(await find(glob))).toEqual(files);
  });

  it('takes a file whose name looks like a glob as itself', async () => {
    await writeFile(join(directory, 'suites', '[x].suite.ts'), '');
    expect(namesOf(await find('suites/[x].suite.ts'))).toEqual(['[x].suite.ts']);
    await rm(join(directory, 'suites', '[x].suite.ts'));
  });

  it('refuses a glob that no module matches, and finds nothing in node_modules', async () => {
    for (const glob of ['suites/*.md', 'nothing/**', '**/node_modules/**/*.js'])
      await expect(find(glob)).rejects.toMatchObject({
        code: 'SUITE_NOT_FOUND',
        message: expect.stringContaining(`No suite file matches '${glob}'`),
      });
  });

  it('refuses a directory without a suite file', async () => {
    await expect(find('empty')).rejects.toMatchObject({
      code: 'SUITE_NOT_FOUND',
      message: expect.stringContaining("No suite file is in 'empty'"),
    });
  });

  it.each([
    ['suites/a.suite.js', 'suites/a.suite.ts'],
    ['shiped-suite', 'shipped-suite'],
  ])('asks about %s whether %s was meant', async (name, meant) => {
    await expect(find(name)).rejects.toMatchObject({
      code: 'SUITE_NOT_FOUND',
      message: expect.stringContaining(`Did you mean '${meant}'?`),
    });
  });

  it('makes no guess where nothing is similar', async () => {
    await expect(find('orders')).rejects.toMatchObject({
      message: expect.not.stringContaining('Did you mean'),
    });
  });
});

describe('withName', () => {
  it('keeps the suites with a text in their names, in either case', async () => {
    const suites = await find('suites');
    expect(namesOf(withName(suites, 'B.Suite'))).toEqual(['b.suite.ts']);
    expect(withName(suites, undefined)).toBe(suites);
  });

  it('refuses a text that no name has, and lists the names', async () => {
    const suites = await find('suites');
    expect(() => withName(suites, 'orders')).toThrow(
      /No suite has 'orders' in its name\. The suites are 'a\.suite\.ts', /,
    );
  });
});
