import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { sixDesigns, withSurprise } from '../../reports/fixtures/results.js';
import { readResult } from '../../reports/result/read-result.js';
import type { CampaignResult } from '../../sim/result/result.js';
import { REPORTERS, type ReporterName } from '../defaults.js';
import { printResult, progressFor } from './reporter.js';

/** What a reporter prints of a whole run. */
const report = async (
  reporter: ReporterName,
  result: CampaignResult,
  variables: Readonly<Record<string, string>> = {},
) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const job = { stdout, stderr, variables };
  const progress = progressFor(reporter, job, { suites: 6, workloads: 1, runs: 1 });
  for (const suite of result.suites) progress.finished(suite);
  progress.end();
  await printResult(result, { reporter, verbose: false }, job);
  const text = async (stream: PassThrough): Promise<string> => {
    stream.end();
    return Buffer.concat(await stream.toArray()).toString('utf8');
  };
  return { out: await text(stdout), err: await text(stderr) };
};

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');

describe('printResult and progressFor', () => {
  it('default: a line for each suite, the table, the stories', async () => {
    const { out, err } = await report('default', withSurprise());
    expect(lines(err)).toHaveLength(withSurprise().suites.length);
    expect(out).toContain('images');
    expect(out).toContain('replay:');
  });

  it('dot: a character for each suite, then only what is not as expected', async () => {
    const good = await report('dot', sixDesigns());
    expect(good.err).toBe('');
    expect(lines(good.out)).toEqual([
      '......',
      'All 6 verdicts are as expected.',
      expect.stringMatching(/^seed 7 · digest /),
    ]);
    const { out } = await report('dot', withSurprise());
    expect(lines(out)[0]).toMatch(/^[.F]*F[.F]*$/);
    expect(out).toContain('THE POWER FAILS');
    expect(out).not.toContain('as expected\n');
    const [first, ...others] = sixDesigns().suites;
    if (first === undefined) throw new Error('The fixture has suites.');
    const undecided = { ...first, verdict: 'undecided', asExpected: false, violations: [] } as const;
    const unclear = await report('dot', { ...sixDesigns(), suites: [undecided, ...others] });
    expect(lines(unclear.out)[0]).toBe('?.....');
  });

  it('quiet: nothing meanwhile', async () => {
    const { out, err } = await report('quiet', sixDesigns());
    expect(err).toBe('');
    expect(lines(out)).toHaveLength(2);
    expect((await report('quiet', withSurprise())).out).toContain('replay:');
  });

  it('json and junit: the document alone, in GitHub Actions, too', async () => {
    const variables = { GITHUB_ACTIONS: 'true' };
    const json = await report('json', withSurprise(), variables);
    expect(readResult(json.out, 'standard output').suites).toHaveLength(withSurprise().suites.length);
    const junit = await report('junit', withSurprise(), variables);
    expect(junit.out).toMatch(/^<\?xml [\s\S]*<\/testsuites>\s*$/);
  });

  it('github: annotations anywhere; the others only in GitHub Actions', async () => {
    for (const reporter of REPORTERS) {
      const isAnnotated = (await report(reporter, withSurprise())).out.includes('::error ');
      expect([reporter, isAnnotated]).toEqual([reporter, reporter === 'github']);
    }
    expect((await report('dot', withSurprise(), { GITHUB_ACTIONS: 'true' })).out).toContain('::error ');
  });
});
