import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openerOf } from '../output/open-in-browser.js';
import { contextWith } from '../testing/context.js';
import { showReportCommand } from './show-report.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-show-'));
  await mkdir(join(directory, 'out; touch harm'));
  await writeFile(join(directory, 'out; touch harm', 'index.html'), '');
});

afterEach(() => rm(directory, { recursive: true }));

interface Shown {
  readonly out: string;
  readonly err: string;
  readonly opened: readonly string[];
}

const show = async (
  name: string,
  {
    open = true,
    isTTY = true,
    ci = '',
    failure,
  }: Partial<{ open: boolean; isTTY: boolean; ci: string; failure: string }> = {},
): Promise<Shown> => {
  const [stdout, stderr] = [Object.assign(new PassThrough(), { isTTY }), new PassThrough()];
  const opened: string[] = [];
  const context = contextWith({
    stdout,
    stderr,
    variables: { CI: ci },
    directory,
    openInBrowser: async (path) => {
      opened.push(path);
      return failure;
    },
  });
  expect(await showReportCommand(name, { open }, context)).toBe(0);
  const text = (stream: PassThrough): string => String(stream.read() ?? '');
  return { out: text(stdout), err: text(stderr), opened };
};

describe('showReportCommand', () => {
  it('prints the path of the report, and opens it where a person is looking', async () => {
    const path = join(directory, 'out; touch harm', 'index.html');
    expect(await show('out; touch harm')).toEqual({ out: `${path}\n`, err: '', opened: [path] });
  });

  it.each([
    ['--no-open', { open: false }],
    ['a pipe', { isTTY: false }],
    ['CI', { ci: 'true' }],
  ])('only prints the path with %s', async (_where, how) => {
    const { out, opened } = await show('out; touch harm', how);
    expect(out).toContain('index.html');
    expect(opened).toEqual([]);
  });

  it('says why no browser was opened', async () => {
    expect((await show('out; touch harm', { failure: 'spawn xdg-open ENOENT' })).err).toContain('ENOENT');
  });

  it('names the command that writes a report where there is none', async () => {
    await expect(show('nowhere')).rejects.toMatchObject({ code: 'REPORT_NOT_FOUND' });
  });
});

describe('openerOf', () => {
  it.each(['linux', 'darwin', 'win32'] as const)(
    'on %s is one program with the URL as a word of its own',
    (platform) => {
      const url = 'file:///a%20b;$(touch%20harm)/index.html';
      const [program, words] = openerOf(platform, url);
      expect(program).toMatch(/^(xdg-open|open|rundll32\.exe)$/);
      expect(words.at(-1)).toBe(url);
    },
  );
});
