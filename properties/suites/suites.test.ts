import { beforeAll, describe, expect, test } from 'vitest';
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import type { SuiteResult } from '../../sim/result/result.js';
import { shippedSuites } from './index.js';
import publishAfterSave from './publish-after-save.js';

/** Small: `closure.long-test.ts` beside this file and `npm start` go through more power cuts and workloads. */
const BOUNDS = { seed: 1, workloads: 2, runs: 30, depth: 1, bail: false } as const;

const violated = ({ violations }: SuiteResult, invariant: string) =>
  violations.find((violation) => violation.invariant === invariant);

describe('shippedSuites', () => {
  test.each(
    shippedSuites.filter(({ expected }) => expected === 'safe').map((suite) => [suite.name, suite] as const),
  )(
    '%s survives every power cut explored',
    async (_, suite) => {
      const result = await exploreSuite(suite, BOUNDS);
      expect(result.violations.map(({ story }) => story)).toEqual([]);
      expect(result.verdict).toBe('holds');
      expect(result.coverage.marks.unreached).toEqual([]);
      expect(result.costs).toMatchObject({ eventsLost: { max: 0 }, staleModels: { max: 0 } });
    },
    120_000,
  );
});

describe('publishAfterSave', () => {
  let result: SuiteResult;
  beforeAll(async () => {
    result = await exploreSuite(publishAfterSave, BOUNDS);
  }, 120_000);

  test('leaves a read model stale, which never heard of an event', () => {
    expect(result.verdict).toBe('violated');
    expect(result.costs.staleModels?.max).toBeGreaterThan(0);
    expect(result.costs.eventsLost?.max).toBeGreaterThan(0);
  });

  test('is caught with one command and one power cut', () => {
    expect(violated(result, 'projection-equality')).toMatchObject({
      commands: 1,
      crashes: 1,
      message:
        'the durable read model balances shows nothing for a, but the log says owner "Ann", status "open", cents 0, version 1: its users see old data',
    });
  });

  test('shows its user both symptoms: "nothing to do", and a concurrency error', () => {
    const unusable = violated(result, 'usable');
    expect(unusable).toMatchObject({ commands: 1, crashes: 1 });
    expect(unusable?.message).toContain(
      'the answer is "nothing to do", yet the read model still shows no account a',
    );
    expect(unusable?.message).toContain(
      'tried with the version that is shown (0): the answer is a concurrency error',
    );
    expect(unusable?.story).toContain('Ann opens account a');
  });

  test('is told in a story that people review; line numbers are left out', async () => {
    const stories = result.violations.map(
      ({ invariant, story }) => `# ${invariant}\n\n${story.replace(/(\.ts):\d+(?=\)| through )/g, '$1')}\n`,
    );
    await expect(stories.join('\n')).toMatchFileSnapshot('stories/publish-after-save.txt');
  });
});
