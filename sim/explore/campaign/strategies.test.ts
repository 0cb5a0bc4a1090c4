import { describe, expect, it } from 'vitest';
import { replay } from '../../replay/replay.js';
import { decodeToken } from '../../replay/token.js';
import type { SuiteResult } from '../../result/result.js';
import type { Suite } from '../../suite/suite.js';
import { inBetween, lateLease, lostLine } from '../../testing/planted.js';
import type { ExplorationBounds } from '../options.js';
import { exploreSuite } from './explore-suite.js';

const RANDOM = { seed: 1, workloads: 0, runs: 400, depth: 2, bail: true } as const;
/** For honest twins. Most seeds find each fault within 70 runs. */
const HONEST = { ...RANDOM, runs: 200 } as const;
const CUTS = { ...RANDOM, workloads: 12, runs: 0 } as const;

const explored = (suite: Suite, options: ExplorationBounds): Promise<SuiteResult> =>
  exploreSuite(suite, options);

/** The tape of the one violation; it plays again to the same digest. */
const shrunkTape = async (suite: Suite, { violations }: SuiteResult) => {
  const [violation] = violations;
  if (violation === undefined) throw new Error('Nothing was found.');
  const again = await replay(violation.token, [suite]);
  expect(again).toMatchObject({ same: true, digest: violation.digest });
  expect(again.violated.map(({ invariant }) => invariant)).toContain(violation.invariant);
  return decodeToken(violation.token).tape;
};

describe('exploreSuite: random runs find a failure of several conditions, and shrink it to its minimum', () => {
  it('two clients in one order', async () => {
    const result = await explored(inBetween(false), { ...RANDOM, seed: 2 });
    const { workload, crashes, conditions, schedules } = await shrunkTape(inBetween(false), result);
    expect(workload).toEqual(['sign', 'look']);
    expect([crashes, conditions]).toEqual([[], undefined]);
    const [schedule, ...more] = schedules ?? [];
    expect([schedule?.kind, more]).toEqual(['picks', []]);
    // The look begins once the file is signed, and goes on to its end.
    const picks = schedule?.kind === 'picks' ? schedule.picks : [];
    expect(picks.filter((pick) => pick > 0).length).toBeLessThanOrEqual(2);
  });

  it('a fault and a power cut', async () => {
    const result = await explored(lostLine(false), RANDOM);
    const { workload, crashes, conditions = {}, schedules } = await shrunkTape(lostLine(false), result);
    expect(workload).toEqual([null]);
    expect(crashes.map(({ lost, fill }) => [lost, fill])).toEqual([[[], 'zero']]);
    expect(schedules).toBeUndefined();
    // Which faults are on is all that may be left: where a drawn one strikes must stay as it was drawn.
    expect(Object.keys(conditions).filter((name) => name !== 'faultsOn')).toEqual([]);
  });

  it('a timer that fires while a call is under way', async () => {
    const result = await explored(lateLease(false), RANDOM);
    const { workload, crashes, conditions = {} } = await shrunkTape(lateLease(false), result);
    expect(workload).toEqual([null]);
    expect(crashes).toEqual([]);
    expect(Object.keys(conditions).length).toBe(1);
  });

  it.each([inBetween(true), lostLine(true), lateLease(true)])('and nothing in $name', async (suite) => {
    const { violations, exploration } = await explored(suite, HONEST);
    expect(violations).toEqual([]);
    expect(exploration.runs).toBe(HONEST.runs);
  });

  it.each([lateLease(false)])(
    'which cutting the power of eager lives everywhere does not find in $name',
    async (suite) => {
      expect((await explored(suite, CUTS)).violations).toEqual([]);
    },
  );
});

describe('exploreSuite: strategies', () => {
  it('PCT of depth 2 finds a fault that needs one change of priority, and none in its honest twin', async () => {
    const strategy = { kind: 'pct', bound: 2 } as const;
    const found = await explored(inBetween(false), { ...RANDOM, strategy });
    expect(found.violations.map(({ invariant }) => invariant)).toEqual(['one or the other']);
    expect((await explored(inBetween(true), { ...HONEST, strategy })).violations).toEqual([]);
  });

  it('the seeded random walk finds it, too', async () => {
    const found = await explored(inBetween(false), { ...RANDOM, strategy: { kind: 'random' } });
    expect(found.violations.length).toBe(1);
  });

  it('depth first search finds it with one preemption, under every power cut, and is done', async () => {
    const options = { ...CUTS, commands: 2, depth: 1, strategy: { kind: 'dfs', bound: 1 } } as const;
    const found = await explored(inBetween(false), options);
    const { workload, crashes, schedules } = await shrunkTape(inBetween(false), found);
    expect([workload, crashes]).toEqual([['sign', 'look'], []]);
    expect(schedules?.length).toBe(2);
    const honest = await explored(inBetween(true), options);
    expect(honest).toMatchObject({ verdict: 'holds', exploration: { runs: 0, workloads: CUTS.workloads } });
    expect(honest.exploration.schedules).toBeGreaterThan(CUTS.workloads);
  });

  it('depth first search says which bound stopped it, and none where no schedule is left', async () => {
    const options = { ...CUTS, workloads: 4, commands: 2, depth: 50 };
    const bounded = await explored(inBetween(true), { ...options, strategy: { kind: 'dfs', bound: 0 } });
    expect(bounded.exploration).toMatchObject({
      closed: false,
      stopReasons: [{ kind: 'preemptions', limit: 0 }],
    });
    const all = await explored(inBetween(true), { ...options, strategy: { kind: 'dfs', bound: 100 } });
    expect(all.exploration.closed).toBe(true);
    expect(all.exploration.stopReasons).toEqual([]);
  });
});
