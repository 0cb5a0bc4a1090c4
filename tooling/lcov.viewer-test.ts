/** The tracefile in a stock viewer, Debian's genhtml: it shows what was never cut, on the line where it is. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sixDesigns } from '../reports/fixtures/results.js';
import { renderLcov } from '../reports/formats/lcov.js';
import { exploreSuite } from '../sim/explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../sim/suite/suite.js';

type Fs = SimulatedEnvironment['fs'];

/** The first life makes /a, and is cut. A recovery that finds it makes /b, and at depth 1 no recovery is cut. */
const boot = async (fs: Fs): Promise<Fs> => {
  const names = await fs.readdir('/');
  if (names.length === 0)
    await fs.mkdir('/a'); // cut here
  else if (names.length === 1) await fs.mkdir('/b'); // never cut here
  return fs;
};

const definition: SuiteDefinition<unknown, 'nothing'> = {
  name: 'half covered',
  boot: (env) => boot(env.fs),
  commands: fc.constant([]),
  perform: async () => undefined,
  invariants: [{ name: 'nothing', statement: 'Anything goes.', check: () => undefined }],
};

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-lcov-'));
});

afterAll(() => rm(directory, { recursive: true }));

const lineOf = async (file: string, text: string): Promise<number> =>
  1 + (await readFile(file, 'utf8')).split('\n').findIndex((line) => line.includes(text));

describe('renderLcov: genhtml', () => {
  it('shows the crash point that was cut as taken, and the one that never was as not, each on its line', async () => {
    const suite = await exploreSuite(definition as unknown as Suite, {
      ...DEFAULT_OPTIONS,
      depth: 1,
      runs: 0,
    }); // a suite of any system
    const trace = join(directory, 'lcov.info');
    await writeFile(trace, renderLcov({ ...sixDesigns(), suites: [suite] }));
    const out = join(directory, 'html');
    await promisify(execFile)('genhtml', ['--branch-coverage', '--output-directory', out, trace], {
      cwd: process.cwd(),
    });

    const own = resolve(import.meta.dirname, 'lcov.viewer-test.ts');
    const { stdout } = await promisify(execFile)('find', [out, '-name', 'lcov.viewer-test.ts.gcov.html']);
    const page = (await readFile(stdout.trim(), 'utf8')).split('\n');
    const shown = (line: number): string => page.find((text) => text.includes(`name="${line}"`)) ?? '';
    expect(shown(await lineOf(own, '// cut here'))).toContain('"lineCov"');
    expect(shown(await lineOf(own, '// cut here'))).toContain(' + ');
    expect(shown(await lineOf(own, '// never cut here'))).toContain('"lineNoCov"');
    expect(shown(await lineOf(own, '// never cut here'))).toContain(' - ');
  });
});
