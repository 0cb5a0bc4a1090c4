import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../../reports/history/history.js';
import { type Explored, type Replay, updated } from '../../reports/history/update-history.js';
import { combineResults } from '../../sim/explore/campaign/combine-results.js';
import { playAgain } from '../../sim/explore/campaign/replay-regressions.js';
import { DEFAULT_OPTIONS } from '../../sim/explore/options.js';
import type { Suite } from '../../sim/suite/suite.js';
import type { Context } from '../context.js';
import counters from '../fixtures/counter.suite.js';
import type { Unit } from '../messages/messages.js';
import type { ReplayFailures } from '../workers/replay-pool.js';
import { CORPUS_DIRECTORY } from './corpus.js';
import { exploreRemembering } from './explore-with-corpus.js';
import { type RegressionOptions, Regressions } from './regressions.js';

const OPTIONS = { ...DEFAULT_OPTIONS, runs: 0, workloads: 2, commands: 2, depth: 1 };

const careless = counters.find(({ expected }) => expected === 'unsafe');
if (careless === undefined) throw new Error('no counter loses anything');

/** A program that loses acknowledged increments, though its author expects it to be safe. */
const believed: Suite = { ...careless, expected: 'safe' };

let directory: string;
/** How many failures of `believed` are saved. */
let saved: number;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-regressions-'));
  saved = (await exploreRemembering(believed, OPTIONS, directory)).result.violations.length;
  expect(saved).toBeGreaterThan(0);
});
afterEach(() => rm(directory, { recursive: true }));

const kept = (): Promise<readonly string[]> => readdir(join(directory, CORPUS_DIRECTORY));

interface Played {
  /** What it prints. */
  readonly printed: string;
  readonly replays: readonly Replay[];
  /** How many failures were played. */
  readonly count: number;
}

/** Replays the saved failures on the suite of today, as a campaign that finds nothing else does. */
const played = async (
  today: Suite,
  given: Pick<RegressionOptions, 'corpus' | 'findings'> = {},
): Promise<Played> => {
  let count = 0;
  const output: string[] = [];
  const replayFailures: ReplayFailures = (suites) =>
    Promise.all(
      suites.map(async ({ failures }) => {
        count += failures.length;
        return { replayed: await Promise.all(failures.map((failure) => playAgain(today, OPTIONS, failure))) };
      }),
    );
  const stderr = { write: (text: string) => void output.push(text) };
  const context = { directory, stderr, replayFailures } as unknown as Context; // the parts that are used here
  const { name, expected = 'safe', disk = 'posix', invariants } = today;
  const suite = { name, expected, disk, invariants: invariants.length };
  const reference = { kind: 'shipped', name } as const;
  const unit: Unit = { reference, suite, options: OPTIONS };
  const regressions = await Regressions.play([{ reference, suite }], [unit], context, {
    ...given,
    workers: 1,
    signal: new AbortController().signal,
    onTrouble: (_unit, { message }) => {
      throw new Error(message);
    },
  });
  await regressions.updateCorpus([]);
  return { printed: output.join(''), replays: regressions.replays, count };
};

const printed = async (today: Suite): Promise<string> => (await played(today)).printed;

describe('Regressions: saved failures, replayed on the suite of today', () => {
  it('keeps one that still fails', async () => {
    expect(await printed(believed)).toContain('is still broken by a saved failure.');
    expect(await kept()).toHaveLength(saved);
  });

  it('drops one that no longer fails', async () => {
    const mended = { ...believed, invariants: [] };
    expect(await printed(mended)).toMatch(
      /^Removed from \.powercut\/corpus: \d+ runs? that no longer fails? \(.+\)\.\n$/,
    );
    expect(await kept()).toEqual([]);
  });

  it("drops one that can't be replayed any more, as its program no longer starts", async () => {
    const boot = () => {
      throw new Error('needs another version');
    };
    expect(await printed({ ...believed, boot })).toMatch(
      /^Removed from \.powercut\/corpus: \d+ runs? that can't be replayed any more \(.+\)\.\n$/,
    );
    expect(await kept()).toEqual([]);
  });

  it('plays what a history knows, too, each run once, and tells what became of it', async () => {
    const { history } = updated(EMPTY_HISTORY, await believedCampaign());
    const [finding] = history.findings;
    if (finding === undefined) throw new Error('Nothing was found.');
    const { identity } = finding;
    const still = await played(believed, { findings: history.findings });
    expect(still).toMatchObject({
      count: saved,
      replays: [{ identity, outcome: 'fails', violation: { identity } }],
    });
    const gone = await played({ ...believed, invariants: [] }, { findings: history.findings, corpus: false });
    expect(gone).toEqual({ count: 1, printed: '', replays: [{ identity, outcome: 'passes' }] });
    // Without the corpus, nothing in it was changed.
    expect(await kept()).toHaveLength(saved);
  });
});

/** What was saved, as a campaign for the history. */
const believedCampaign = async (): Promise<Explored> => {
  const { result } = await exploreRemembering(believed, OPTIONS, directory);
  return {
    result: combineResults([result], { seed: 1, seconds: 0, interrupted: false }),
    moment: { time: '2030-01-01T00:00:00.000Z' },
    replays: [],
  };
};
