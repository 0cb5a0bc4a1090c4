/** A replay under a debugger, as an editor starts it: breakpoints are in the TypeScript that people wrote. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResult } from '../reports/result/read-result.js';
import { COMPILATION_MS_MAX, type Compiled, compileCommand, suiteFile } from './testing/compiled.js';
import { debug } from './testing/debugger.js';

const FILE = suiteFile('counter');

let command: Compiled;
let directory: string;
let token: string;

beforeAll(async () => {
  command = await compileCommand();
  directory = await mkdtemp(join(tmpdir(), 'powercut-debugger-'));
  const run = [
    'run',
    FILE,
    '--runs',
    '0',
    '--workloads',
    '2',
    '--depth',
    '1',
    '--no-corpus',
    '--report',
    '.',
  ];
  await promisify(execFile)(process.execPath, [command.main, ...run], { cwd: directory });
  const { suites } = readResult(await readFile(join(directory, 'result.json'), 'utf8'), 'result.json');
  const [violation] = suites.flatMap(({ violations }) => violations);
  if (violation === undefined) throw new Error('The hasty counter is expected to lose something.');
  token = violation.token;
}, COMPILATION_MS_MAX);

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const lineOf = async (text: string): Promise<number> => {
  const lines = (await readFile(FILE, 'utf8')).split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  if (index === -1) throw new Error(`${FILE} has no line with ${text}.`);
  return index + 1;
};

const stoppingAt = async (text: string, expression: string) => {
  const breakpoint = { file: FILE, line: await lineOf(text), expression };
  return { breakpoint, ...(await debug([command.main, 'replay', token, FILE], breakpoint)) };
};

describe('powercut replay: a debugger is attached', () => {
  it("stops at a breakpoint in the user's own source, sees what is there, and is the same run all the same", async () => {
    const { breakpoint, stops, code, out } = await stoppingAt("await handle.write('+')", 'sync');
    expect(stops.length).toBeGreaterThan(0);
    for (const stop of stops) expect(stop).toEqual({ ...breakpoint, value: false });
    expect(code).toBe(1);
    expect(out).toContain('The same run as when the token was made');
  });

  it('does not stop on a line that the run never comes to', async () => {
    const { stops, code } = await stoppingAt('await directory.sync()', 'sync');
    expect(stops).toEqual([]);
    expect(code).toBe(1);
  });
});
