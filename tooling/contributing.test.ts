/** CONTRIBUTING.md names folders, files and scripts, which move: each must be there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './sources.js';

const guide = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
/** Everything in backticks, and the commands of the fenced blocks. */
const code = [...guide.matchAll(/`([^`\n]+)`|^(npm .+)$/gm)].map(([, inline, line]) => inline ?? line ?? '');

const pathsIn = (text: string): readonly string[] =>
  text.split(/\s+/).filter((word) => /^[\w.-]+\/[\w./-]*$/.test(word) && !word.startsWith('.powercut/'));

describe('CONTRIBUTING.md', () => {
  it('names folders and files that exist', () => {
    // The package's entries are written like paths.
    const paths = code.flatMap(pathsIn).filter((path) => !path.startsWith('powercut/'));
    expect(paths.length).toBeGreaterThan(50);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('links to pages that exist', () => {
    const targets = [...guide.matchAll(/\]\(([^)#\s]+)\)/g)].map(([, target = '']) => target);
    expect(targets).not.toEqual([]);
    expect(targets.filter((target) => !existsSync(join(ROOT, target)))).toEqual([]);
  });

  it('names scripts that exist', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const scripts = Object.keys(Object(Reflect.get(Object(manifest), 'scripts')));
    const named = code.flatMap((text) => /^npm run ([\w:]+)/.exec(text)?.[1] ?? []);
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});
