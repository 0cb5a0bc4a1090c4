import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiskModelName, Suite } from '../../sim/suite/suite.js';
import { fastOutcomes, slowOutcomes } from '../../sim/testing/outcomes.js';
import { scenarioSuites } from '../scenarios/index.js';
import { shippedSuites } from './index.js';

/** Small, as the slow explorer forgets nothing and spares nothing. */
const LONGEST = 2;

/** With two commands, the slow explorer needs minutes: one appends up to six events, and the next one restarts the feeder. */
const LONGEST_OF = new Map([['checkpoint-policies', 1]]);

/** How deep the slow explorer can go: the laxer the model, the more it has to do. */
const questions = fc.constantFrom<{ readonly disk: DiskModelName; readonly depth: number }>(
  { disk: 'posix', depth: 1 },
  { disk: 'ext4-ordered', depth: 1 },
  { disk: 'process-kill', depth: 2 },
);

/** Hundreds of events at once, unsynced under these models: more images than the slow explorer can build. */
const TOO_LONG = new Set(['long-reads']);

describe('explore: the result is that of an explorer that remembers nothing', () => {
  const named = (suites: readonly Suite[], numRuns: number) =>
    suites.map((suite): [string, Suite, number] => [suite.name, suite, numRuns]);

  it.each([
    ...named(shippedSuites, 2),
    ...named(
      scenarioSuites.filter(({ name }) => !TOO_LONG.has(name)),
      1,
    ),
  ])(
    '%s',
    async (_name, suite, numRuns) => {
      const longest = LONGEST_OF.get(suite.name) ?? LONGEST;
      const workloads = suite.commands.map((commands) => commands.slice(0, longest));
      await fc.assert(
        fc.asyncProperty(workloads, questions, async (workload, question) => {
          const asked = { suite, workload, ...question };
          expect(await fastOutcomes(asked)).toEqual(await slowOutcomes(asked));
        }),
        { numRuns, seed: 4 },
      );
    },
    120_000,
  );
});
