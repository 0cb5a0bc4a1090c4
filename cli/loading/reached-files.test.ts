import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reachingAny } from './reached-files.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-reached-'));
  await mkdir(join(directory, 'src'));
  await mkdir(join(directory, 'assets'));
  const files = {
    'a.suite.ts': "import { a } from './src/a.js';\nimport 'powercut';\nexport default a;",
    'b.suite.ts': "const boot = program(new URL('./src/b.ts', import.meta.url), ['./assets']);",
    'src/a.ts':
      "import type { Shared } from './shared.js';\nimport { shared } from './shared.js';\nexport const a: Shared = shared;",
    'src/b.ts':
      "import { shared } from './shared.js';\nreadFileSync(shared, new URL('../words.txt', import.meta.url));",
    'src/shared.ts': 'export type Shared = number;\nexport const shared: Shared = 1;',
    'words.txt': 'x',
    'assets/page.html': '',
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
});
afterEach(() => rm(directory, { recursive: true }));

const reaching = async (...changed: readonly string[]): Promise<readonly string[]> => {
  const suites = ['a.suite.ts', 'b.suite.ts'].map((name) => join(directory, name));
  const found = await reachingAny(suites, new Set(changed.map((path) => join(directory, path))), directory);
  return found.map((path) => path.slice(directory.length + 1));
};

describe('reachingAny', () => {
  it.each([
    ['itself', 'a.suite.ts', ['a.suite.ts']],
    ['what it imports', 'src/a.ts', ['a.suite.ts']],
    ['a program that it names by a path', 'src/b.ts', ['b.suite.ts']],
    ['a file that the program names', 'words.txt', ['b.suite.ts']],
    ['what is below a directory that it names', 'assets/page.html', ['b.suite.ts']],
    ['what both import', 'src/shared.ts', ['a.suite.ts', 'b.suite.ts']],
    ['what none reaches, all of them', 'package.json', ['a.suite.ts', 'b.suite.ts']],
  ])('returns the suite files that reach %s: %s', async (_, changed, suites) => {
    expect(await reaching(changed)).toEqual(suites);
  });

  it('returns all where one of several changes is reached by none, or where one does not compile', async () => {
    expect(await reaching('src/a.ts', 'tsconfig.json')).toEqual(['a.suite.ts', 'b.suite.ts']);
    await writeFile(join(directory, 'src/b.ts'), 'const = ;');
    expect(await reaching('src/a.ts')).toEqual(['a.suite.ts', 'b.suite.ts']);
  });
});
