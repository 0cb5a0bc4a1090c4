/** Failures that a campaign keeps, as users meet them: the compiled command, called again and again in one directory. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandForTests, type Ended } from './testing/command.js';
import { suiteFile } from './testing/compiled.js';

const SMALL = ['--runs', '5', '--workloads', '2', '--depth', '1'];
/** Seven campaigns in one test, each of several processes. */
const SEVEN_CAMPAIGNS_MS_MAX = 240_000;

const command = commandForTests();

describe('powercut run: a saved failure', () => {
  const counters = pathToFileURL(suiteFile('counter')).href;
  /** The counter of the fixtures in a file of its own: without its sync, with it, or with a person who is easier to please. */
  const write = (kind: 'broken' | 'mended' | 'lenient'): Promise<void> => {
    const invariants =
      kind === 'lenient' ? '[{ ...suite.invariants[0], check: () => undefined }]' : 'suite.invariants';
    const text = `import suites, { defineSuite } from '${counters}';
      const suite = suites[${kind === 'mended' ? 0 : 1}];
      export default defineSuite({ ...suite, name: 'my counter', expected: 'safe', invariants: ${invariants} });`;
    return writeFile(join(command.directory, 'my.suite.mjs'), text);
  };
  const run = (...words: string[]): Promise<Ended> =>
    command.run(['run', 'my.suite.mjs', ...SMALL, ...words]);
  const kept = async (): Promise<readonly string[]> =>
    readdir(join(command.directory, '.powercut', 'corpus'));
  /** Without a power cut nothing of the counter breaks. */
  const HARMLESS = ['--runs', '0', '--workloads', '1', '--depth', '0'];

  it(
    'is played first, told whatever is explored, no part of the digest, and gone when it is mended',
    async () => {
      await write('broken');
      const first = await run();
      expect(first.code).toBe(1);
      expect(first.err).toContain('Saved in .powercut/corpus, replayed first by the next run: 1 failure.');
      const [violation] = (await command.resultOf('reports/out/result.json')).suites[0]?.violations ?? [];
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
      const [explored, told] = [
        await command.resultOf('without/result.json'),
        await command.resultOf('with/result.json'),
      ];
      expect(told.digest).toBe(explored.digest);
      expect(told.suites[0]?.violations).toEqual([{ ...violation, seen: 0 }]);

      const bailed = await run('--bail', '--report', 'bailed');
      expect(bailed.code).toBe(1);
      expect(bailed.err).toContain("my counter: 'increments survive' is still broken");
      expect((await command.resultOf('bailed/result.json')).suites).toMatchObject([
        {
          violations: [{ token: violation?.token }],
          exploration: { workloads: 0, runs: 0, stopReasons: [{ kind: 'regression' }] },
        },
      ]);
      expect(await kept()).toHaveLength(1);

      await write('mended');
      const mended = await run();
      expect(mended.code).toBe(0);
      // The same losses may be possible in the mended program, and harmless.
      expect(mended.err).toMatch(
        /Removed from \.powercut\/corpus: 1 run that (no longer fails|can't be replayed any more) \(my counter\)\.\n/,
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
      await writeFile(join(command.directory, 'my.suite.mjs'), 'throw new Error("half an edit")');
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
      await chmod(command.directory, 0o555);
      const words = ['run', 'my.suite.mjs', ...SMALL, '--report', elsewhere];
      const { code, err } = await command.run(words, { unprivileged: true });
      expect({ code, err }).toEqual({ code: 1, err: expect.any(String) });
      expect(err.split('\n').filter((line) => line.includes('CORPUS'))).toEqual([
        expect.stringMatching(/^powercut: .*permission denied\. \(CORPUS_UNWRITABLE\)$/),
      ]);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});
