import { expect, test } from 'vitest';
import { leftovers } from './leftovers.js';

const SOURCES = new Set(['src/a.ts', 'src/a.test.ts', 'sim/testing/b.ts']);
const found = (paths: readonly string[]) => leftovers(paths, (path) => SOURCES.has(path));

test('leftovers accepts what has a source, and what is not compiled', () => {
  const compiled = ['dist/src/a.js', 'dist/src/a.d.ts', 'dist/src/a.js.map'];
  expect(found([...compiled, 'README.md', 'dist/reports/result.schema.json'])).toEqual([]);
});

test.each([
  ['dist/src/moved.js', 'has no source any more'],
  ['dist/src/a.test.js', 'is for tests'],
  ['dist/sim/testing/b.d.ts', 'is for tests'],
])('leftovers finds %s', (path, why) => {
  expect(found([path])).toEqual([`${path} ${why}`]);
});
