/** The exploration of a suite as people call it from their own process, with the check for state that outlives a life. */
import type { SuiteResult } from '../../result/result.js';
import type { Suite } from '../../suite/suite.js';
import { boundsOf, type ExploreOptions } from '../options.js';
import { exploreSuite } from './explore-suite.js';
import type { AskNewProcess } from './outliving-state.js';

const fileUnknown: AskNewProcess = () =>
  Promise.reject(
    new Error(
      'the file that exports the suite is not known. Explore it with powercut run, or give its file to testSuite',
    ),
  );

/**
 * Explores one suite within the bounds of `options`: by default as `powercut run` does.
 *
 * All lives run in this process, one after the other. Whether state at module level outlives them is checked in a new
 * process by `ask`. Without it the result has a note 'MODULE_STATE_NOT_CHECKED'.
 * @throws SimulatorError 'SUITE_BOOT_FAILED', 'UNKNOWN_DISK_MODEL'; and what the suite itself throws outside its promises
 */
export const exploreInProcess = (
  suite: Suite,
  options: ExploreOptions = {},
  ask: AskNewProcess = fileUnknown,
): Promise<SuiteResult> => exploreSuite(suite, boundsOf(options), ask);
