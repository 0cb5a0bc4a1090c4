/** A campaign as its users meet it: the compiled command, in a process of its own, with real files. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandForTests, type Ended } from './testing/command.js';
import { suiteFile } from './testing/compiled.js';

const SMALL = ['--runs', '5', '--workloads', '2', '--depth', '1'];
/** Up to seven campaigns in one test, each of several processes. */
const SEVEN_CAMPAIGNS_MS_MAX = 240_000;

const command = commandForTests();

describe('powercut run: a campaign', () => {
  it(
    'comes out the same with one worker, with two, and in shards; differently with another seed',
    async () => {
      const counter = suiteFile('counter');
      const run = (name: string, ...words: string[]): Promise<Ended> =>
        command.run(['run', counter, ...SMALL, '--report', name, ...words]);
      const calls = [
        await run('one', '--workers', '1', '--seed', '7'),
        await run('two', '--workers', '2', '--seed', '7', '--json', 'copy.json'),
        await run('first', '--shard', '1/2', '--seed', '7'),
        await run('second', '--shard', '2/2', '--seed', '7'),
        await command.run(['report', 'second/result.json', 'first/result.json', '--out', 'merged']),
        await run('other', '--seed', '8'),
      ];
      expect(calls.map(({ code }) => code)).toEqual(calls.map(() => 0));
      const digestIn = async (path: string): Promise<string> => (await command.resultOf(path)).digest;
      const digest = await digestIn('one/result.json');
      expect(await digestIn('two/result.json')).toBe(digest);
      expect(await digestIn('copy.json')).toBe(digest);
      // Coverage, costs and stories, too: nothing but the time is another.
      const timeless = async (path: string): Promise<unknown> =>
        JSON.parse(await command.textOf(path), (key, value: unknown) =>
          key === 'seconds' ? undefined : value,
        );
      expect(await timeless('merged/result.json')).toEqual(await timeless('one/result.json'));
      expect(await digestIn('other/result.json')).not.toBe(digest);
      expect((await readdir(join(command.directory, 'one'))).sort()).toEqual([
        'index.html',
        'junit.xml',
        'lcov.info',
        'report.md',
        'result.json',
      ]);
    },
    SEVEN_CAMPAIGNS_MS_MAX,
  );

  it('ends with 1 when a property is violated, and its token shows the same run again', {
    timeout: SEVEN_CAMPAIGNS_MS_MAX,
  }, async () => {
    const { code, out } = await command.run(['run', suiteFile('broken'), ...SMALL]);
    expect(code).toBe(1);
    expect(out).toContain('hasty counter: violated, though expected safe');
    const [suite] = (await command.resultOf('reports/out/result.json')).suites;
    const [violation] = suite?.violations ?? [];
    if (violation === undefined) throw new Error('The violated suite has no violation.');
    expect(out).toContain(`npx powercut replay ${violation.token} ${suiteFile('broken')}`);

    const replayed = await command.run([
      'replay',
      violation.token,
      suiteFile('broken'),
      '--json',
      'replay.json',
    ]);
    expect(replayed.code).toBe(1);
    expect(replayed.out).toContain('The same run as when the token was made');
    const written: unknown = JSON.parse(await command.textOf('replay.json'));
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
      const refused = await command.run(['replay', bad, suiteFile('broken'), '--json', 'refused.json']);
      expect({ bad, code: refused.code, out: refused.out }).toEqual({ bad, code: 2, out: '' });
      expect(refused.err).toMatch(/^powercut: [^\n]+\n$/);
    }
    const unknown = await command.run(['replay', token, suiteFile('other')]);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('hasty counter');
    expect(await readdir(command.directory)).not.toContain('refused.json');
  });

  it('colours only where it may', { timeout: SEVEN_CAMPAIGNS_MS_MAX }, async () => {
    const run = (variables: Readonly<Record<string, string>>): Promise<Ended> =>
      command.run(['run', suiteFile('counter'), '--runs', '0', '--workloads', '1', '--depth', '0'], {
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
});

describe('powercut run: one suite on several workers', () => {
  const words = ['run', suiteFile('broken'), ...SMALL, '--runs', '150', '--seed', '3'];

  it('comes out the same, word for word, whatever the number of workers', {
    timeout: SEVEN_CAMPAIGNS_MS_MAX,
  }, async () => {
    const results: unknown[] = [];
    for (const workers of ['1', '2', '3']) {
      expect((await command.run([...words, '--workers', workers])).code).toBe(1);
      const { seconds: _, suites, ...campaign } = await command.resultOf('reports/out/result.json');
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
    const { code, out, err } = await command.run(['run', suiteFile('dying'), ...SMALL]);
    expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('it was killed, SIGKILL.') });
    expect(out).toContain('Interrupted');
    const { interrupted, suites } = await command.resultOf('reports/out/result.json');
    expect(interrupted).toBe(true);
    expect(suites.map(({ name }) => name)).toEqual(['synced counter', 'hasty counter']);
    for (const { exploration } of suites) {
      expect(exploration).toMatchObject({ workloads: 2, runs: 0, closed: false });
      expect(exploration.stopReasons).toContainEqual({ kind: 'worker-death' });
    }
  });
});

it('powercut run: a suite whose program throws outside all promises is violated, with a token that replays', async () => {
  const words = ['run', suiteFile('uncaught'), '--runs', '1', '--workloads', '1', '--no-corpus'];
  expect((await command.run(words)).code).toBe(1);
  const { suites } = await command.resultOf('reports/out/result.json');
  const found = suites.map(({ name, violations }) => [
    name,
    violations.map(({ invariant }) => invariant).join(),
  ]);
  expect(found).toEqual([
    ['handles what it throws', ''],
    ['throws in a tick', 'controlled'],
  ]);
  const token = suites.at(-1)?.violations[0]?.token ?? '';
  const replayed = await command.run(['replay', token, suiteFile('uncaught')]);
  expect(replayed).toMatchObject({
    code: 1,
    out: expect.stringContaining('by an uncaught exception, Error: boom'),
  });
});
