/** The report and the timeline of every suite that ships, really explored, if with small bounds, in a real browser. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenarioSuites } from '../properties/scenarios/index.js';
import { shippedSuites } from '../properties/suites/index.js';
import { renderReport } from '../reports/html/report.js';
import { renderTimeline } from '../reports/html/timeline/timeline.js';
import {
  type Browser,
  barriers,
  launchBrowser,
  type Tab,
  tabStops,
  tabStopsDue,
} from '../reports/testing/browser.js';
import { combineResults } from '../sim/explore/campaign/combine-results.js';
import { exploreSuite } from '../sim/explore/campaign/explore-suite.js';
import { replay } from '../sim/replay/replay.js';
import { encodeToken } from '../sim/replay/token.js';
import type { ReplayResult, SuiteResult } from '../sim/result/result.js';
import type { Suite } from '../sim/suite/suite.js';

const SEED = 1;
const BOUNDS = { seed: SEED, runs: 2, workloads: 1, commands: 2, depth: 1, bail: false };
/** Of a safe suite there is no failure to replay: a power cut after this many steps, which loses nothing. */
const CUT_AT = 4;

let browser: Browser;
let narrow: Tab;

beforeAll(async () => {
  browser = await launchBrowser();
  narrow = await browser.tab({ width: 390, theme: 'dark' });
});

afterAll(async () => {
  await browser[Symbol.asyncDispose]();
});

/** The first failure found, or else a life, a power cut and another life. */
const replayOf = async (suite: Suite, { coverage, violations }: SuiteResult): Promise<ReplayResult> => {
  const [failure] = violations;
  if (failure !== undefined) return replay(failure.token, [suite]);
  const workload = fc.sample(suite.commands, { seed: SEED, numRuns: 20 }).find(({ length }) => length > 0);
  if (workload === undefined) throw new Error(`${suite.name} generates only empty workloads.`);
  const crashes = [{ at: CUT_AT, lost: [], fill: 'zero' as const }];
  const tape = { workload, crashes, commandsAfterCrash: 0 };
  // Where only what was synced survives, a power cut does lose something.
  const disk = coverage.disk === 'synced-only' ? 'posix' : coverage.disk;
  const token = (digest: string): string => encodeToken({ suite: suite.name, disk, tape, digest });
  const first = await replay(token(''), [suite]);
  return replay(token(first.digest), [suite]);
};

describe.each([...shippedSuites, ...scenarioSuites].map((suite) => ({ name: suite.name, suite })))(
  'renderReport: $name',
  ({ suite }) => {
    let report: string;
    let result: ReplayResult;

    beforeAll(async () => {
      const explored = await exploreSuite(suite, BOUNDS);
      report = renderReport(combineResults([explored], { seed: SEED, seconds: 1, interrupted: false }));
      result = await replayOf(suite, explored);
    });

    it('has a report that is quiet, accessible and walked by Tab', async () => {
      await using opened = await browser.open(report, { width: 1280, theme: 'light' });
      const reached = await tabStops(opened.page);
      expect(reached).toHaveLength(await tabStopsDue(opened.page));
      expect(reached[0]).toBe('Skip to the results');
      expect(await barriers(opened.page)).toEqual([]);
      expect(opened.noise).toEqual([]);
    });

    it('has a timeline that is quiet, accessible and walked by keys', async () => {
      await using opened = await narrow.open(renderTimeline(result));
      const steps = opened.page.locator('#steps');
      const selected = (): Promise<unknown> => opened.page.textContent('[aria-selected="true"]');
      await steps.focus();
      await steps.press('Home');
      expect(await selected()).toBe('Power on');
      await steps.press('ArrowDown');
      expect(await selected()).toContain(result.trace[0]?.label);
      await steps.press('c');
      expect(await selected()).toBe('Power cut 1, power on');
      await steps.press('End');
      expect(await selected()).toContain(result.trace.at(-1)?.label);
      expect(await barriers(opened.page)).toEqual([]);
      expect(opened.noise).toEqual([]);
      expect(result.same).toBe(true);
    });
  },
);
