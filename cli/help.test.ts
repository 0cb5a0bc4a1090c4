import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCli } from './program.js';
import { contextWith } from './testing/context.js';

/** The help of a command, which ends with 0 and says nothing else. */
const help = async (...words: readonly string[]): Promise<string> => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  expect(await runCli(words, contextWith({ stdout, stderr, directory: '/' }))).toBe(0);
  stdout.end();
  stderr.end();
  expect(await stderr.toArray()).toEqual([]);
  return Buffer.concat(await stdout.toArray()).toString('utf8');
};

const OPTIONS_OF_RUN = [
  'disk',
  'workers',
  'shard',
  'time',
  'json',
  'report',
  'bail',
  'verbose',
  'no-corpus',
  'config',
  'reporter',
  'watch',
];

describe('powercut --help', () => {
  it.each([[['--help']], [['run', '--help']], [['--version']], [[]]])(
    '%j helps, and ends with 0',
    async (words) => {
      expect((await help(...words)).trim()).not.toBe('');
    },
  );

  it('tells the exit codes', async () => {
    for (const words of [[], ['--help'], ['run', '--help'], ['replay', '--help'], ['report', '--help']])
      expect(await help(...words)).toMatch(/Exit codes: 0 .* 1 .* 2 .*\b3 /s);
    expect(await help('run', '--help')).toContain('Ctrl-C stops the run');
    expect(await help('init', '--help')).not.toContain('Exit codes');
  });

  it('tells every option of run with its default', async () => {
    const out = await help('run', '--help');
    for (const option of ['seed', 'runs', 'workloads', 'max-commands', 'max-crashes', 'commands', 'depth']) {
      expect(out).toMatch(new RegExp(`--${option} <n> .*\\(default: \\d+\\)`, 's'));
    }
    for (const option of OPTIONS_OF_RUN) expect(out).toContain(`--${option} `);
  });
});
