import { describe, expect, it } from 'vitest';
import { diskModel } from '../disk/models.js';
import type { DiskModelName, Json, Suite } from '../suite.js';
import { type Carelessness, counterSuite } from '../testing/counter.js';
import { exploreSlowly } from '../testing/slow-explorer.js';
import { drive } from './drive.js';
import { explore } from './exhaustive.js';

const suiteOf = (carelessness: Carelessness): Suite => counterSuite(carelessness) as unknown as Suite; // a suite of any system
const workloadOf = (commands: number): Json[] =>
  Array.from({ length: commands }, () => ({ type: 'increment' }));

const fast = async (suite: Suite, workload: readonly Json[], disk: DiskModelName, depth: number) => {
  const outcomes = new Map<string, string>();
  await drive(
    explore(suite, workload, {
      model: diskModel(disk),
      depth,
      commandsAfterCrash: 1,
      imageBudget: 4096,
      lifeBudget: 100_000,
      expired: () => false,
      onLife: ({ start, broken }, crashes) => {
        const names = broken.map(({ invariant }) => invariant).sort();
        if (crashes.length > 0) outcomes.set(start.key, names.join());
      },
    }),
  );
  return outcomes;
};

const slow = (suite: Suite, workload: readonly Json[], disk: DiskModelName, depth: number) =>
  drive(exploreSlowly(suite, workload, { model: diskModel(disk), depth, commandsAfterCrash: 1 }));

const sorted = (outcomes: ReadonlyMap<string, string>): [string, string][] => [...outcomes].sort();

describe('a state met before is not run again, and nothing is missed by it', () => {
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
    const [suite, workload] = [suiteOf(carelessness), workloadOf(commands)];
    const outcomes = await fast(suite, workload, disk, depth);
    expect(outcomes.size).toBeGreaterThan(0);
    expect(sorted(outcomes)).toEqual(sorted(await slow(suite, workload, disk, depth)));
  });
});
