import { describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../../../cli/config/config.js';
import { parseHelp } from './command-reference.js';
import { withGenerated } from './generated.js';

const HELP = `Usage: powercut run [options] [suites...]

explore suites

Arguments:
  suites         files,
                 or names

Options:
  --seed <n>     random seed (default: 1)
  --a-very-long-option <n>
                 its text
  -h, --help     display help

Exit codes: 0 all is well,
3 it is not.`;

describe('parseHelp', () => {
  it('reads usage, description and wrapped rows, and leaves out the end', () => {
    const { usage, description, tables } = parseHelp(HELP);
    expect({ usage, description }).toEqual({
      usage: 'powercut run [options] [suites...]',
      description: 'explore suites',
    });
    expect(tables.get('Arguments')).toEqual([{ term: 'suites', text: 'files, or names' }]);
    expect(tables.get('Options')).toEqual([
      { term: '--seed <n>', text: 'random seed (default: 1)' },
      { term: '--a-very-long-option <n>', text: 'its text' },
      { term: '-h, --help', text: 'display help' },
    ]);
  });
});

describe('withGenerated', () => {
  const generated = (name: string): Promise<string> =>
    withGenerated('a.md', `a\n<!-- generated: ${name} -->\nElsewhere.\n<!-- end -->\nb\n`);

  it('lists each command and option of powercut', async () => {
    const text = await generated('powercut');
    for (const command of ['init', 'run', 'replay', 'report', 'show-report', 'list'])
      expect(text).toContain(`## powercut ${command}\n`);
    expect(text).toContain(
      '| `--max-crashes <n>` | successive crashes explored exhaustively (default: 20) |',
    );
    expect(text).not.toContain('--help');
  });

  it('lists each command of powercut-store', async () => {
    const text = await generated('powercut-store');
    expect(text).toContain('## powercut-store verify\n');
    expect(text).toContain('| `--stream <name>` | only the events of this stream |');
  });

  it('lists each setting of a config file, in the words of its option', async () => {
    const text = await generated('config');
    for (const name of SETTING_NAMES) expect(text).toContain(`| \`${name}?\` |`);
    expect(text).toContain('`--max-crashes <n>`: successive crashes explored exhaustively (default: 20).');
    expect(text).toContain('`--no-clock-jumps`:');
  });

  it('lists options without the deprecated ones, and parts of a suite', async () => {
    const options = await generated('explore-options');
    expect(options).toContain('| `maxCrashes?` | `number` |');
    expect(options).not.toContain('`depth?`');
    expect(await generated('suite')).toContain('| `boot` |');
  });

  it('gives each row a meaning', async () => {
    for (const name of [
      'config',
      'explore-options',
      'test-suite-options',
      'reporter-options',
      'limits',
      'clock',
      'suite',
    ])
      expect((await generated(name)).split('\n').filter((line) => line.endsWith('|  |'))).toEqual([]);
  });

  it('replaces the text for readers elsewhere, and nothing around it', async () => {
    const text = await generated('clock');
    expect(text).toMatch(/^a\n\| setting .*\|\nb\n$/s);
    expect(text).not.toContain('Elsewhere.');
  });

  it('refuses a marker without an end', async () => {
    await expect(withGenerated('a.md', '<!-- generated: clock -->\n')).rejects.toThrow('has no <!-- end -->');
  });

  it('refuses a marker without a generator', async () => {
    await expect(generated('none')).rejects.toThrow('a.md: there is no generator none');
  });
});
