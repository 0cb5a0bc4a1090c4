/** Time is kept also by what takes long in itself: one life, and the power cuts of one life. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import type { Suite } from '../suite/suite.js';

const OPTIONS = { seed: 1, runs: 20, workloads: 2, depth: 1, bail: false };

/** A program that makes that many calls for a command, and loses what it never syncs. */
const appending = (calls: number): Suite =>
  defineSuite({
    name: 'a long command',
    boot: ({ fs }) => ({
      append: async () => {
        for (let call = 0; call < calls; call++) await fs.appendFile('/log', 'x');
      },
    }),
    commands: fc.constant(['append']),
    perform: (system) => system.append(),
    limits: { callsPerLife: 10_000_000 },
    invariants: [{ name: 'any', statement: 'Any state is right.', check: () => undefined }],
  });

/** The result within the time limit, half a second by default, and how long the exploration takes. */
const exploredInTime = async (
  calls: number,
  changes: { readonly runs?: number; readonly timeMs?: number } = {},
) => {
  const startMs = performance.now();
  const result = await exploreSuite(appending(calls), { ...OPTIONS, timeMs: 500, ...changes });
  return { result, ms: performance.now() - startMs };
};

/** For half a second of exploration, with one more of grace, on a loaded machine. */
const IN_TIME_MS_MAX = 8_000;

describe('exploreSuite: an exploration whose time is up', () => {
  it('gives up a life of a million calls, and says no more than that', async () => {
    const { result, ms } = await exploredInTime(1_000_000);
    expect(ms).toBeLessThan(IN_TIME_MS_MAX);
    expect(result).toMatchObject({
      verdict: 'undecided',
      violations: [],
      exploration: { workloads: 0, runs: 0, closed: false, stopReasons: [{ kind: 'time' }] },
    });
  });

  it('gives up a random run of a million calls', async () => {
    const startMs = performance.now();
    const options = { ...OPTIONS, workloads: 0, timeMs: 500 };
    const result = await exploreSuite(appending(1_000_000), options);
    expect(performance.now() - startMs).toBeLessThan(IN_TIME_MS_MAX);
    expect(result).toMatchObject({ verdict: 'undecided', violations: [], exploration: { runs: 0 } });
  });

  it('gives up the power cuts of a life of which nothing is durable, and keeps those it explored', async () => {
    // The first life takes far less than this on the slowest machine, its power cuts far more on the fastest.
    const { result } = await exploredInTime(400, { runs: 0, timeMs: 4_000 });
    expect(result.exploration).toMatchObject({ workloads: 1, closed: false });
    // Where the machine is fast, a crash point has more images than are checked, too.
    expect(result.exploration.stopReasons).toContainEqual({ kind: 'time' });
    expect(result.exploration.crashPoints).toBeGreaterThan(0);
    expect(result.coverage.images.exact).toBe(false);
  });

  it('comes to the same as one without a limit, where there was time enough', async () => {
    const suite = appending(3);
    const [limited, unlimited] = [
      await exploreSuite(suite, { ...OPTIONS, timeMs: 600_000 }),
      await exploreSuite(suite, OPTIONS),
    ];
    expect(limited.digest).toBe(unlimited.digest);
    expect({ ...limited, exploration: { ...limited.exploration, seconds: 0 } }).toEqual({
      ...unlimited,
      exploration: { ...unlimited.exploration, seconds: 0 },
    });
    expect(limited.verdict).toBe('holds');
  });
});
