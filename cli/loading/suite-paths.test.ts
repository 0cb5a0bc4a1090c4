import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { didYouMean, suiteFilesBelow } from './suite-paths.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-paths-'));
  const files = [
    'b.suite.ts',
    'a.suite.mjs',
    'a.test.ts',
    'suite.ts',
    'deep/er/c.suite.cts',
    'node_modules/x/y.suite.js',
    '.cache/z.suite.ts',
    'dist/d.suite.ts.map',
  ];
  for (const file of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), '');
  }
});
afterAll(() => rm(directory, { recursive: true }));

describe('suiteFilesBelow', () => {
  it('lists suite files by name, without packages and hidden directories', async () => {
    const found = await suiteFilesBelow(directory);
    expect(found.map((path) => relative(directory, path))).toEqual([
      'a.suite.mjs',
      'b.suite.ts',
      'deep/er/c.suite.cts',
    ]);
  });
});

describe('didYouMean', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['checkpoint-feeder', ['one-transaction', 'checkpointed-feeder'], 'checkpointed-feeder'],
    ['counter.suite.js', ['other.suite.ts', 'counter.suite.ts'], 'counter.suite.ts'],
    ['Counter.Suite.ts', ['counter.suite.ts'], 'counter.suite.ts'],
    ['something else', ['counter.suite.ts', 'one-transaction'], undefined],
    ['x', [], undefined],
    ['x'.repeat(100_000), ['x'.repeat(99_999)], undefined],
  ])('%.20s', (name, candidates, meant) => {
    expect(didYouMean(name, candidates)).toBe(meant);
  });
});
