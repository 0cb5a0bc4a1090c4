import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sixDesigns } from '../../reports/fixtures/results.js';
import type { SuiteResult } from '../../sim/result/result.js';
import type { Context } from '../context.js';
import { type Called, callCli, replayResult } from '../testing/call.js';
import { UsageError } from '../usage-error.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-replay-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const call = (
  words: readonly string[],
  found?: readonly SuiteResult[],
  changes?: Partial<Context>,
): Promise<Called> => callCli(directory, words, found, changes);

describe('powercut replay', () => {
  it('ends with 1 while the run still violates an invariant, and with 0 when it no longer does', async () => {
    const { exitCode, out } = await call(['replay', 'pc1.token', '--json', 'r.json']);
    expect(exitCode).toBe(1);
    expect(out).toContain('The power fails.');
    expect(JSON.parse(await readFile(join(directory, 'r.json'), 'utf8'))).toEqual(replayResult);
  });

  it('writes the disk of the life that is asked for to an empty directory', async () => {
    const asked: unknown[] = [];
    const playToken: Context['playToken'] = async ({ options }) => {
      asked.push(options);
      const bytes = new TextEncoder().encode('dark');
      const note = { kind: 'file', path: '/note', mode: 0o644, size: 4, runs: [{ at: 0, bytes }] } as const;
      return { result: replayResult, disk: { life: 2, entries: [note] } };
    };
    const replay = (...words: readonly string[]) =>
      call(['replay', 'pc1.token', ...words], undefined, { playToken });
    const { exitCode, out } = await replay('--export', 'disk');
    expect({ exitCode, asked }).toEqual({ exitCode: 1, asked: [{ disk: 'last' }] });
    expect(out).toContain('The disk that life 2 starts with is in disk: 1 file.\n  /note (4 bytes)\n');
    expect(await readFile(join(directory, 'disk/note'), 'utf8')).toBe('dark');

    const again = await replay('--export', 'disk', '--json', 'r.json');
    expect(again).toMatchObject({ exitCode: 2, out: '' });
    expect(again.err).toBe(
      `powercut: Cannot write to '${join(directory, 'disk')}': it is not empty; name an empty directory, or a new one. (OUTPUT_UNWRITABLE)\n`,
    );
    expect(asked).toHaveLength(1);
    await replay('--export', 'first', '--export-life', '1');
    expect(asked[1]).toEqual({ disk: 1 });
    expect((await replay('--export-life', '1')).err).toContain('--export-life needs --export');
  });

  it('takes the suites of the config file, and the shipped ones, where the command line names none', async () => {
    await writeFile(join(directory, 'own.suite.ts'), '');
    await writeFile(
      join(directory, 'powercut.config.json'),
      JSON.stringify({ suites: ['own.suite.ts'], json: 'of-a-run.json' }),
    );
    const played: unknown[] = [];
    const changes: Partial<Context> = {
      describeFile: async () => [{ name: 'own', expected: 'safe', disk: 'posix', invariants: 1 }],
      playToken: async ({ references }) => {
        played.push(references.map((one) => ('name' in one ? one.name : one.argument)));
        return { result: replayResult };
      },
    };
    await call(['replay', 'pc1.token'], undefined, changes);
    const shipped = sixDesigns().suites.map(({ name }) => name);
    expect(played).toEqual([['own.suite.ts', ...shipped]]);
    // A setting of `run` is none of `replay`.
    expect(await readdir(directory)).not.toContain('of-a-run.json');

    await call(['replay', 'pc1.token', '--no-config'], undefined, changes);
    await call(['replay', 'pc1.token', 'own.suite.ts'], undefined, changes);
    expect(played.slice(1)).toEqual([shipped, ['own.suite.ts']]);
  });

  it.each(['TOKEN_MALFORMED', 'TOKEN_VERSION', 'TOKEN_SUITE_UNKNOWN'] as const)(
    'refuses a token: %s',
    async (code) => {
      const { exitCode, err, out } = await call(['replay', 'garbage', '--json', 'r.json'], undefined, {
        playToken: async () => {
          throw new UsageError(code, 'The token is not one of ours.');
        },
      });
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
      expect(err).toBe(`powercut: The token is not one of ours. (${code})\n`);
      expect(await readdir(directory)).toEqual([]);
    },
  );
});
