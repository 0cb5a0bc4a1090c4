/**
 * Suites that do what no suite should, run as a user runs them. Whatever such a suite does, its verdict is the right one, the exit
 * code is 0 only where every verdict is as expected, and the suite beside it is explored, printed, saved and reported.
 *
 * `npm run test:hostile` runs all of them. `npm test` runs a few.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandForTests } from './testing/command.js';
import { endings } from './testing/hostile/endings.js';
import { forgers, postsThroughHandles } from './testing/hostile/forgers.js';
import { loops } from './testing/hostile/loops.js';
import { type HostileSuite, type HostileVerdict, hostileText } from './testing/hostile/suite-file.js';
import { values } from './testing/hostile/values.js';

/** A campaign of two dozen processes. It waits for some of them. */
const BATCH_MS_MAX = 400_000;
const BATCH_SUITES_MAX = 10;

const ALL = [...endings, ...forgers, ...loops, ...values];
const FEW: readonly string[] = [
  'exit in load',
  'exit in perform',
  'exitCode 0 at exit',
  'replaces Array prototype map',
  'closes the pipe',
  'loops in boot',
  'an invariant answers null',
  'a revoked proxy thrown in perform',
];
const isAll = process.env.POWERCUT_HOSTILE === '1';
const chosen = isAll ? ALL : ALL.filter(({ name }) => FEW.includes(name));

const EXIT_CODES: Readonly<Record<HostileVerdict, number>> = {
  holds: 0,
  violated: 1,
  unloadable: 2,
  undecided: 3,
};

interface Batch {
  readonly verdict: HostileVerdict;
  readonly suites: readonly HostileSuite[];
}

const batchesOf = (verdict: HostileVerdict): readonly Batch[] => {
  const suites = chosen.filter((suite) => suite.verdict === verdict);
  const count = Math.ceil(suites.length / BATCH_SUITES_MAX);
  return Array.from({ length: count }, (_, batch) => ({
    verdict,
    suites: suites.filter((_suite, index) => index % count === batch),
  }));
};

const command = commandForTests();

const writeSuites = async (suites: readonly HostileSuite[]): Promise<readonly string[]> => {
  const files: string[] = [];
  for (const [index, suite] of suites.entries()) {
    const file = `${index}.suite.mjs`;
    await writeFile(join(command.directory, file), hostileText(suite, command.library));
    files.push(file);
  }
  return files;
};

const GOOD: HostileSuite = { name: 'a good suite', verdict: 'holds' };
const SMALL = ['--runs', '2', '--workloads', '1', '--depth', '1', '--no-corpus'];
const BOUNDED = ['--stall-timeout', '8s', '--time', '200s'];

describe('powercut run: hostile suites', () => {
  it('are more than 45, each with a name of its own', () => {
    expect(ALL.length).toBeGreaterThan(45);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
    expect(ALL.filter(({ name }) => FEW.includes(name))).toHaveLength(FEW.length);
  });

  const batches = (['holds', 'violated', 'unloadable', 'undecided'] as const).flatMap(batchesOf);

  it.each(batches.map((batch, index) => [index, batch.verdict, batch] as const))(
    'of batch %i are %s, and the suite beside them holds',
    async (_index, verdict, { suites }) => {
      const files = await writeSuites([...suites, GOOD]);
      const { code, out, err } = await command.run(['run', ...files, ...SMALL, ...BOUNDED]);
      const { suites: results } = await command.resultOf('reports/out/result.json');
      const nameOf = (suite: HostileSuite, index: number): string =>
        suite.verdict === 'unloadable' && results[index]?.name !== suite.name
          ? (files[index] ?? '')
          : suite.name;
      expect({ code, results: results.map((result) => [result.name, result.verdict]), err }).toEqual({
        code: EXIT_CODES[verdict],
        results: [...suites, GOOD].map((suite, index) => [
          nameOf(suite, index),
          suite.verdict === 'unloadable' ? 'undecided' : suite.verdict,
        ]),
        err: expect.stringContaining('a good suite: holds'),
      });
      expect(out).toMatch(/^a good suite\s+✓ holds/m);
      for (const { says } of suites) if (says !== undefined) expect(err).toContain(says);
      const reports = await Promise.all(
        ['index.html', 'junit.xml', 'report.md'].map((name) => command.textOf(join('reports/out', name))),
      );
      // Markdown escapes what it would take for its own.
      for (const report of reports)
        for (const [index, suite] of suites.entries())
          expect(report.replaceAll('\\', '')).toContain(nameOf(suite, index));
    },
    BATCH_MS_MAX,
  );

  it(
    'that post to every handle of their process forge no result',
    async () => {
      const files = await writeSuites([postsThroughHandles]);
      const { code } = await command.run(['run', ...files, ...SMALL, ...BOUNDED]);
      expect([EXIT_CODES.violated, EXIT_CODES.undecided]).toContain(code);
    },
    BATCH_MS_MAX,
  );
});
