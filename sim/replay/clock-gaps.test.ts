/** Stories name the time between two lives where the failure needs it, and only there. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import type { Suite } from '../suite/suite.js';
import { replay } from './replay.js';

const HOUR_MS = 3_600_000;

/** A value with the time until which it is valid, by a program that reads the clock when it writes and when it reads. */
const expiring = (lifetimeMs: number, flush: boolean): Suite =>
  defineSuite({
    name: 'a value that expires',
    boot: ({ fs, clock }) => ({
      put: async () => {
        const file = await fs.open('/value', 'w');
        await file.writeFile(String(clock.now() + lifetimeMs));
        if (flush) await file.sync();
        await file.close();
        const directory = await fs.open('/', 'r');
        if (flush) await directory.sync();
        await directory.close();
      },
      isValid: async () => clock.now() < Number(await fs.readFile('/value', 'utf8').catch(() => '0')),
    }),
    commands: fc.constant(['put']),
    perform: (store) => store.put(),
    invariants: [
      {
        name: 'valid',
        statement: 'An acknowledged value is valid.',
        check: async ({ commands }, store) =>
          commands[0]?.outcome.status !== 'acknowledged' || (await store.isValid())
            ? undefined
            : 'the value is not valid',
      },
    ],
  });

const storyOf = async (suite: Suite): Promise<readonly [told: string, replayed: string]> => {
  const { violations } = await exploreSuite(suite, { seed: 1, runs: 0, workloads: 1, depth: 1, bail: false });
  const [violation] = violations;
  if (violation === undefined) return ['', ''];
  return [violation.story, (await replay(violation.token, [suite])).story];
};

describe('exploreSuite and replay: the clock between two lives', () => {
  it('is in the story of a value that expires while the power is off', async () => {
    for (const story of await storyOf(expiring(HOUR_MS, true)))
      expect(story).toMatch(
        /Its clock says 2030-01-01 01:00:\d\d\.\d{3}\. At the crash it said 2030-01-01 00:00:\d\d\.\d{3}\. The failure needs this gap\./,
      );
  });

  it('is not in the story of a lost write, though the program reads the clock', async () => {
    for (const story of await storyOf(expiring(1000 * HOUR_MS, false))) {
      expect(story).toContain('THE POWER FAILS');
      expect(story).not.toContain('Its clock');
    }
  });

  it('leaves a value that outlives the gap without a failure', async () => {
    expect(await storyOf(expiring(1000 * HOUR_MS, true))).toEqual(['', '']);
  });
});
