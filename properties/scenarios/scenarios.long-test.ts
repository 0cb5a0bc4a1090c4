import { describe, expect, test } from 'vitest';
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import { scenarioSuites } from './index.js';

const BOUNDS = { seed: 1, workloads: 2, runs: 20, depth: 2, bail: false } as const;

describe('scenarioSuites: what went wrong elsewhere does not go wrong here', () => {
  test.each(scenarioSuites.map((suite) => [suite.name, suite] as const))(
    '%s',
    async (_, suite) => {
      const { violations, coverage, exploration } = await exploreSuite(suite, BOUNDS);
      expect(violations.map(({ story }) => story)).toEqual([]);
      expect(exploration.runs).toBe(BOUNDS.runs);
      expect(coverage.marks.unreached).toEqual([]);
    },
    120_000,
  );
});
