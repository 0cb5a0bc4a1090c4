import { describe, expect, it } from 'vitest';
import type { DiskModelName, Json, Suite } from '../../suite/suite.js';
import { type Carelessness, counterSuite } from '../../testing/counter.js';
import { fastOutcomes, slowOutcomes } from '../../testing/outcomes.js';

const suiteOf = (carelessness: Carelessness): Suite => counterSuite(carelessness) as unknown as Suite; // a suite of any system
const workloadOf = (commands: number): Json[] =>
  Array.from({ length: commands }, () => ({ type: 'increment' }));

describe('explore: a known state is not run again, and no failure is missed', () => {
  it.each<[Carelessness, DiskModelName, number, number]>([
    ['careful', 'posix', 1, 2],
    ['careful', 'posix', 2, 1],
    ['careful', 'prefix', 2, 2],
    ['careful', 'process-kill', 2, 2],
    ['careful', 'synced-only', 2, 2],
    ['careful', 'ext4-ordered', 2, 1],
    ['no directory fsync', 'posix', 2, 1],
    ['no fsync', 'posix', 1, 2],
    ['in place', 'posix', 2, 1],
  ])('%s under %s, %i commands to depth %i', async (carelessness, disk, commands, depth) => {
    const question = { suite: suiteOf(carelessness), workload: workloadOf(commands), disk, depth };
    const outcomes = await fastOutcomes(question);
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes).toEqual(await slowOutcomes(question));
  });
});
