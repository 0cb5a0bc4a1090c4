import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>; // as npm has it
};

const run = (script: string, argument: string) => {
  // A script that is compiled before it runs is started from its source here.
  const file =
    scripts[script]?.replace(/^tsx /, '').replace(/^.*node \.bench-built\/(.*)\.js$/, '$1.ts') ?? '';
  return spawnSync(process.execPath, ['--import', 'tsx', file, argument], { cwd: ROOT, encoding: 'utf8' });
};

const SCRIPTS = ['sabotage', 'campaign', 'alarms', 'test:seeds', 'fuzz', 'soak'];

test.each(SCRIPTS)('npm run %s --help prints its usage', { timeout: 60_000 }, (script) => {
  const { status, stdout, stderr } = run(script, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`Usage: npm run ${script} -- [options]`);
});

test.each(SCRIPTS)('npm run %s refuses an unknown option in one line', { timeout: 60_000 }, (script) => {
  const { status, stdout, stderr } = run(script, '--nonsense');
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: "error: unknown option '--nonsense'\n",
  });
});

test('npm run: an invalid number is refused with the name of its option', { timeout: 60_000 }, () => {
  const { status, stderr } = run('test:seeds', '--seeds=many');
  expect(status).toBe(2);
  expect(stderr).toBe(
    "error: option '--seeds <n>' argument 'many' is invalid. Give a whole number from 1.\n",
  );
});
