import { describe, expect, it } from 'vitest';
import { type Part, partsOf } from '../sim/explore/part.js';
import type { StopReason } from '../sim/result.js';
import type { PoolOptions } from './pool.js';
import { exploreInWorkers } from './pool.js';
import type { Unit, UnitOptions } from './task.js';

const unit = (name: string, changes: Partial<UnitOptions> = {}): Unit => ({
  reference: { kind: 'shipped', name },
  options: { seed: 1, runs: 50, workloads: 2, depth: 1, bail: false, ...changes },
});

const options = (changes: Partial<PoolOptions> = {}): PoolOptions => ({
  workers: 2,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onResult: () => undefined,
  onDeath: (message) => {
    throw new Error(message);
  },
  worker: new URL('./fixtures/worker.mjs', import.meta.url),
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

const explore = async (units: readonly Unit[], changes: Partial<PoolOptions> = {}) =>
  (await exploreInWorkers(units, options(changes))) as unknown as readonly (Told | undefined)[]; // the fixture's

const collectingDeaths = () => {
  const deaths: string[] = [];
  return { deaths, onDeath: (message: string) => void deaths.push(message) };
};

describe('the pool', () => {
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

  it('names the file that a suite is from', async () => {
    const reference = { kind: 'file', url: 'file:///a.ts', argument: './a.ts', index: 0 } as const;
    const [result] = await exploreInWorkers([{ ...unit('a'), reference }], options());
    expect(result?.file).toBe('./a.ts');
  });

  it('tells of each worker that dies, keeps what was finished, and goes on with the other suites', async () => {
    const { deaths, onDeath } = collectingDeaths();
    const units = ['exits', 'a', 'dies', 'b', 'dies at the end'].map((name) => unit(name));
    const results = await explore(units, { workers: 1, onDeath });
    expect(results.map((result) => result?.name)).toEqual([undefined, 'a', 'dies', 'b', undefined]);
    expect(results[2]?.tallies).toMatchObject([
      { part: { phase: 'exhaustive', from: 0 } },
      { cutShort: { kind: 'worker-death' } },
    ]);
    expect(deaths).toEqual([
      'exits: its worker died: it ended with exit code 7.',
      'dies: its worker died: it was killed, SIGKILL.',
      'dies at the end: its worker died: it ended with exit code 7.',
    ]);
  });

  it('passes on the code of an error in a suite, and gives up what is still running', async () => {
    const exploring = exploreInWorkers([unit('hangs'), unit('fails')], options());
    await expect(exploring).rejects.toMatchObject({ code: 'BOOT_FAILED', message: 'fails: boot failed' });
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
