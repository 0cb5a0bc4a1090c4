/** How large the rooms are: a file that can be read in one sitting, a folder that can be seen at a glance. */
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FOLDERS, readSources } from './sources.js';

const LINES_MAX = 400;
const SOURCES_MAX = 14;

/** Folders whose files are of one kind, side by side: a longer list is no harder to find one's way in. */
const LISTS_OF_EQUALS = [
  'examples/invariants',
  'examples/npm-packages/gallery',
  'properties/invariants',
  'properties/sabotage/gallery',
  'properties/scenarios',
  'sim/guard/patches',
];

const isSource = (path: string): boolean =>
  !/[.-](test|browser-test|viewer-test|long-test|packages-test)\.ts$/.test(path);

describe('readSources: a room', () => {
  const sources = readSources(FOLDERS);

  it(`has no file of more than ${LINES_MAX} lines`, () => {
    const lines = new Map([...sources].map(([path, text]) => [path, text.split('\n').length - 1]));
    expect(lines.get('sim/suite/suite.ts')).toBeGreaterThan(100);
    expect([...lines].filter(([, count]) => count > LINES_MAX)).toEqual([]);
  });

  it(`has no more than ${SOURCES_MAX} sources, lists of equals apart`, () => {
    const counts = new Map<string, number>();
    for (const path of sources.keys())
      if (isSource(path)) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
    for (const list of LISTS_OF_EQUALS) expect(counts.get(list)).toBeGreaterThan(SOURCES_MAX - 4);
    const crowded = [...counts].filter(
      ([folder, count]) => count > SOURCES_MAX && !LISTS_OF_EQUALS.includes(folder),
    );
    expect(crowded).toEqual([]);
  });
});
