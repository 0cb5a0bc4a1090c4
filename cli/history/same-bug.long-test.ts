/** One bug, found again and again by explorations with other seeds, in one history. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EMPTY_HISTORY, type History } from '../../reports/history/history.js';
import { updated } from '../../reports/history/update-history.js';
import { combineResults } from '../../sim/explore/campaign/combine-results.js';
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import type { Suite } from '../../sim/suite/suite.js';
import { HISTORY_DIRECTORY } from '../defaults.js';
import counters from '../fixtures/counter.suite.js';
import { readHistory, writeHistory } from './history-directory.js';

/** `npm run test:bug` takes 500. */
const TIMES = Number(process.env.POWERCUT_TIMES ?? 100);
/** On a machine that is busy with other work. */
const TIMES_MS_MAX = 900_000;
const SMALL = { runs: 2, workloads: 1, commands: 2, depth: 1, bail: false };

let from: string;
beforeEach(async () => {
  from = await mkdtemp(join(tmpdir(), 'powercut-same-bug-'));
});
afterEach(() => rm(from, { recursive: true }));

const careless = counters.find(({ expected }) => expected === 'unsafe');
if (careless === undefined) throw new Error('no counter loses anything');

/** A program that loses acknowledged increments, though its author expects it to be safe. */
const believed: Suite = { ...careless, expected: 'safe' };

it(`updated: a bug found ${TIMES} times is one finding`, { timeout: TIMES_MS_MAX }, async () => {
  let history: History = EMPTY_HISTORY;
  let found = 0;
  for (let seed = 0; seed < TIMES; seed++) {
    const explored = await exploreSuite(believed, { ...SMALL, seed });
    found += explored.violations.length;
    const result = combineResults([explored], { seed, seconds: 0, interrupted: false });
    const time = new Date(Date.UTC(2030, 0, 1, 0, seed)).toISOString();
    ({ history } = updated(history, { result, moment: { time }, replays: [] }));
  }
  await writeHistory(from, HISTORY_DIRECTORY, EMPTY_HISTORY, { ...history, campaigns: [] });
  const { findings } = (await readHistory(from, HISTORY_DIRECTORY)).history;
  expect(found).toBe(TIMES);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ state: 'ongoing', campaigns: TIMES, commands: 1 });
});
