/**
 * `npm run docs:picture`: explores the six designs as the README says, and compares the report with docs/report.png. Exit code 1 if
 * they differ. `POWERCUT_TAKE_PICTURES=1 npm run docs:picture` takes the picture again. Takes a minute on two cores.
 *
 * The picture leaves out the line with time, digest and version: the figures in it are equal on every machine.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { launchBrowser } from '../../reports/testing/browser.js';
import { differenceOf } from '../../reports/testing/pictures.js';
import { ROOT } from '../sources.js';

const COMMAND = /`npm start -- (--workloads \d+ --runs \d+)`/;
const LOOK = { width: 1280, height: 800, theme: 'light' } as const;

const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
const options = COMMAND.exec(readme)?.[1]?.split(' ');
if (options === undefined) throw new Error(`README.md does not say how its picture is made: ${COMMAND}`);

const directory = await mkdtemp(join(tmpdir(), 'powercut-picture-'));
const main = join(ROOT, 'dist', 'cli', 'main.js');
await promisify(execFile)(process.execPath, [main, 'run', ...options, '--no-corpus', '--report', directory]);

const browser = await launchBrowser();
const { page } = await browser.visit(join(directory, 'index.html'), LOOK);
await page.evaluate("document.querySelector('.facts').remove()");
const seen = await page.screenshot({ animations: 'disabled', caret: 'hide' });
await browser[Symbol.asyncDispose]();
await rm(directory, { recursive: true });

const difference = await differenceOf('report', seen, join(ROOT, 'docs'));
if (difference !== undefined) {
  console.error(`${difference}. If that is meant: POWERCUT_TAKE_PICTURES=1 npm run docs:picture`);
  process.exitCode = 1;
}
