/**
 * What a second worker process brings: one suite explored by one and by two, by the clock, as a person would wait for it.
 * Starting the processes and putting the parts together is included.
 */
import { exploreInWorkers } from '../cli/pool.js';
import type { Unit } from '../cli/task.js';
import { inTurns } from './explorer/exploring.js';
import type { Comparison } from './paired.js';

const UNIT: Unit = {
  reference: { kind: 'shipped', name: 'checkpointed-feeder' },
  options: { seed: 1, runs: 2000, workloads: 16, commands: 4, depth: 2, bail: false },
};

/** Campaigns a second; the digest is the proof that both did the same. */
const campaigning = (workers: number, digests: Set<string>) => async (): Promise<number> => {
  const began = performance.now();
  const [result] = await exploreInWorkers([UNIT], {
    workers,
    signal: new AbortController().signal,
    onProgress: () => {},
    onResult: () => {},
    onDeath: (message) => {
      throw new Error(message);
    },
  });
  if (result === undefined) throw new Error('The exploration came to nothing.');
  digests.add(result.digest);
  if (digests.size > 1) throw new Error(`Workers changed the result: ${[...digests].join(', ')}.`);
  return 1000 / (performance.now() - began);
};

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const digests = new Set<string>();
  return [
    await inTurns('One suite explored, by the clock', { rounds: 3, warm: true }, [
      { name: '1 worker', rate: campaigning(1, digests) },
      { name: '2 workers', bar: 1.8, rate: campaigning(2, digests) },
    ]),
  ];
};
