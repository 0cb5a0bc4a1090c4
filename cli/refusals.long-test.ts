/** Calls that cannot work, as users meet them: the compiled command says what is wrong and leaves nothing behind. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CallOptions, commandForTests } from './testing/command.js';
import { suiteFile } from './testing/compiled.js';

const SMALL = ['--runs', '5', '--workloads', '2', '--depth', '1'];

const command = commandForTests();

describe('powercut: a call that cannot work ends with 2, one line, and nothing written', () => {
  const refusal = async (words: readonly string[], options?: CallOptions): Promise<string> => {
    const { code, out, err } = await command.run(words, options);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^powercut: [^\n]+\n$/);
    expect(err).not.toMatch(/ {4}at /);
    return err;
  };

  it.each([
    ['a suite that is not there', ['nosuch.suite.ts'], 'nosuch.suite.ts'],
    ['a suite that throws when loaded', [suiteFile('throws-on-import')], 'no database here (line 4)'],
    ['a file with half a suite', [suiteFile('no-boot')], "needs a function 'boot'"],
    ['a file without a suite', [suiteFile('empty')], 'has no suite'],
    ['a suite that ends the process', [suiteFile('exits')], 'it ended with exit code 0'],
    ['two suites of one name', [suiteFile('counter'), suiteFile('broken')], 'hasty counter'],
    ['a directory without a suite', ['.'], 'No suite file is in'],
    ['a depth below zero', ['--depth', '-1'], '--depth'],
    ['a shard beyond the last', ['--shard', '3/2'], '--shard'],
    ['an unknown disk model', ['--disk', 'ext5'], 'posix-worst'],
    ['an unknown option', ['--nosuch'], '--nosuch'],
  ])('%s', async (_, words, said) => {
    expect(await refusal(['run', ...words])).toContain(said);
    expect(await readdir(command.directory)).toEqual([]);
  });

  it('a suite that does not compile', async () => {
    await writeFile(join(command.directory, 'typo.suite.ts'), 'export default {\n  name: "typo" boot\n};\n');
    const said = await refusal(['run', 'typo.suite.ts']);
    expect(said).toMatch(
      /Cannot load 'typo\.suite\.ts': .*typo\.suite\.ts:2:15: ERROR: Expected "}" but found/,
    );
    expect(await readdir(command.directory)).toEqual(['typo.suite.ts']);
  });

  it('a report directory that is read-only', async () => {
    await chmod(command.directory, 0o555);
    const run = ['run', suiteFile('counter'), ...SMALL];
    expect(await refusal(run, { unprivileged: true })).toContain('permission denied');
    expect(await readdir(command.directory)).toEqual([]);
  });

  it('a report directory that is a file', async () => {
    await writeFile(join(command.directory, 'taken'), 'mine');
    expect(await refusal(['run', '--report', 'taken/deep'])).toContain('not a directory');
    expect(await command.textOf('taken')).toBe('mine');
  });

  it('a result file that is a directory', async () => {
    await mkdir(join(command.directory, 'taken'));
    expect(await refusal(['run', '--json', 'taken'])).toContain('directory');
    expect(await readdir(command.directory)).toEqual(['taken']);
  });

  it('a result that is not one', async () => {
    await writeFile(join(command.directory, 'a.json'), '{"schemaVersion":2}');
    expect(await refusal(['report', 'a.json', '--out', 'out'])).toContain('a.json is not a powercut result');
    expect(await refusal(['report', '--out', 'out'])).toContain('result.json');
    expect(await readdir(command.directory)).toEqual(['a.json']);
  });
});
