/** The command line as its users meet it: compiled, in a process of its own, with real files and signals. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readResult } from '../reports/result/read-result.js';
import type { CampaignResult } from '../sim/result/result.js';
import { COMPILATION_MS_MAX, type Compiled, compileCommand, suiteFile } from './testing/compiled.js';

const SMALL = ['--runs', '5', '--workloads', '2', '--depth', '1'];
/** Seven campaigns in one test, each of several processes. */
const SEVEN_CAMPAIGNS_MS_MAX = 240_000;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface CallOptions {
  readonly variables?: Readonly<Record<string, string>>;
  /** Runs as a user to whom a read-only directory is read-only, even where the tests run as root. */
  readonly unprivileged?: boolean;
}

const NOBODY = 65_534;

let command: Compiled;
let directory: string;

const environment = (variables: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { NO_COLOR: _no, FORCE_COLOR: _force, CI: _ci, ...rest } = process.env;
  return { ...rest, ...variables };
};

const powercut = (words: readonly string[], { variables, unprivileged }: CallOptions = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const user = unprivileged === true && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(process.execPath, [command.main, ...words], {
      cwd: directory,
      env: environment(variables),
      ...user,
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });

const resultIn = async (path: string): Promise<CampaignResult> =>
  readResult(await readFile(join(directory, path), 'utf8'), path);

beforeAll(async () => {
  command = await compileCommand();
}, COMPILATION_MS_MAX);

afterAll(async () => {
  await command[Symbol.asyncDispose]();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-'));
});

afterEach(async () => {
  await chmod(directory, 0o755);
  await rm(directory, { recursive: true });
});

describe('a campaign', () => {
  it(
    'comes out the same with one worker, with two, and in shards; differently with another seed',
    async () => {
      const counter = suiteFile('counter');
      const run = (name: string, ...words: string[]): Promise<Ended> =>
        powercut(['run', counter, ...SMALL, '--report', name, ...words]);
      const calls = [
        await run('one', '--workers', '1', '--seed', '7'),
        await run('two', '--workers', '2', '--seed', '7', '--json', 'copy.json'),
        await run('first', '--shard', '1/2', '--seed', '7'),
        await run('second', '--shard', '2/2', '--seed', '7'),
        await powercut(['report', 'second/result.json', 'first/result.json', '--out', 'merged']),
        await run('other', '--seed', '8'),
      ];
      expect(calls.map(({ code }) => code)).toEqual(calls.map(() => 0));
      const digestIn = async (path: string): Promise<string> => (await resultIn(path)).digest;
      const digest = await digestIn('one/result.json');
      expect(await digestIn('two/result.json')).toBe(digest);
      expect(await digestIn('copy.json')).toBe(digest);
      // Coverage, costs and stories, too: nothing but the time is another.
      const timeless = async (path: string): Promise<unknown> =>
        JSON.parse(await readFile(join(directory, path), 'utf8'), (key, value: unknown) =>
          key === 'seconds' ? undefined : value,
        );
      expect(await timeless('merged/result.json')).toEqual(await timeless('one/result.json'));
      expect(await digestIn('other/result.json')).not.toBe(digest);
      expect((await readdir(join(directory, 'one'))).sort()).toEqual([
        'index.html',
        'junit.xml',
        'lcov.info',
        'report.md',
        'result.json',
      ]);
    },
    SEVEN_CAMPAIGNS_MS_MAX,
  );

  it('ends with 1 when a property is violated, and its token shows the same run again', async () => {
    const { code, out } = await powercut(['run', suiteFile('broken'), ...SMALL]);
    expect(code).toBe(1);
    expect(out).toContain('hasty counter: violated, though expected safe');
    const [suite] = (await resultIn('reports/out/result.json')).suites;
    const [violation] = suite?.violations ?? [];
    if (violation === undefined) throw new Error('The violated suite has no violation.');
    expect(out).toContain(`npx powercut replay ${violation.token} ${suiteFile('broken')}`);

    const replayed = await powercut([
      'replay',
      violation.token,
      suiteFile('broken'),
      '--json',
      'replay.json',
    ]);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('The same run as when the token was made');
    const written: unknown = JSON.parse(await readFile(join(directory, 'replay.json'), 'utf8'));
    expect(written).toMatchObject({ same: true, digest: violation.digest, token: violation.token });

    const { token } = violation;
    const tokens = [
      'garbage',
      '',
      token.slice(0, -3),
      token.slice(0, 12),
      `${token}x`,
      token.replace(/^pc\d+/, 'pc999'),
    ];
    for (const bad of tokens) {
      const refused = await powercut(['replay', bad, suiteFile('broken'), '--json', 'refused.json']);
      expect({ bad, code: refused.code, out: refused.out }).toEqual({ bad, code: 2, out: '' });
      expect(refused.err).toMatch(/^powercut: [^\n]+\n$/);
    }
    const unknown = await powercut(['replay', token, suiteFile('other')]);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('hasty counter');
    expect(await readdir(directory)).not.toContain('refused.json');
  });

  it('colours only where it may', async () => {
    const run = (variables: Readonly<Record<string, string>>): Promise<Ended> =>
      powercut(['run', suiteFile('counter'), '--runs', '0', '--workloads', '1', '--depth', '0'], {
        variables,
      });
    const [piped, forced, refused] = [
      await run({}),
      await run({ FORCE_COLOR: '1' }),
      await run({ FORCE_COLOR: '1', NO_COLOR: '1' }),
    ];
    expect(piped.out + piped.err).not.toContain('\u001b');
    expect(forced.out).toContain('\u001b[');
    expect(refused.out + refused.err).not.toContain('\u001b');
  });

  it('stopped by Ctrl-C keeps what was found, says so, and ends with 3', async () => {
    const words = ['run', suiteFile('announced'), '--workers', '1', '--runs', '100000', '--workloads', '1'];
    const child = spawn(process.execPath, [command.main, ...words], { cwd: directory, env: environment() });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      err += text;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const begun = (): Promise<string> => readFile(join(directory, 'begun'), 'utf8').catch(() => '');
    await vi.waitUntil(async () => (await begun()) !== '', { timeout: 30_000 });
    child.kill('SIGINT');
    const code = await ended;
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('Stopping') });
    expect(out).toContain('Interrupted');
    const result = await resultIn('reports/out/result.json');
    expect(result.interrupted).toBe(true);
    expect(result.suites.map(({ name }) => name)).toEqual(['synced counter']);
    const worker = Number(await begun());
    const isGone = (): boolean => {
      try {
        return !process.kill(worker, 0);
      } catch {
        return true;
      }
    };
    await vi.waitUntil(isGone, { timeout: 5_000 });
  });
});

describe('what failed once', () => {
  const counters = pathToFileURL(suiteFile('counter')).href;
  /** The counter of the fixtures in a file of its own: without its sync, with it, or with a person who is easier to please. */
  const write = (kind: 'broken' | 'mended' | 'lenient'): Promise<void> => {
    const invariants =
      kind === 'lenient' ? '[{ ...suite.invariants[0], check: () => undefined }]' : 'suite.invariants';
    const text = `import suites, { defineSuite } from '${counters}';
      const suite = suites[${kind === 'mended' ? 0 : 1}];
      export default defineSuite({ ...suite, name: 'my counter', expected: 'safe', invariants: ${invariants} });`;
    return writeFile(join(directory, 'my.suite.mjs'), text);
  };
  const run = (...words: string[]): Promise<Ended> => powercut(['run', 'my.suite.mjs', ...SMALL, ...words]);
  const kept = async (): Promise<readonly string[]> => readdir(join(directory, '.powercut', 'corpus'));
  /** Without a power cut nothing of the counter breaks. */
  const HARMLESS = ['--runs', '0', '--workloads', '1', '--depth', '0'];

  it(
    'is played first, told whatever is explored, no part of the digest, and gone when it is mended',
    async () => {
      await write('broken');
      const first = await run();
      expect(first.code).toBe(1);
      expect(first.err).toContain('Kept in .powercut/corpus, to be run first: 1 failure.');
      const [violation] = (await resultIn('reports/out/result.json')).suites[0]?.violations ?? [];
      expect(await kept()).toHaveLength(1);

      const without = await run(...HARMLESS, '--no-corpus', '--report', 'without');
      expect({ code: without.code, err: without.err }).toEqual({
        // Where no power is cut, nothing is proved.
        code: 3,
        err: expect.not.stringContaining('earlier run'),
      });
      const withIt = await run(...HARMLESS, '--report', 'with');
      expect(withIt.code).toBe(1);
      expect(withIt.out).toContain('my counter: violated, though expected safe');
      const [explored, told] = [await resultIn('without/result.json'), await resultIn('with/result.json')];
      expect(told.digest).toBe(explored.digest);
      expect(told.suites[0]?.violations).toEqual([{ ...violation, seen: 0 }]);

      const bailed = await run('--bail', '--report', 'bailed');
      expect(bailed.code).toBe(1);
      expect(bailed.err).toContain("my counter: 'increments survive' is still broken");
      expect((await resultIn('bailed/result.json')).suites).toMatchObject([
        {
          violations: [{ token: violation?.token }],
          exploration: { workloads: 0, runs: 0, stopReasons: [{ kind: 'regression' }] },
        },
      ]);
      expect(await kept()).toHaveLength(1);

      await write('mended');
      const mended = await run();
      expect(mended.code).toBe(0);
      expect(mended.err).toContain(
        "Removed from .powercut/corpus: 1 run that can't be played any more (my counter).\n",
      );
      expect(await kept()).toEqual([]);
      expect((await run(...HARMLESS)).err).not.toContain('corpus');
    },
    SEVEN_CAMPAIGNS_MS_MAX,
  );

  it(
    'is gone when it passes, but not while its suite does not even load',
    async () => {
      await write('broken');
      expect((await run()).code).toBe(1);
      await writeFile(join(directory, 'my.suite.mjs'), 'throw new Error("half an edit")');
      expect((await run()).code).toBe(2);
      expect(await kept()).toHaveLength(1);
      await write('lenient');
      const { code, err } = await run();
      expect({ code, err }).toEqual({
        code: 0,
        err: expect.stringContaining('1 run that no longer fails (my counter).'),
      });
      expect(await kept()).toEqual([]);
    },
    SEVEN_CAMPAIGNS_MS_MAX,
  );

  it('is not kept in a read-only directory, which is told in one line and changes nothing', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'powercut-report-'));
    await chmod(elsewhere, 0o777);
    try {
      await write('broken');
      await chmod(directory, 0o555);
      const words = ['run', 'my.suite.mjs', ...SMALL, '--report', elsewhere];
      const { code, err } = await powercut(words, { unprivileged: true });
      expect({ code, err }).toEqual({ code: 1, err: expect.any(String) });
      expect(err.split('\n').filter((line) => line.includes('CORPUS'))).toEqual([
        expect.stringMatching(/^powercut: .*permission denied\. \(CORPUS_UNWRITABLE\)$/),
      ]);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});

describe('one suite', () => {
  const words = ['run', suiteFile('broken'), ...SMALL, '--runs', '150', '--seed', '3'];

  it('comes out the same, word for word, whatever the number of workers', async () => {
    const results: unknown[] = [];
    for (const workers of ['1', '2', '3']) {
      expect((await powercut([...words, '--workers', workers])).code).toBe(1);
      const { seconds: _, suites, ...campaign } = await resultIn('reports/out/result.json');
      const untimed = suites.map(({ exploration, ...suite }) => ({
        ...suite,
        exploration: { ...exploration, seconds: 0 },
      }));
      results.push({ ...campaign, suites: untimed });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('a worker of which is killed keeps what was finished, and is no success', async () => {
    const { code, out, err } = await powercut(['run', suiteFile('dying'), ...SMALL]);
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('it was killed, SIGKILL.') });
    expect(out).toContain('Interrupted');
    const { interrupted, suites } = await resultIn('reports/out/result.json');
    expect(interrupted).toBe(true);
    expect(suites.map(({ name }) => name)).toEqual(['synced counter', 'hasty counter']);
    for (const { exploration } of suites) {
      expect(exploration).toMatchObject({ workloads: 2, runs: 0, closed: false });
      expect(exploration.stopReasons).toContainEqual({ kind: 'worker-death' });
    }
  });
});

it('a suite whose program throws where no promise hears of it is violated, with a token that replays', async () => {
  const words = ['run', suiteFile('uncaught'), '--runs', '1', '--workloads', '1', '--no-corpus'];
  expect((await powercut(words)).code).toBe(1);
  const { suites } = await resultIn('reports/out/result.json');
  const found = suites.map(({ name, violations }) => [
    name,
    violations.map(({ invariant }) => invariant).join(),
  ]);
  expect(found).toEqual([
    ['handles what it throws', ''],
    ['throws in a tick', 'controlled'],
  ]);
  const token = suites.at(-1)?.violations[0]?.token ?? '';
  const replayed = await powercut(['replay', token, suiteFile('uncaught')]);
  expect(replayed).toMatchObject({
    code: 1,
    out: expect.stringContaining('by an uncaught exception, Error: boom'),
  });
});

describe('a call that cannot work ends with 2, one line, and nothing written', () => {
  const refusal = async (words: readonly string[], options?: CallOptions): Promise<string> => {
    const { code, out, err } = await powercut(words, options);
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
    ['a directory', ['.'], 'is a directory'],
    ['a depth below zero', ['--depth', '-1'], '--depth'],
    ['a shard beyond the last', ['--shard', '3/2'], '--shard'],
    ['an unknown disk model', ['--disk', 'ext5'], 'posix-worst'],
    ['an unknown option', ['--nosuch'], '--nosuch'],
  ])('%s', async (_, words, said) => {
    expect(await refusal(['run', ...words])).toContain(said);
    expect(await readdir(directory)).toEqual([]);
  });

  it('a suite that does not compile', async () => {
    await writeFile(join(directory, 'typo.suite.ts'), 'export default {\n  name: "typo" boot\n};\n');
    const said = await refusal(['run', 'typo.suite.ts']);
    expect(said).toMatch(
      /Cannot load 'typo\.suite\.ts': .*typo\.suite\.ts:2:15: ERROR: Expected "}" but found/,
    );
    expect(await readdir(directory)).toEqual(['typo.suite.ts']);
  });

  it('a report directory that is read-only', async () => {
    await chmod(directory, 0o555);
    const run = ['run', suiteFile('counter'), ...SMALL];
    expect(await refusal(run, { unprivileged: true })).toContain('permission denied');
    expect(await readdir(directory)).toEqual([]);
  });

  it('a report directory that is a file', async () => {
    await writeFile(join(directory, 'taken'), 'mine');
    expect(await refusal(['run', '--report', 'taken/deep'])).toContain('not a directory');
    expect(await readFile(join(directory, 'taken'), 'utf8')).toBe('mine');
  });

  it('a result file that is a directory', async () => {
    await mkdir(join(directory, 'taken'));
    expect(await refusal(['run', '--json', 'taken'])).toContain('directory');
    expect(await readdir(directory)).toEqual(['taken']);
  });

  it('a result that is not one', async () => {
    await writeFile(join(directory, 'a.json'), '{"schemaVersion":2}');
    expect(await refusal(['report', 'a.json', '--out', 'out'])).toContain('a.json is not a powercut result');
    expect(await refusal(['report', '--out', 'out'])).toContain('result.json');
    expect(await readdir(directory)).toEqual(['a.json']);
  });
});
