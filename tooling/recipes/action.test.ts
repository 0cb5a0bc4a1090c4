/** action.yml: its script, run by bash with a `npx` that writes down its words. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, documentsOf, recipe } from './recipes.js';

const [action] = documentsOf(recipe('action.yml'));
const step = at(action, 'runs', 'steps', 0);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'powercut-action-'));
  const npx = join(directory, 'npx');
  writeFileSync(npx, '#!/bin/sh\nprintf "%s\\0" "$@" > "$WORDS"\nexit "$CODE"\n');
  chmodSync(npx, 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

interface Called {
  readonly code: number | null;
  readonly words: readonly string[];
  readonly out: string;
}

/** Runs the step as GitHub does: with the default of each input that is not given. */
const call = (inputs: Readonly<Record<string, string>>, code = 0): Called => {
  const env = Object.fromEntries(
    Object.entries(Object(at(step, 'env'))).map(([name, value]) => {
      const input = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(String(value))?.[1] ?? '';
      return [name, inputs[input] ?? String(at(action, 'inputs', input, 'default'))];
    }),
  );
  const words = join(directory, 'words');
  rmSync(words, { force: true });
  const { status, stdout } = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', String(at(step, 'run'))],
    {
      env: { ...env, PATH: `${directory}:${process.env.PATH}`, WORDS: words, CODE: String(code) },
      cwd: directory,
      encoding: 'utf8',
    },
  );
  let written = '';
  try {
    written = readFileSync(words, 'utf8');
  } catch {
    // npx was not called
  }
  return { code: status, words: written.split('\0').slice(0, -1), out: stdout };
};

const ALWAYS = ['--reporter', 'github', '--report', 'reports/out'];

describe('action.yml', () => {
  it('runs the command of the project', () => {
    expect(call({}).words).toEqual(['--no', '--', 'powercut', 'run', ...ALWAYS]);
  });

  it('takes one word from each line, and no line is more than a word', () => {
    const { words } = call({
      command: 'campaign start',
      suites: 'suites/*.suite.ts\n\nit has spaces.suite.ts\n',
      options: '--seed\n$(touch hacked)\n`touch hacked`\n"; touch hacked; "\n',
      report: 'a b',
    });
    expect(words).toEqual([
      '--no',
      '--',
      'powercut',
      'campaign',
      'start',
      'suites/*.suite.ts',
      'it has spaces.suite.ts',
      '--seed',
      '$(touch hacked)',
      '`touch hacked`',
      '"; touch hacked; "',
      '--reporter',
      'github',
      '--report',
      'a b',
    ]);
    expect(() => readFileSync(join(directory, 'hacked'))).toThrow('ENOENT');
  });

  it('ends as the command ends', () => {
    expect(call({}, 1).code).toBe(1);
    expect(call({}, 3).code).toBe(3);
  });

  it('refuses another command with an annotation', () => {
    const { code, words, out } = call({ command: 'worker' });
    expect([code, words]).toEqual([2, []]);
    expect(out).toMatch(/^::error title=Powercut::/);
  });
});
