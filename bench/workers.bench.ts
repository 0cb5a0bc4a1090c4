/**
 * What a second worker process brings: one suite explored by one and by two, by the clock, as a person would wait for it.
 * Starting the processes and putting the parts together is included. Beside them, what this machine has to give: two
 * processes that share nothing and do half of the work each. One alone has the other core's help with its compiling, and
 * two of them compile the same things twice: six seconds of processor time each, so what is explored must be long.
 */

import type { Unit } from '../cli/messages/messages.js';
import { exploreInWorkers } from '../cli/workers/pool.js';
import type { SuiteResult } from '../sim/result/result.js';
import { inTurns } from './explorer/exploring.js';
import type { Comparison } from './measuring/paired.js';

const UNIT: Unit = {
  reference: { kind: 'shipped', name: 'checkpointed-feeder' },
  suite: { name: 'checkpointed-feeder', expected: 'safe', disk: 'posix', invariants: 1 },
  options: { seed: 1, runs: 12_000, workloads: 96, commands: 4, depth: 2, bail: false },
};

/** Each with as much to do, in a seed of its own. */
const HALVES: readonly Unit[] = [1, 2].map((seed) => ({
  ...UNIT,
  options: { ...UNIT.options, seed, runs: UNIT.options.runs / 2, workloads: UNIT.options.workloads / 2 },
}));

const exploring = async (unit: Unit, workers: number): Promise<SuiteResult> => {
  const [result] = await exploreInWorkers([unit], {
    workers,
    signal: new AbortController().signal,
    onProgress: () => {},
    onResult: () => {},
    onTrouble: (_unit, { message }) => {
      throw new Error(message);
    },
  });
  if (result === undefined) throw new Error('The exploration came to nothing.');
  return result;
};

const timesASecond = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await act();
  return 1000 / (performance.now() - began);
};

/** Campaigns a second; the digest is the proof that both did the same. */
const campaigning = (workers: number, digests: Set<string>) => (): Promise<number> =>
  timesASecond(async () => {
    digests.add((await exploring(UNIT, workers)).digest);
    if (digests.size > 1) throw new Error(`Workers changed the result: ${[...digests].join(', ')}.`);
  });

const apart = (): Promise<number> =>
  timesASecond(() => Promise.all(HALVES.map((half) => exploring(half, 1))));

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const digests = new Set<string>();
  return [
    await inTurns('One suite explored, by the clock', { rounds: 2 }, [
      { name: '1 worker', rate: campaigning(1, digests) },
      { name: '2 processes apart, half of it each', rate: apart },
      { name: '2 workers', bar: 1.8, rate: campaigning(2, digests) },
    ]),
  ];
};
