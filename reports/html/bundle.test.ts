import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, writeAssets } from './bundle.js';
import { trustedText } from './html.js';

let built: string;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'powercut-assets-'));
  await writeAssets(built);
});

afterAll(() => rm(built, { recursive: true }));

describe('bundle', () => {
  it.each(['report.js', 'plots.js', 'timeline.js', 'report.css', 'plots.css', 'timeline.css'] as const)(
    'makes %s one text that a page can hold, with nothing left to import',
    (name) => {
      const text = bundle(name);
      expect(() => trustedText(text)).not.toThrow();
      expect(text).not.toMatch(/\bimport\b|@import|\brequire\(/);
    },
  );

  it('gives the timeline the functions that it shares with the reports, and the plots uPlot with its licence', () => {
    expect(bundle('timeline.js')).toContain('padStart');
    expect(bundle('plots.js')).toMatch(/\/\*! https:\/\/github\.com\/leeoniya\/uPlot [^*]*MIT License \*\//);
    expect(bundle('plots.css')).toContain('.uplot');
  });
});

describe('writeAssets', () => {
  it('writes what pages made from sources hold, where the compiled package reads it', async () => {
    const folder = join(built, 'reports', 'html', 'browser');
    const names = await readdir(folder);
    expect(names.sort()).toEqual([
      'plots.css',
      'plots.js',
      'report.css',
      'report.js',
      'timeline.css',
      'timeline.js',
      'uPlot-LICENSE.txt',
    ]);
    expect(await readFile(join(folder, 'timeline.js'), 'utf8')).toBe(bundle('timeline.js'));
    expect(await readFile(join(folder, 'report.css'), 'utf8')).toBe(bundle('report.css'));
  });
});
