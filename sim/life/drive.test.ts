import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { installGuard } from '../guard/guard.js';
import { FIRST_LIFE } from '../run/tape.js';
import { choosing } from '../scheduler/choosing.js';
import { eager } from '../scheduler/scheduler.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../suite/suite.js';
import { drive, until } from './drive.js';
import { World } from './world.js';

const never = (): Promise<never> => new Promise(() => {});

/** Settles never, and always has a timer set. */
const ticking = ({ clock }: SimulatedEnvironment): Promise<never> => {
  const tick = (): void => void clock.schedule(60_000, tick);
  tick();
  return never();
};

/** Settles never, and always has a call under way. */
const calling = async ({ fs }: SimulatedEnvironment): Promise<never> => {
  for (;;) await fs.stat('/');
};

const NOTHING_LEFT = 'deadlock: no pending call and no timer';
const OUT_OF_TIME =
  'timeout: 10 minutes of simulated time have passed, and a timer is still set (if it needs longer, raise limits.patienceMs or --patience)';

/** A program that does nothing at all; its environment is its whole state. */
const idle: SuiteDefinition<SimulatedEnvironment, null> = {
  name: 'idle',
  boot: async (env) => env,
  commands: fc.constant([null]),
  perform: async () => null,
  settle: () => undefined,
  invariants: [],
};

const explore = (changes: Partial<typeof idle>) => {
  const suite = { ...idle, ...changes } as unknown as Suite; // a suite of any system
  return exploreSuite(suite, { ...DEFAULT_OPTIONS, workloads: 1, runs: 0, depth: 1 });
};

describe.each([
  ['waits for nothing', never, NOTHING_LEFT],
  ['sets timers without end', ticking, OUT_OF_TIME],
] as const)('of a program that %s', (_, wait, why) => {
  it.each([
    ['rests', { settle: wait }, 'It never became idle'],
    ['answers', { perform: wait }, 'A command was never answered'],
  ] as const)('it is said why: %s', async (invariant, changes, what) => {
    const { violations } = await explore(changes);
    expect(violations).toMatchObject([{ invariant, message: `${what}: ${why}.` }]);
  });

  it('it is said why it does not boot', async () => {
    await expect(explore({ boot: wait })).rejects.toMatchObject({
      code: 'SUITE_BOOT_FAILED',
      message: expect.stringContaining(`empty disk: it does not end: ${why}.`),
    });
  });
});

describe('drive: calls without end', () => {
  it.each([
    ['taken as they come', eager()],
    ['of which one is chosen', choosing({ pick: () => 0 })],
  ])('it is said that there is no end of them: %s', async (_, scheduling) => {
    const world = new World({ ...FIRST_LIFE, scheduling, limits: { callsPerLife: 100 } });
    const settled = await drive(
      until(world, () => calling(world.environment)),
      installGuard(),
    );
    expect(settled).toEqual({
      status: 'stuck',
      why:
        'livelock: 100 calls without becoming idle ' +
        '(if it ends after more, raise limits.callsPerLife or --calls-per-life)',
    });
  });
});
