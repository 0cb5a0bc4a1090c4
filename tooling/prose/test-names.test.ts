import { describe, expect, it } from 'vitest';
import { testNamesIn, ungreppable } from './test-names.js';

describe('testNamesIn', () => {
  it('finds tests and groups at the top level, also those of a table', () => {
    const text = [
      `describe('one', () => { it('inner', () => {}); });`,
      `it.each([[1]])('two %d', () => {});`,
      `test.skipIf(process.platform === 'win32')('three', () => {});`,
      `for (const value of [1]) test('four', () => {});`,
    ].join('\n');
    expect(testNamesIn('a.test.ts', text)).toEqual([
      { path: 'a.test.ts', line: 1, name: 'one' },
      { path: 'a.test.ts', line: 2, name: 'two %d' },
      { path: 'a.test.ts', line: 3, name: 'three' },
      { path: 'a.test.ts', line: 4, name: 'four' },
    ]);
  });
});

describe('ungreppable', () => {
  const named = (name: string) =>
    ungreppable(
      new Map([
        ['a.ts', 'export const openStore = () => ({\n  append(event) {},\n});'],
        ['a.test.ts', `test(${JSON.stringify(name)}, () => {});`],
      ]),
    ).map((found) => found.name);

  it.each([
    ['an exported function', 'openStore: a torn tail is cut'],
    ['a function as the subject of a sentence', 'openStore cuts a torn tail'],
    ['a method', 'append refuses a date'],
    ['a command', 'powercut run --seed: the same seed gives the same digest'],
    ['a module of the platform', 'node:fs: each function'],
    ['a file of the project', 'docs/verdicts.md lists the reasons'],
  ])('passes %s', (_, name) => {
    expect(named(name)).toEqual([]);
  });

  it.each([
    ['a torn tail is cut'],
    ['recovery'],
    ['openStores: a torn tail is cut'],
    ['docs/none.md is short'],
  ])('finds "%s"', (name) => {
    expect(named(name)).toEqual([name]);
  });
});
