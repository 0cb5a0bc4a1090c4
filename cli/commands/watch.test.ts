import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sixDesigns, withSurprise } from '../../reports/fixtures/results.js';
import type { Context } from '../context.js';
import { runCli } from '../program.js';
import { UsageError } from '../usage-error.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-watch-'));
  await mkdir(join(directory, 'node_modules/x'), { recursive: true });
  await mkdir(join(directory, 'src'));
});

afterEach(() => rm(directory, { recursive: true }));

interface Watched {
  /** Where; default: the directory of the test. */
  readonly at?: string;
  readonly words?: readonly string[];
  readonly describeFile?: Context['describeFile'];
}

/** A watched run of suites with these results. */
const watching = (
  { suites }: ReturnType<typeof sixDesigns>,
  { at = directory, words = [], describeFile = async () => [] }: Watched = {},
) => {
  const stderr = new PassThrough();
  let told = '';
  stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  let runs = 0;
  const explored: (readonly string[])[] = [];
  const context: Context = {
    stdout: new PassThrough().resume(),
    stderr,
    variables: {},
    directory: at,
    explore: async (units) => {
      runs += 1;
      explored.push(units.map(({ suite }) => suite.name));
      return units.map(({ suite }) => suites.find(({ name }) => name === suite.name));
    },
    replayFailures: async (suites) => suites.map(() => undefined),
    describeFile,
    openInBrowser: async () => undefined,
    playToken: async () => {
      throw new Error('Nothing is replayed.');
    },
    loadEngine: async () => ({
      loadShippedSuites: async () =>
        suites.map(({ name }) => ({
          name,
          boot: () => undefined,
          commands: fc.constant([]),
          perform: () => null,
          invariants: [],
        })),
      combineResults: (results, campaign) => ({ ...sixDesigns(), ...campaign, suites: results }),
    }),
  };
  const ended = runCli(['run', '--watch', '--json', 'result.json', ...words], context);
  const waits = (times: number) =>
    expect.poll(() => told.split('Waiting for a change').length - 1, { timeout: 20_000 }).toBe(times);
  return { ended, waits, runs: () => runs, told: () => told, explored };
};

describe('powercut run --watch', () => {
  it('runs again after a change, and ends at Ctrl-C with the exit code of the last run', async () => {
    const { ended, waits, runs } = watching(withSurprise());
    await waits(1);
    await writeFile(join(directory, 'src/program.ts'), 'changed');
    await waits(2);
    process.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(1);
    expect(runs()).toBe(2);
  });

  it('takes neither its own files nor those of packages for a change', async () => {
    const { ended, waits, runs } = watching(sixDesigns());
    await waits(1);
    await writeFile(join(directory, 'result.json'), '{}');
    await writeFile(join(directory, 'node_modules/x/index.js'), '');
    await mkdir(join(directory, '.powercut'), { recursive: true });
    await writeFile(join(directory, 'reports/out/index.html'), '');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(runs()).toBe(1);
    process.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(0);
  });

  it('prints the error of a suite file that can not be loaded, and runs again after the next change', async () => {
    const results = sixDesigns();
    const [{ name } = { name: '' }] = results.suites;
    let isBroken = true;
    await writeFile(join(directory, 'a.suite.ts'), 'broken');
    const { ended, waits, runs, told } = watching(results, {
      words: ['a.suite.ts'],
      describeFile: async () => {
        if (isBroken) throw new UsageError('SUITE_UNLOADABLE', 'Unexpected "}"');
        return [{ name, expected: 'safe', disk: 'posix', invariants: 0 }];
      },
    });
    await waits(1);
    expect(told()).toContain('powercut: Unexpected "}" (SUITE_UNLOADABLE)\n');
    isBroken = false;
    await writeFile(join(directory, 'a.suite.ts'), 'mended');
    await waits(2);
    expect(runs()).toBe(1);
    isBroken = true;
    await writeFile(join(directory, 'a.suite.ts'), 'broken');
    await waits(3);
    process.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(2);
  });

  it('ends where no change can help', async () => {
    const nothing = watching(sixDesigns(), { words: ['--runs', '0', '--workloads', '0'] });
    expect(await nothing.ended).toBe(2);
    expect(nothing.told()).toContain('(NOTHING_TO_DO)');
    const unwatchable = watching(sixDesigns(), { at: join(directory, 'x'.repeat(300)) });
    expect(await unwatchable.ended).toBe(2);
    expect(unwatchable.told()).toMatch(/Cannot watch '.*ENAMETOOLONG.*\(WATCH_FAILED\)/);
  });

  it('watches no directory that is gone', async () => {
    const gone = join(directory, 'gone');
    const { ended, waits } = watching(sixDesigns(), { at: gone, words: ['--report', directory] });
    await waits(1);
    process.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(0);
  });

  it('runs again the suites that a change reaches, and all where none does', async () => {
    const results = sixDesigns();
    const [first = '', second = ''] = results.suites.map(({ name }) => name);
    await writeFile(join(directory, 'src/a.ts'), 'export const a = 1;');
    await writeFile(join(directory, 'a.suite.ts'), "import { a } from './src/a.js';\nexport default a;");
    await writeFile(join(directory, 'b.suite.ts'), 'export default 1;');
    const { ended, waits, told, explored } = watching(results, {
      words: ['a.suite.ts', 'b.suite.ts'],
      describeFile: async (url) => [
        { name: url.endsWith('a.suite.ts') ? first : second, expected: 'safe', disk: 'posix', invariants: 0 },
      ],
    });
    await waits(1);
    await writeFile(join(directory, 'src/a.ts'), 'export const a = 2;');
    await waits(2);
    await writeFile(join(directory, 'package.json'), '{}');
    await waits(3);
    process.emit('SIGINT', 'SIGINT');
    await ended;
    expect(explored).toEqual([[first, second], [first], [first, second]]);
    expect(told()).toContain('Changed: src/a.ts. It reaches a.suite.ts.\n');
  });
});
