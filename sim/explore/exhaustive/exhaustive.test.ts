import { describe, expect, it } from 'vitest';
import { diskModel } from '../../disk/crash-model/disk-models.js';
import { drive } from '../../life/drive.js';
import type { DiskModelName, Json, Suite } from '../../suite/suite.js';
import { type Carelessness, counterSuite } from '../../testing/counter.js';
import type { Exhausted, ExhaustiveOptions } from './exhausted.js';
import { explore } from './exhaustive.js';

const run = (
  carelessness: Carelessness,
  disk: DiskModelName,
  commands: number,
  depth: number,
  stopped: ExhaustiveOptions['stopped'] = () => undefined,
): Promise<Exhausted> => {
  const suite = counterSuite(carelessness) as unknown as Suite; // a suite of any system
  const workload = Array.from({ length: commands }, (): Json => ({ type: 'increment' }));
  return drive(
    explore(suite, workload, {
      model: diskModel(disk),
      depth,
      commandsAfterCrash: 1,
      imageBudget: 512,
      lifeBudget: 100_000,
      stopped,
    }),
  );
};

const brokenNames = (result: Exhausted): string[] =>
  [...new Set(result.findings.map(({ broken }) => broken.invariant))].sort();

describe('explore', () => {
  it('closes on a careful program: every power cut, to any depth', async () => {
    const result = await run('careful', 'posix', 3, 50);
    expect(result.findings).toEqual([]);
    expect(result.closed).toBe(true);
    expect(result.checked).toBeGreaterThan(10);
  });

  it.each<[Carelessness, DiskModelName, string[]]>([
    ['no fsync', 'posix', ['recovers']],
    ['no fsync', 'process-kill', []],
    ['no fsync', 'prefix', []],
    ['no directory fsync', 'posix', ['durability']],
    ['no directory fsync', 'process-kill', []],
    ['no directory fsync', 'synced-only', ['durability']],
    ['in place', 'posix', ['recovers']],
    ['in place', 'process-kill', ['recovers']],
    ['careful', 'process-kill', []],
    ['careful', 'synced-only', []],
    ['careful', 'prefix', []],
  ])('%s under %s breaks %j', async (carelessness, disk, expected) => {
    const result = await run(carelessness, disk, 2, 2);
    expect(brokenNames(result)).toEqual(expected);
  });

  it('out of time from the start has one life to show, and says what stopped it', async () => {
    const result = await run('careful', 'posix', 2, 2, () => ({ kind: 'time' }));
    expect(result).toMatchObject({ lives: 1, checked: 0, closed: false, stops: [{ kind: 'time' }] });
  });

  it('gives the same digest for the same input, and another for another', async () => {
    const [a, b, c] = [
      await run('careful', 'posix', 2, 2),
      await run('careful', 'posix', 2, 2),
      await run('careful', 'posix', 3, 2),
    ];
    expect(a.digest).toBe(b.digest);
    expect(a.digest).not.toBe(c.digest);
  });
});
