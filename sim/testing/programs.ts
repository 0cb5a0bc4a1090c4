/** Suites around a program that is one function, for tests of what happens to what it does. */
import * as fc from 'fast-check';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../explore/options.js';
import type { SuiteResult } from '../result/result.js';
import type { SimulatedEnvironment, Suite, SuiteDefinition } from '../suite/suite.js';

type Parts = Partial<SuiteDefinition<SimulatedEnvironment, null>>;

/** A suite whose single command does what `perform` says, with a synced file so that something is acknowledged. */
const programSuite = (parts: Parts): Suite => {
  const suite: SuiteDefinition<SimulatedEnvironment, null> = {
    name: 'a program',
    boot: (env) => env,
    commands: fc.constant([null]),
    perform: () => undefined,
    invariants: [{ name: 'nothing', statement: 'Nothing is asked of it.', check: () => undefined }],
    ...parts,
  };
  return suite as unknown as Suite; // a suite of any system
};

/** What a short exploration of it finds. */
export const exploreProgram = (
  parts: Parts,
  options: Partial<ExplorationBounds> = {},
): Promise<SuiteResult> =>
  exploreSuite(programSuite(parts), { ...DEFAULT_OPTIONS, workloads: 1, runs: 4, ...options });
