import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replay } from '../../replay/replay.js';
import type { SuiteResult } from '../../result/result.js';
import type { Suite } from '../../suite/suite.js';
import { type Carelessness, counterSuite } from '../../testing/counter.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../options.js';
import { Agenda, type Assignment } from './agenda.js';
import { explorePart } from './explore-part.js';
import { concludeSuite, exploreSuite } from './explore-suite.js';
import { partsOf } from './parts.js';

const suiteOf = (carelessness: Carelessness): Suite => counterSuite(carelessness) as unknown as Suite; // a suite of any system

const options: ExplorationBounds = { ...DEFAULT_OPTIONS, workloads: 4, runs: 40, commands: 4, depth: 2 };

const known = new Map<Carelessness, Promise<SuiteResult>>();
/** The exploration of one variant. The tests only read it, so they share it. */
const exploredOnce = (carelessness: Carelessness): Promise<SuiteResult> => {
  const result = known.get(carelessness) ?? exploreSuite(suiteOf(carelessness), options);
  known.set(carelessness, result);
  return result;
};

describe('exploreSuite', () => {
  it('finds nothing wrong with a careful program', async () => {
    const result = await exploredOnce('careful');
    expect(result).toMatchObject({ verdict: 'holds', asExpected: true, violations: [] });
    expect(result.exploration.workloads).toBe(4);
    expect(result.exploration.runs).toBe(40);
  });

  it('shrinks a failure to one command and one power cut, and tells it', async () => {
    const result = await exploredOnce('no directory fsync');
    expect(result).toMatchObject({ verdict: 'violated', asExpected: false });
    const [violation] = result.violations;
    expect(violation).toMatchObject({ invariant: 'durability', commands: 1, crashes: 1 });
    expect(violation?.story).toMatchInlineSnapshot(`
      "The program starts on an empty disk.
          mkdir /data (testing/counter.ts:41)
          fsync the directory / (testing/counter.ts:22)
      The client sends: {"type":"increment"}.
          create /data/counter.new (testing/counter.ts:14)
          write 1 B to /data/counter.new at 0 (testing/counter.ts:15)
          fsync /data/counter.new (testing/counter.ts:16)
          rename /data/counter.new -> /data/counter (testing/counter.ts:36)
      The answer: done, 1.
      THE POWER FAILS at this point.
      Lost (never fsynced): rename of /data/counter.new to /data/counter. Survived without fsync: directory entry /data/counter.new.
      The program restarts. The disk holds /data/counter.new (1 B).
          fsync the directory / (testing/counter.ts:22)
      BROKEN: durability. Every acknowledged increment is counted, and no increment is counted that was not asked for.
      What is wrong: the counter says 0, but 1 increments were acknowledged and 1 asked for."
    `);
  });

  it('replays a token to the same digest', async () => {
    const [violation] = (await exploredOnce('no directory fsync')).violations;
    const replayed = await replay(violation?.token ?? '', [suiteOf('no directory fsync')]);
    expect(replayed).toMatchObject({ same: true, digest: violation?.digest });
    expect(replayed.violated.map(({ invariant }) => invariant)).toContain('durability');
    const said = replayed.trace.flatMap(({ actor, label }) => (actor === 'client' ? [label] : []));
    expect(said.slice(0, 2)).toEqual(['The client sends: {"type":"increment"}.', 'The answer: done, 1.']);
    expect(replayed.trace.filter(({ label }) => label.startsWith('The '))).toHaveLength(2);
  });

  it.each(['an error of its own', 'nothing at all'])(
    'says what a program that does not boot used, though it answers that with %s',
    async (answer) => {
      const boot = async () => {
        try {
          existsSync('/somewhere');
        } catch {
          if (answer === 'nothing at all') await new Promise(() => {});
          throw new Error('No database.');
        }
        return { value: () => 0, increment: async () => 0 };
      };
      await expect(exploreSuite({ ...suiteOf('careful'), boot }, options)).rejects.toMatchObject({
        code: 'SUITE_BOOT_FAILED',
        message: expect.stringMatching(
          /empty disk: .+\. It used fs\.existsSync at sim\/explore\/campaign\/explore-suite\.test\.ts:\d+:\d+, .+ To run under simulation, wrap /,
        ),
      });
    },
  );

  it('depends on the seed, and on nothing else', async () => {
    const digestWith = async (seed: number) =>
      (await exploreSuite(suiteOf('careful'), { ...options, workloads: 1, runs: 10, seed })).digest;
    expect(await digestWith(7)).toBe(await digestWith(7));
    expect(await digestWith(7)).not.toBe(await digestWith(8));
  });
});

const untimed = ({ exploration, ...rest }: SuiteResult): unknown => ({
  ...rest,
  exploration: { ...exploration, seconds: 0 },
});

/** As several processes would: all parts that can be taken in the opposite order, each on its own, and sent as data. */
const inPieces = async (suite: Suite, bounds: ExplorationBounds): Promise<SuiteResult> => {
  const agenda = new Agenda(bounds);
  const takeAll = (): Assignment[] => {
    const taken: Assignment[] = [];
    for (let next = agenda.take(); next !== undefined; next = agenda.take()) taken.push(next);
    return taken.reverse();
  };
  for (let taken = takeAll(); taken.length > 0; taken = takeAll())
    for (const next of taken)
      agenda.explored(next.part, structuredClone(await explorePart(suite, bounds, structuredClone(next))));
  return concludeSuite(suite, bounds, agenda.finished());
};

describe('explorePart and concludeSuite', () => {
  it.each(['careful', 'no directory fsync', 'no fsync'] as const)(
    'comes to what it comes to in one piece: %s',
    async (carelessness) => {
      expect(partsOf(options)).toHaveLength(4 + 2);
      const pieces = await inPieces(suiteOf(carelessness), options);
      expect(untimed(pieces)).toEqual(untimed(await exploredOnce(carelessness)));
    },
  );

  it('leaves out what was explored beyond the first violation, where it was to stop there', async () => {
    const suite = suiteOf('no directory fsync');
    const bounds = { ...options, bail: true };
    expect(untimed(await inPieces(suite, bounds))).toEqual(untimed(await exploreSuite(suite, bounds)));
  });

  it.each([
    [0, 0, []],
    [2, 0, [1, 1]],
    [0, 26, [24, 2]],
  ])('of %i workloads and %i runs has parts that are worth a process', (workloads, runs, counts) => {
    expect(partsOf({ workloads, runs }).map(({ count }) => count)).toEqual(counts);
  });

  it('of many runs without guidance has parts of one size', () => {
    const parts = partsOf({ workloads: 1, runs: 100_000, guided: false });
    const counts = [1, ...Array.from({ length: 127 }, () => 784), 432];
    expect(parts.map(({ count }) => count)).toEqual(counts);
  });

  it('of many runs has parts that grow while there is most to learn, and few enough to cost no time', () => {
    const counts = partsOf({ workloads: 0, runs: 100_000 }).map(({ count }) => count);
    const whole = counts.slice(0, -1);
    expect(whole).toEqual([...whole].sort((a, b) => a - b));
    expect([whole[0], whole.at(-1)]).toEqual([24, 784]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
    expect(counts.length).toBeLessThan(200);
  });
});
