/** Suites with these goals are undecided where no run reaches them. */
import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import type { Suite } from '../../sim/suite/suite.js';
import { derivedSuite } from '../../sim/suite/suite-registry.js';
import stuckHandlers from '../scenarios/stuck-handlers.js';
import twoFeeders from '../scenarios/two-feeders.js';
import checkpointedFeeder from '../suites/checkpointed-feeder.js';
import { acknowledgedAndCrashed, deliveredAndCrashed, retriedAfterCrash } from './must-reach.js';

const BOUNDS = { seed: 1, runs: 0, workloads: 1, bail: false } as const;

/** Message of the reason for which the goals make the suite undecided; undefined where it is decided. */
const unreached = async (suite: Suite, depth: number): Promise<string | undefined> => {
  const { undecided = [] } = await exploreSuite(suite, { ...BOUNDS, depth });
  return undecided.find(({ code }) => code === 'MUST_REACH')?.message;
};

describe('exploreSuite: mustReach of shipped suites and scenarios', () => {
  it('is met by one power cut anywhere', async () => {
    for (const suite of [checkpointedFeeder, twoFeeders, stuckHandlers])
      expect(await unreached(suite, 1)).toBeUndefined();
  });

  it('names the retried command and the delivery where the power is never cut', async () => {
    for (const suite of [checkpointedFeeder, twoFeeders]) {
      const message = await unreached(suite, 0);
      expect(message).toContain(`'${retriedAfterCrash.name}'`);
      expect(message).toContain(`'${deliveredAndCrashed.name}'`);
    }
    expect(await unreached(stuckHandlers, 0)).toContain(`'${acknowledgedAndCrashed.name}'`);
  });

  it('names the retried command where the program accepts nothing after a restart', async () => {
    const { boot, perform } = checkpointedFeeder;
    const restarted = new WeakSet<object>();
    const rejecting = derivedSuite(checkpointedFeeder, {
      boot: async (env) => {
        const system = Object(await boot(env));
        if ((await env.fs.readdir('/')).includes('started')) restarted.add(system);
        else {
          await env.fs.mkdir('/started');
          const root = await env.fs.open('/', 'r');
          await root.sync();
          await root.close();
        }
        return system;
      },
      perform: (system, command, context) => {
        if (restarted.has(Object(system))) throw new Error('not after a restart');
        return perform(system, command, context);
      },
      invariants: [],
    });
    expect(await unreached(rejecting, 1)).toContain(`'${retriedAfterCrash.name}'`);
  });
});
