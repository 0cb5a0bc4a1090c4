/** What the commands are given instead of globals, so that a test can stand in for the machine. */
import type { CampaignResult, SuiteResult } from '../sim/result/result.js';
import type { Suite } from '../sim/suite/suite.js';
import type { DescribeFile } from './loading/find-suites.js';
import type { OpenInBrowser } from './output/open-in-browser.js';
import type { Output, Variables } from './output/terminal.js';
import type { PlayToken } from './workers/ask-worker.js';
import type { Explore } from './workers/pool.js';
import type { ReplayFailures } from './workers/replay-pool.js';

/** The simulator, as far as the command line uses it. */
export interface Engine {
  /** Not loaded for who runs suites of their own. */
  readonly loadShippedSuites: () => Promise<readonly Suite[]>;
  readonly combineResults: (
    suites: readonly SuiteResult[],
    campaign: { readonly seed: number; readonly seconds: number; readonly interrupted: boolean },
  ) => CampaignResult;
}

export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly variables: Variables;
  /** Paths on the command line are relative to this. */
  readonly directory: string;
  /** Loaded when a command needs it: usage errors appear without the wait. */
  readonly loadEngine: () => Promise<Engine>;
  readonly explore: Explore;
  readonly replayFailures: ReplayFailures;
  readonly describeFile: DescribeFile;
  readonly playToken: PlayToken;
  readonly openInBrowser: OpenInBrowser;
}

/** How a command ended: 0 as expected, 1 a verdict that is not as expected, 2 wrong usage, 3 undecided, 130 and 143 ended by a second signal. */
export type ExitCode = number;
