/** The command that a report hands to its reader: copied in a real browser, pasted into a real shell, it replays the failure. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandForTests } from '../cli/testing/command.js';
import { type Browser, launchBrowser } from '../reports/testing/browser.js';

const command = commandForTests();
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

/** An `npx` that runs the command under test: the package is not installed where the test is. */
const withNpx = async (): Promise<string> => {
  const [folder, main] = [join(command.directory, 'bin'), command.main];
  await mkdir(folder);
  await writeFile(
    join(folder, 'npx'),
    `#!/bin/sh\n[ "$1" = powercut ] || exit 99\nshift\nexec '${process.execPath}' '${main}' "$@"\n`,
  );
  await chmod(join(folder, 'npx'), 0o755);
  return folder;
};

/** A counter that never syncs. */
const suiteText = (): string => `import { defineSuite, fc } from '${command.library}';
export default defineSuite({
  name: 'a counter',
  boot: async ({ fs }) => {
    const text = await fs.readFile('/count', 'utf8').catch(() => '');
    return { count: text.length, add: () => fs.appendFile('/count', '+') };
  },
  commands: fc.constant(['add']),
  perform: (counter) => counter.add(),
  invariants: [{
    name: 'durability',
    statement: 'Every acknowledged addition is counted.',
    check: ({ commands }, { count }, moment) =>
      moment === 'recovered' && count === 0 && commands.some(({ outcome }) => outcome.status === 'acknowledged')
        ? { message: 'an addition is gone', expected: 1, actual: count }
        : undefined,
  }],
});
`;

it('a copied command runs where it is pasted, and replays the failure', async () => {
  await writeFile(join(command.directory, "it's a counter.suite.ts"), suiteText());
  const words = ["it's a counter.suite.ts", '--workloads', '1', '--runs', '0', '--workers', '1'];
  expect((await command.run(['run', ...words])).code).toBe(1);
  await using opened = await browser.open(await command.textOf('reports/out/index.html'), {
    width: 1280,
    theme: 'light',
  });
  const { page } = opened;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.locator('.failure button[data-copy]').first().click();
  await page.getByText('Copied').waitFor();
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  const path = `${await withNpx()}:${process.env.PATH}`;
  const pasted = promisify(execFile)('/bin/sh', ['-c', copied], {
    cwd: command.directory,
    env: { ...process.env, PATH: path },
  });
  // It still fails, so the command ends with 1.
  const { code, stdout } = await pasted
    .catch((error: { code: number; stdout: string }) => error)
    .then((ended) => ('code' in ended ? ended : { code: 0, stdout: ended.stdout }));
  expect(code).toBe(1);
  expect(stdout).toContain('The same run as when the token was made');
  expect(stdout).toContain('BROKEN: ');
}, 120_000);
