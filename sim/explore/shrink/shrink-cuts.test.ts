/** A counterexample has no more power cuts than it needs, also where something else is needed in one of its lives. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { defineSuite } from '../../define-suite/define-suite.js';
import type { SimulatedEnvironment } from '../../suite/suite.js';
import { exploreSuite } from '../campaign/explore-suite.js';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Lease {
  take(): Promise<void>;
  isHeld(): Promise<boolean>;
}

/** A lease for five days: only a clock that is set takes it from its holder before. */
const openLease = ({ fs, clock }: SimulatedEnvironment): Lease => ({
  take: async () => {
    await fs.writeFile('/lease.new', String(clock.now() + 5 * DAY_MS));
    await fs.rename('/lease.new', '/lease');
  },
  isHeld: async () => clock.now() < Number(await fs.readFile('/lease', 'utf8')),
});

it.each([1, 2, 3])('exploreSuite: a clock that is set, and one power cut: seed %i', async (seed) => {
  const suite = defineSuite<Lease, string>({
    name: 'a lease for five days',
    disk: 'process-kill',
    boot: openLease,
    commands: fc.integer({ min: 1, max: 3 }).map((count) => Array.from({ length: count }, () => 'take')),
    perform: (lease) => lease.take(),
    invariants: [
      {
        name: 'held',
        statement: 'Who took the lease holds it.',
        check: async ({ commands, crashes }, lease) => {
          const isTaken = commands.some(({ outcome }) => outcome.status === 'acknowledged');
          return crashes > 0 && isTaken && !(await lease.isHeld()) ? 'nobody holds it' : undefined;
        },
      },
    ],
  });
  const { violations } = await exploreSuite(suite, { seed, runs: 300, workloads: 0, depth: 2, bail: true });
  expect(violations).toMatchObject([{ invariant: 'held', commands: 1, crashes: 1 }]);
});
