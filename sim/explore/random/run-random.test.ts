import { describe, expect, it } from 'vitest';
import { diskModel } from '../../disk/crash-model/disk-models.js';
import { drive } from '../../life/drive.js';
import { digestOf, playTape } from '../../run/tape.js';
import type { Suite } from '../../suite/suite.js';
import { counterSuite } from '../../testing/counter.js';
import { lostLine } from '../../testing/planted.js';
import { drawPlan } from './draw-plan.js';
import { runRandom } from './run-random.js';

const MODEL = diskModel('posix');
const WORKLOAD = Array.from({ length: 6 }, () => ({ type: 'increment' }));

const suites: readonly Suite[] = [
  counterSuite('careful') as unknown as Suite, // a suite of any system
  counterSuite('no directory fsync') as unknown as Suite, // likewise
  { ...lostLine(false), name: 'with a fault' },
];

describe('runRandom: runs that share their first life', () => {
  it.each(suites)('are each the run that their tape tells: $name', async (suite) => {
    let cut = 0;
    for (let seed = 0; seed < 40; seed++) {
      const plan = drawPlan(seed, suite, { kind: 'mixed' });
      const { runs } = await drive(runRandom(suite, MODEL, { workload: WORKLOAD, plan }));
      expect(runs).toHaveLength(plan.branches.length);
      for (const { tape, findings } of runs) {
        const played = await drive(playTape(suite, MODEL, tape));
        expect(findings.map(({ broken }) => broken)).toEqual(played.lives.at(-1)?.broken);
        cut += tape.crashes.length;
      }
    }
    expect(cut).toBeGreaterThan(100);
  });

  it.each(suites)(
    'have nothing else in common: each alone is what it is beside the others: $name',
    async (suite) => {
      for (let seed = 0; seed < 40; seed++) {
        const plan = drawPlan(seed, suite, { kind: 'mixed' });
        const { runs, lives } = await drive(runRandom(suite, MODEL, { workload: WORKLOAD, plan }));
        const alone = [];
        for (const cuts of plan.branches) {
          const input = { workload: WORKLOAD, plan: { ...plan, branches: [cuts] } };
          alone.push(await drive(runRandom(suite, MODEL, input)));
        }
        expect(runs).toEqual(alone.flatMap((one) => one.runs));
        const after = alone.flatMap((one) => one.lives.slice(1));
        expect(digestOf(lives.slice(1))).toBe(digestOf(after));
      }
    },
  );
});
