import { describe, expect, it } from 'vitest';
import type { PoolOptions } from './pool.js';
import { exploreInWorkers } from './pool.js';
import type { Unit } from './task.js';

const unit = (name: string): Unit => ({
  reference: { kind: 'shipped', name },
  options: { seed: 1, runs: 1, workloads: 1, depth: 1, bail: false },
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

describe('the pool', () => {
  it.each([1, 2, 3, 9])('gives results in the order of the units with %i workers', async (workers) => {
    const results = await exploreInWorkers(names.map(unit), options({ workers }));
    expect(results.map((result) => result?.name)).toEqual(names);
  });

  it('gives every suite a thread of its own', async () => {
    const results = await exploreInWorkers(names.map(unit), options({ workers: 2 }));
    const threads = results.map((result) => (result as { threadId?: number } | undefined)?.threadId);
    expect(new Set(threads).size).toBe(names.length);
  });

  it('names the file that a suite is from', async () => {
    const reference = { kind: 'file', url: 'file:///a.ts', argument: './a.ts', index: 0 } as const;
    const [result] = await exploreInWorkers([{ ...unit('a'), reference }], options());
    expect(result?.file).toBe('./a.ts');
  });

  it('tells of each worker that dies, and goes on with the others', async () => {
    const deaths: string[] = [];
    const results = await exploreInWorkers(
      ['exits', 'a', 'throws', 'b'].map(unit),
      options({ onDeath: (message) => deaths.push(message) }),
    );
    expect(results.map((result) => result?.name)).toEqual([undefined, 'a', undefined, 'b']);
    expect(deaths.sort()).toEqual([
      'exits: its worker died: it ended itself.',
      'throws: its worker died: out of luck.',
    ]);
  });

  it('passes on the code of an error in a suite, and gives up what is still running', async () => {
    const exploring = exploreInWorkers([unit('hangs'), unit('fails')], options());
    await expect(exploring).rejects.toMatchObject({ code: 'BOOT_FAILED', message: 'fails: boot failed' });
  });

  it('stops what is running, keeps its result, and leaves out what has not begun', async () => {
    const controller = new AbortController();
    const results = await exploreInWorkers([unit('a'), unit('waits'), unit('b')], {
      ...options({ workers: 1 }),
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    expect(results.map((result) => result?.name)).toEqual(['a', 'waits', undefined]);
  });
});
