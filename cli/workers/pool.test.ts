import { describe, expect, it } from 'vitest';
import { suiteResultFlaw } from '../../reports/result/read-result.js';
import { type Part, partsOf } from '../../sim/explore/campaign/parts.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import type { StopReason, SuiteResult } from '../../sim/result/result.js';
import type { Unit, UnitOptions } from '../messages/messages.js';
import type { Answer, TaskWorker } from '../messages/task-worker.js';
import type { PoolOptions } from './pool.js';
import { exploreInWorkers } from './pool.js';
import { WorkerDied } from './worker-process.js';

const unit = (name: string, changes: Partial<UnitOptions> = {}): Unit => ({
  reference: { kind: 'shipped', name },
  suite: { name, expected: 'safe', disk: 'posix', invariants: 1 },
  options: { seed: 1, runs: 50, workloads: 2, depth: 1, bail: false, ...changes },
});

const options = (changes: Partial<PoolOptions> = {}): PoolOptions => ({
  workers: 2,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onResult: () => undefined,
  onTrouble: (_unit, { message }) => {
    throw new Error(message);
  },
  worker: new URL('../fixtures/worker.mjs', import.meta.url),
  helpAfterMs: 0,
  ...changes,
});

const names = ['a', 'b', 'c', 'd', 'e'];

/** What the stand-in for a worker answers with. */
interface Told {
  readonly name: string;
  readonly tallies: readonly {
    readonly pid?: number;
    readonly part?: Part;
    readonly cutShort?: StopReason;
  }[];
}

const tallied = ({ name, notes }: SuiteResult): Told => {
  const [note] = notes;
  const text = note?.code === 'TALLIES' ? note.message : '[]';
  return { name, tallies: JSON.parse(text) as Told['tallies'] }; // the fixture's
};

const explore = async (units: readonly Unit[], changes: Partial<PoolOptions> = {}) =>
  (await exploreInWorkers(units, options(changes))).map((result) => result && tallied(result));

const collectingTroubles = () => {
  const troubles: string[] = [];
  const onTrouble: PoolOptions['onTrouble'] = ({ suite }, { code, message }) =>
    void troubles.push(`${suite.name}: ${code}: ${message}`);
  return { troubles, onTrouble };
};

const SLICE: Slice = {
  workload: [],
  plan: undefined,
  generation: 1,
  index: 0,
  states: [],
  lifeBudget: 1,
  zerosCount: false,
};

/** A worker that answers as told, and is stopped by nothing. */
const workerThat = (ask: TaskWorker['ask']): TaskWorker => ({
  processorMs: 0,
  found: [],
  ask,
  stop: () => undefined,
  end: async () => undefined,
});

describe('exploreInWorkers', () => {
  it.each([1, 2, 3, 9])('gives results in the order of the units with %i workers', async (workers) => {
    const results = await explore(
      names.map((name) => unit(name)),
      { workers },
    );
    expect(results.map((result) => result?.name)).toEqual(names);
  });

  it.each([1, 2, 3])('puts all parts of a suite together in their order with %i workers', async (workers) => {
    const [result] = await explore([unit('a')], { workers });
    expect(result?.tallies.map(({ part }) => part)).toEqual(partsOf({ workloads: 2, runs: 50 }));
  });

  it('has the workers share a suite, and gives no two suites the same one', async () => {
    const results = await explore(
      names.map((name) => unit(name, { runs: 800 })),
      { workers: 3 },
    );
    const pids = results.map((result) => new Set(result?.tallies.map(({ pid }) => pid)));
    expect(new Set(pids.flatMap((own) => [...own])).size).toBe(pids.reduce((sum, { size }) => sum + size, 0));
    const [alone] = await explore([unit('a', { runs: 800 })], { workers: 2 });
    expect(new Set(alone?.tallies.map(({ pid }) => pid)).size).toBe(2);
  });

  it('starts no process to help with a suite that is explored in less time than the start takes', async () => {
    const soon = { workers: 3, helpAfterMs: 600_000 };
    const [alone] = await explore([unit('a', { runs: 800 })], soon);
    expect(new Set(alone?.tallies.map(({ pid }) => pid)).size).toBe(1);
    expect(alone?.tallies.map(({ part }) => part)).toEqual(partsOf({ workloads: 2, runs: 800 }));
  });

  it('names the file that a suite is from', async () => {
    const reference = { kind: 'file', url: 'file:///a.ts', argument: './a.ts', index: 0 } as const;
    const [result] = await exploreInWorkers([{ ...unit('a'), reference }], options());
    expect(result?.file).toBe('./a.ts');
  });

  it('tells of each worker that dies, keeps what was finished, and goes on with the other suites', async () => {
    const { troubles, onTrouble } = collectingTroubles();
    const units = ['exits', 'a', 'dies', 'b', 'dies at the end'].map((name) => unit(name));
    const results = await exploreInWorkers(units, options({ workers: 1, onTrouble }));
    expect(results.map((result) => result?.name)).toEqual(['exits', 'a', 'dies', 'b', 'dies at the end']);
    expect(results.map((result) => result?.verdict === 'undecided')).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(results[2] && tallied(results[2]).tallies).toMatchObject([
      { part: { phase: 'exhaustive', from: 0 } },
      { cutShort: { kind: 'worker-death' }, doubts: [{ code: 'WORKER_DIED' }] },
    ]);
    expect(results[0]).toMatchObject({
      undecided: [{ code: 'WORKER_DIED', message: 'its worker died: it ended with exit code 7.' }],
      exploration: { stopReasons: [{ kind: 'worker-death' }] },
    });
    const atTheEnd = 'dies at the end: WORKER_DIED: its worker died: it ended with exit code 7';
    expect(troubles).toEqual([
      'exits: WORKER_DIED: its worker died: it ended with exit code 7',
      'dies: WORKER_DIED: its worker died: it was killed, SIGKILL',
      atTheEnd,
    ]);
  });

  it('keeps what was found in a part whose worker dies', async () => {
    const { troubles, onTrouble } = collectingTroubles();
    const [result] = await exploreInWorkers([unit('finds and dies')], options({ workers: 1, onTrouble }));
    const { tallies } = result === undefined ? { tallies: [] } : tallied(result);
    expect(tallies).toMatchObject([{ workloads: 0 }, { cutShort: { kind: 'worker-death' } }]);
    expect(troubles).toEqual(['finds and dies: WORKER_DIED: its worker died: it ended with exit code 7']);
  });

  it("tells what was found without the suite's own words where those end the worker", async () => {
    const { troubles, onTrouble } = collectingTroubles();
    const [result] = await exploreInWorkers(
      [unit('dies in its own words')],
      options({ workers: 1, onTrouble }),
    );
    expect(result?.verdict).not.toBe('undecided');
    expect(troubles).toHaveLength(1);
  });

  it('makes an error in a suite the result of that suite, and finishes the others', async () => {
    const { troubles, onTrouble } = collectingTroubles();
    const units = [unit('fails'), unit('a'), unit('returns what is no result')];
    const results = await exploreInWorkers(units, options({ onTrouble }));
    expect(results).toMatchObject([
      {
        verdict: 'undecided',
        asExpected: false,
        undecided: [{ code: 'SUITE_FAILED', message: 'boot failed (SUITE_BOOT_FAILED).' }],
        exploration: { stopReasons: [{ kind: 'suite-failed' }] },
      },
      { name: 'a' },
      { verdict: 'undecided', undecided: [{ message: expect.stringContaining('RESULT_INVALID') }] },
    ]);
    expect(troubles[0]).toBe('fails: SUITE_BOOT_FAILED: boot failed');
    for (const result of results) expect(result && suiteResultFlaw(result)).toBeUndefined();
  });

  it.each([
    ['the part', 'the slice'],
    ['the slice', 'the part'],
  ])('has a result where %s fails before %s', async (first) => {
    const { troubles, onTrouble } = collectingTroubles();
    /** Resolves when the other one has failed, and what it led to has happened. */
    let fail: () => void = () => undefined;
    const firstFailed = new Promise<void>((resolve) => {
      fail = () => setTimeout(resolve, 50);
    });
    const failing = async (what: string): Promise<never> => {
      if (what === first) fail();
      else await firstFailed;
      throw new WorkerDied(`${what} failed`);
    };
    const worker = workerThat(async (task, _onProgress, _limit, exploreSlice): Promise<Answer> => {
      if (task.kind === 'slice') return failing('the slice');
      if (task.kind !== 'explore') throw new Error(`asked to ${task.kind}`);
      exploreSlice?.(SLICE).catch(() => undefined);
      return failing('the part');
    });
    const changes = { workers: 2, onTrouble, explorerOf: () => worker };
    const [result] = await exploreInWorkers([unit('a', { workloads: 1, runs: 0 })], options(changes));
    expect(result).toMatchObject({ name: 'a', verdict: 'undecided' });
    expect(troubles).toHaveLength(2);
  });

  it.each([
    ['scribbles', 'its suite wrote to the pipe of the command line'],
    ['babbles', 'it sent what is no answer'],
  ])('ends a worker that %s, and believes nothing it says', async (name, why) => {
    const { troubles, onTrouble } = collectingTroubles();
    const results = await exploreInWorkers([unit(name), unit('a')], options({ onTrouble }));
    expect(results).toMatchObject([
      { name, verdict: 'undecided' },
      { name: 'a', verdict: expect.stringMatching('holds|violated') },
    ]);
    expect(troubles).toEqual([`${name}: WORKER_DIED: its worker died: ${why}`]);
  });

  it('ends a worker that goes on when its time is up, says where it is, and keeps the other suites', async () => {
    const { troubles, onTrouble } = collectingTroubles();
    const began = performance.now();
    const results = await exploreInWorkers(
      [unit('deaf', { timeMs: 300 }), unit('a')],
      options({ onTrouble }),
    );
    expect(performance.now() - began).toBeLessThan(5_300);
    expect(results).toMatchObject([{ verdict: 'undecided' }, { name: 'a' }]);
    expect(troubles).toEqual(['deaf: SUITE_STUCK: it did not come back from booting, in boot (deaf.ts:1:1)']);
  });

  it('begins no suite when the time of all of them is up', async () => {
    const units = [unit('a', { timeMs: 60_000 }), unit('b')];
    expect(await explore(units, { workers: 1, timeMs: 0 })).toEqual([undefined, undefined]);
  });

  it('stops what is running, keeps its result, and leaves out what has not begun', async () => {
    const controller = new AbortController();
    const results = await explore([unit('a'), unit('waits'), unit('b')], {
      workers: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(results.map((result) => result?.name)).toEqual(['a', 'waits', undefined]);
    expect(results[1]?.tallies.map(({ cutShort }) => cutShort)).toContainEqual({ kind: 'interruption' });
  });
});
