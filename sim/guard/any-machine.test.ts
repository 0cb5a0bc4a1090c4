/** Equal digests on every machine: its zone, its language, its user, its directories. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = fileURLToPath(new URL('fixtures/digests-here.ts', import.meta.url));
const COMPILER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const digestsOn = async (env: Readonly<Record<string, string>>, cwd: string): Promise<unknown> => {
  const run = promisify(execFile)(process.execPath, ['--import', COMPILER, PROGRAM], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  return JSON.parse((await run).stdout);
};

it('installGuard: a program that shows its machine has one digest on all of them', async () => {
  const OTHER = { TZ: 'Asia/Kolkata', LC_ALL: 'tr_TR', HOME: '/nowhere', USER: 'ann', TMPDIR: '/elsewhere' };
  const [here, elsewhere] = await Promise.all([digestsOn({}, process.cwd()), digestsOn(OTHER, tmpdir())]);
  expect(here).toMatchObject({ reaching: ['violated', expect.any(String)] });
  expect(elsewhere).toEqual(here);
});
