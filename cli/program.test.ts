import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sixDesigns, withSurprise } from '../reports/fixtures/results.js';
import { reportFileNames } from '../reports/formats/report-files.js';
import { readResult } from '../reports/result/read-result.js';
import type { SuiteResult } from '../sim/result/result.js';
import type { Context } from './context.js';
import { type Called, callCli } from './testing/call.js';
import type { Explore } from './workers/pool.js';
import { doubtOf, stopOf, type Trouble } from './workers/trouble.js';
import { undecidedResult } from './workers/undecided-result.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-cli-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** One command line in the directory of the test. */
const call = (
  words: readonly string[],
  found?: readonly SuiteResult[],
  changes?: Partial<Context>,
): Promise<Called> => callCli(directory, words, found, changes);

const ONE_LINE = /^powercut: [^\n]+\n$/;

describe('powercut run', () => {
  it('ends with 0 when every verdict is as expected, and writes the report', async () => {
    const { exitCode, out } = await call(['run', '--json', 'deep/a.json']);
    expect(exitCode).toBe(0);
    expect(out).toContain('All 6 verdicts are as expected.');
    expect(await readdir(join(directory, 'reports/out'))).toContain('result.json');
    const written: unknown = JSON.parse(await readFile(join(directory, 'deep/a.json'), 'utf8'));
    expect(written).toMatchObject({ schemaVersion: 2, interrupted: false });
  });

  it('ends with 1 when a suite came out otherwise', async () => {
    const { exitCode, out } = await call(['run'], withSurprise().suites);
    expect(exitCode).toBe(1);
    expect(out).toContain('5 of 6');
  });

  it('asks the simulator for what the options say', async () => {
    const words =
      'run one-transaction --seed 9 --runs 3 --workloads 4 --commands 2 --depth 1 --strategy pct:3 --disk prefix --time 2h --bail';
    const { asked } = await call(words.split(' '));
    expect(asked).toEqual([
      {
        seed: 9,
        runs: 3,
        workloads: 4,
        commands: 2,
        depth: 1,
        strategy: { kind: 'pct', bound: 3 },
        disk: 'prefix',
        strict: false,
        timeMs: expect.closeTo(7_200_000, -5),
        bail: true,
      },
    ]);
  });

  it('knows the old names of options, and refuses both names at once', async () => {
    const now = await call('run one-transaction --max-commands 2 --max-crashes 1 --time-limit 2h'.split(' '));
    const before = await call('run one-transaction --commands 2 --depth 1 --time 2h'.split(' '));
    expect(now.asked).toEqual([
      expect.objectContaining({ commands: 2, depth: 1, timeMs: expect.closeTo(7_200_000, -5) }),
    ]);
    expect(before.asked).toEqual(now.asked.map((asked) => ({ ...asked, timeMs: expect.any(Number) })));
    const both = await call(['run', '--depth', '1', '--max-crashes', '2']);
    expect(both.exitCode).toBe(2);
    expect(both.err).toContain("'--depth <n>' cannot be used with option '--max-crashes <n>'");
  });

  it('divides the time among suites that share a worker', async () => {
    const { asked } = await call(['run', '--time', '1m', '--workers', '2']);
    expect(asked.map(({ timeMs }) => timeMs)).toEqual(
      Array.from({ length: 6 }, () => expect.closeTo(20_000, -4)),
    );
  });

  it('makes of shards what the whole campaign makes', async () => {
    const shards = [1, 2, 3, 4].map((index) =>
      call(['run', '--shard', `${index}/4`, '--report', `r${index}`]),
    );
    await Promise.all(shards);
    const files = [3, 1, 4, 2].map((index) => `r${index}/result.json`);
    const { exitCode } = await call(['report', ...files, '--out', 'all']);
    expect(exitCode).toBe(0);
    const merged: unknown = JSON.parse(await readFile(join(directory, 'all/result.json'), 'utf8'));
    expect(merged).toMatchObject({ suites: sixDesigns().suites.map(({ name }) => ({ name })) });
  });

  it('keeps what was found when a worker dies, and does not call it a success', async () => {
    const explore: Explore = async (units, { onTrouble }) => {
      const [first] = sixDesigns().suites;
      return units.map((unit, index) => {
        if (index === 0) return first;
        const trouble: Trouble = {
          code: 'WORKER_DIED',
          message: 'its worker died: out of memory',
          stack: undefined,
        };
        onTrouble(unit, trouble);
        return undecidedResult(unit, doubtOf(trouble), stopOf(trouble));
      });
    };
    const { exitCode, err, out } = await call(['run'], undefined, { explore });
    expect(exitCode).toBe(3);
    expect(err).toContain('powercut: one-transaction: its worker died: out of memory. (WORKER_DIED)\n');
    expect(out).toContain('Interrupted');
    const result = readResult(await readFile(join(directory, 'reports/out/result.json'), 'utf8'), 'it');
    expect(result.suites.map(({ verdict }) => verdict)).toEqual([
      'violated',
      ...Array.from({ length: 5 }, () => 'undecided'),
    ]);
  });

  it('saves each result when there is one, whatever comes after it', async () => {
    const [first] = sixDesigns().suites;
    if (first === undefined) throw new Error('the fixture has six suites');
    const saved = join(directory, 'reports/out/result.json');
    const explore: Explore = async (_units, { onResult }) => {
      onResult(first);
      await vi.waitUntil(() => existsSync(saved));
      throw new Error('the machine is on fire');
    };
    const { exitCode, err } = await call(['run'], undefined, { explore });
    expect(exitCode).toBe(2);
    expect(err).toContain('the machine is on fire');
    const { suites, interrupted } = readResult(await readFile(saved, 'utf8'), 'it');
    expect({ suites, interrupted }).toEqual({ suites: [first], interrupted: true });
  });

  it('prints and saves the result where a report cannot be written, and ends with 2', async () => {
    await mkdir(join(directory, 'reports/out/lcov.info/in the way'), { recursive: true });
    const explore: Explore = async () => sixDesigns().suites;
    const { exitCode, err, out } = await call(
      ['run', '--report', 'elsewhere', '--json', '/dev/full'],
      undefined,
      {
        explore,
      },
    );
    expect(exitCode).toBe(2);
    expect(err).toContain("powercut: Cannot write to '/dev/full': the disk is full.");
    expect(out).toContain('All 6 verdicts are as expected.');
    expect((await readdir(join(directory, 'elsewhere'))).sort()).toEqual([...reportFileNames].sort());
  });

  it('has a suite that was not begun in time as one without a verdict', async () => {
    const explore: Explore = async (units) => units.map(() => undefined);
    const { exitCode, out } = await call(['run', '--time', '1s'], undefined, { explore });
    expect(exitCode).toBe(3);
    expect(out).toContain('The time was up');
  });

  it.each([
    ['--depth', '-1'],
    ['--depth', '1.5'],
    ['--depth', ''],
    ['--seed', 'x'],
    ['--seed', '4294967296'],
    ['--runs', '-1'],
    ['--workers', '0'],
    ['--shard', '3/2'],
    ['--shard', '0/2'],
    ['--shard', '1'],
    ['--disk', 'ext5'],
    ['--strategy', 'best'],
    ['--strategy', 'pct:0'],
    ['--strategy', 'random:2'],
    ['--strategy', 'dfs:101'],
    ['--time', '0'],
    ['--time', 'soon'],
    ['--nosuch', '1'],
  ])('refuses %s %s in one line', async (option, value) => {
    const { exitCode, err, out } = await call(['run', `${option}=${value}`]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(ONE_LINE);
    expect(err).toContain(option);
    expect(await readdir(directory)).toEqual([]);
  });

  it('inside GitHub Actions annotates the surprises and writes the step summary', async () => {
    const summary = join(directory, 'summary.md');
    const variables = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { out } = await call(['run'], withSurprise().suites, { variables });
    expect(out).toMatch(/^::error .*title=my suite%3A usable::/m);
    expect(await readFile(summary, 'utf8')).toContain('## Powercut');
    const unwritable = { ...variables, GITHUB_STEP_SUMMARY: directory };
    const { exitCode, err } = await call(['run'], undefined, { variables: unwritable });
    expect(exitCode).toBe(0);
    expect(err).toContain('step summary was not written');
  });

  describe('keeps what failed', () => {
    const kept = async (): Promise<readonly string[]> =>
      readdir(join(directory, '.powercut/corpus')).catch(() => []);

    it('where a suite was expected to be safe, and nowhere else', async () => {
      expect((await call(['run'])).err).not.toContain('corpus');
      expect(await readdir(directory)).not.toContain('.powercut');
      const { exitCode, err } = await call(['run'], withSurprise().suites);
      expect(exitCode).toBe(1);
      expect(err).toContain('Saved in .powercut/corpus, replayed first by the next run: 2 failures.');
      expect(await kept()).toHaveLength(2);
    });

    it('unless told not to', async () => {
      const { exitCode, err } = await call(['run', '--no-corpus'], withSurprise().suites);
      expect(exitCode).toBe(1);
      expect(err).not.toContain('corpus');
      expect(await kept()).toEqual([]);
    });

    it('and where it cannot, warns in one line and goes on', async () => {
      await writeFile(join(directory, '.powercut'), 'mine');
      const { exitCode, err } = await call(['run'], withSurprise().suites);
      expect(exitCode).toBe(1);
      expect(err.split('\n').filter((line) => line.startsWith('powercut: '))).toEqual([
        expect.stringMatching(/is not a directory.*\(CORPUS_NOT_A_DIRECTORY\)$/),
      ]);
      expect(await readFile(join(directory, '.powercut'), 'utf8')).toBe('mine');
      expect((await call(['run'])).exitCode).toBe(0);
    });
  });

  it('refuses to explore nothing', async () => {
    const { exitCode, err } = await call(['run', '--runs', '0', '--workloads', '0']);
    expect(exitCode).toBe(2);
    expect(err).toMatch(ONE_LINE);
  });

  it('refuses a report directory that is a file, before the work', async () => {
    await writeFile(join(directory, 'taken'), 'mine');
    const { exitCode, err, asked } = await call(['run', '--report', 'taken']);
    expect({ exitCode, asked }).toEqual({ exitCode: 2, asked: [] });
    expect(err).toMatch(ONE_LINE);
    expect(await readFile(join(directory, 'taken'), 'utf8')).toBe('mine');
  });
});

describe('powercut report', () => {
  it.each([
    ['what is not there', undefined],
    ['what is no JSON', '{'],
    ['what is no result', '{"name":"x"}'],
    ['a result of another version', '{"schemaVersion":99}'],
  ])('refuses %s in one line, and writes nothing', async (_, text) => {
    if (text !== undefined) await writeFile(join(directory, 'a.json'), text);
    const { exitCode, err } = await call(['report', 'a.json', '--out', 'out']);
    expect(exitCode).toBe(2);
    expect(err).toMatch(ONE_LINE);
    expect(err).toContain('a.json');
    expect(await readdir(directory)).toEqual(text === undefined ? [] : ['a.json']);
  });

  it('ends with 1 for a result that has a surprise', async () => {
    await writeFile(join(directory, 'a.json'), JSON.stringify(withSurprise()));
    expect((await call(['report', 'a.json'])).exitCode).toBe(1);
  });
});

describe('powercut', () => {
  it('lists the suites', async () => {
    const { exitCode, out } = await call(['list']);
    expect(exitCode).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(6);
  });

  it('refuses an unknown command', async () => {
    const { exitCode, err } = await call(['rum']);
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^powercut: [^\n]+Did you mean run\?[^\n]+\n$/);
  });
});
