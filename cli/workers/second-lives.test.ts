import { afterEach, describe, expect, it } from 'vitest';
import type { TaskWorker } from '../messages/task-worker.js';
import { SecondLives } from './second-lives.js';
import { WorkerProcess } from './worker-process.js';

const WORKER = new URL('../fixtures/worker.mjs', import.meta.url);

let started = 0;
let ended = 0;

const secondLives = (): SecondLives => {
  [started, ended] = [0, 0];
  const start = (): WorkerProcess => {
    started += 1;
    return new WorkerProcess(WORKER);
  };
  const end = (worker: TaskWorker): Promise<void> => {
    ended += 1;
    return worker.end();
  };
  return new SecondLives(start, end);
};

let shared: SecondLives | undefined;
afterEach(() => shared?.close());

const ask = async (suites: readonly string[]): Promise<readonly unknown[]> => {
  const all = secondLives();
  shared = all;
  const options = { seed: 1, runs: 1, workloads: 1, depth: 1, bail: false };
  const asked = (name: string) => () => ({ reference: { kind: 'shipped', name } as const, options });
  return Promise.all(
    suites.map((name) =>
      all.ask(asked(name), []).then(
        ({ isFirstAlone, why }) => why ?? (isFirstAlone ? 'in a new process' : 'in the same process'),
        (thrown: unknown) => (thrown instanceof Error ? thrown.message : thrown),
      ),
    ),
  );
};

describe('SecondLives', () => {
  it('lives again for all suites in one process, one suite after the other', async () => {
    expect(await ask(['a', 'b', 'c'])).toEqual([
      'in a new process',
      'in the same process',
      'in the same process',
    ]);
    expect([started, ended]).toEqual([1, 0]);
    await shared?.close();
    expect([started, ended]).toEqual([1, 1]);
  });

  it('takes the process that was prepared, which is a new one for the first suite only', async () => {
    const asked = ask(['a', 'b']);
    shared?.prepare();
    shared?.prepare();
    expect(await asked).toEqual(['in a new process', 'in the same process']);
    expect([started, ended]).toEqual([1, 0]);
  });

  it('ends a process that was prepared and not needed', async () => {
    const all = secondLives();
    all.prepare();
    await all.close();
    expect([started, ended]).toEqual([1, 1]);
  });

  it.each(['alone', 'alone in part'])(
    'takes a new process for a suite that can not be evaluated again: %s',
    async (name) => {
      expect(await ask(['a', name, 'b'])).toEqual([
        'in a new process',
        'in a new process',
        'in the same process',
      ]);
      expect([started, ended]).toEqual([2, 1]);
    },
  );

  it('is of no consequence for other suites where one ends the process', async () => {
    expect(await ask(['a', 'dies alone', 'b'])).toEqual([
      'in a new process',
      'it ended with exit code 7',
      'in a new process',
    ]);
    expect([started, ended]).toEqual([3, 2]);
  });
});
