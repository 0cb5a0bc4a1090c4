import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { scenarioSuites } from '../scenarios/index.js';
import { shippedSuites } from '../suites/index.js';
import { automaticSabotages } from './automatic.js';
import { explained } from './equivalent-mutants.js';
import { gallery } from './gallery/index.js';
import { ROWS } from './known-incidents.js';
import { type Sabotage, type SourceTexts, sabotaged } from './sabotage.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

const sources: SourceTexts = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [`src/${path.replaceAll('\\', '/')}`, readFileSync(`${SRC}/${path}`, 'utf8')]),
);

const automatic = automaticSabotages(sources);
const all = [...gallery, ...automatic];
const named = (sabotages: readonly Sabotage[]) => sabotages.map((one) => [one.name, one] as const);

describe('gallery', () => {
  test.each(named(all))('%s: still fits the source', (_, sabotage) => {
    const changed = sabotaged(sources, sabotage);
    for (const [file, text] of changed) expect(text).not.toBe(sources.get(file));
  });

  it('holds fifty sabotages at least, each under a name of its own', () => {
    expect(gallery.length).toBeGreaterThanOrEqual(50);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  test.each(Object.keys(ROWS))('re-enacts: %s', (row) => {
    expect(gallery.filter((sabotage) => sabotage.row === row)).not.toEqual([]);
  });

  it('explores suites that exist', () => {
    const known = new Set([...shippedSuites, ...scenarioSuites].map(({ name }) => name));
    const asked = new Set(all.flatMap(({ suites }) => suites));
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
    expect(all.filter(({ suites }) => suites.length === 0)).toEqual([]);
  });
});

describe('automaticSabotages', () => {
  it('ignore each sync of the source', () => {
    const syncs = [...sources]
      .filter(([file]) => !/\.test\.ts$|\/testing\//.test(file))
      .flatMap(
        ([, text]) => text.match(/\.(?:sync|datasync)\(\)|await sync(?:Directory|Ancestors)\(/g) ?? [],
      );
    expect(automatic.filter(({ name }) => name.endsWith('ignored'))).toHaveLength(syncs.length);
  });

  it('are explained only where they exist', () => {
    const names = new Set(automatic.map(({ name }) => name));
    expect(Object.keys(explained).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('sabotaged', () => {
  const patched = (text: string, find: string) =>
    sabotaged(new Map([['a.ts', text]]), {
      name: 'x',
      row: 'automatic',
      patches: [{ file: 'a.ts', find, replace: 'b' }],
      suites: [],
      killedBy: [],
    });

  it('replaces what stands there once', () => {
    expect([...patched('one two', 'two')]).toEqual([['a.ts', 'one b']]);
  });

  it.each([
    ['nowhere', 'three', 'nowhere'],
    ['more than once', 'o', '2 times'],
  ])('is refused where it applies %s', (_, find, words) => {
    expect(() => patched('one two', find)).toThrow(expect.objectContaining({ code: 'PATCH_DOES_NOT_APPLY' }));
    expect(() => patched('one two', find)).toThrow(words);
  });
});
