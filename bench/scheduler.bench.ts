/**
 * The cost of a seeded strategy that orders the steps of concurrent actors: fast-check's scheduler, and this one with a
 * random walk and with PCT. The same actors, the same number of steps, a new order in each run.
 */
import * as fc from 'fast-check';
import { drawSchedule } from '../sim/explore/random/draw-plan.js';
import { drive, until } from '../sim/life/drive.js';
import { World } from '../sim/life/world.js';
import { FIRST_LIFE } from '../sim/run/tape.js';
import { choosing } from '../sim/scheduler/choosing.js';
import { pct } from '../sim/scheduler/pct.js';
import { picking, type Schedule, type Strategy } from '../sim/scheduler/strategy.js';
import { stream } from '../sim/util/seeded-streams.js';
import { type Comparison, type Contender, compare } from './measuring/paired.js';

const ACTORS = 5;
const EVENTS = 10;
const RUNS = 40;
const STEPS = ACTORS * EVENTS;

/** Actors that each take `EVENTS` steps, one after the other; resolves to the order of all steps. */
const actors = async (step: <T>(act: () => T) => Promise<T>): Promise<readonly number[]> => {
  const order: number[] = [];
  const actor = async (number: number): Promise<void> => {
    for (let event = 0; event < EVENTS; event++) await step(() => order.push(number));
  };
  await Promise.all(Array.from({ length: ACTORS }, (_, number) => actor(number)));
  return order;
};

const requireAll = (order: readonly number[]): void => {
  if (order.length !== STEPS) throw new Error(`Only ${order.length} of ${STEPS} steps were taken.`);
};

/** Of this process alone, so that the load of other processes does not count. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

let seed = 0;

const byFastCheck: Contender = {
  name: 'fc.scheduler',
  operations: RUNS * STEPS,
  run: () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const done = actors((act) => scheduler.schedule(Promise.resolve()).then(act));
        requireAll(await scheduler.waitFor(done));
      }),
      { seed: seed++, numRuns: RUNS },
    ),
};

const strategyOf = (schedule: Schedule): Strategy => {
  if (schedule.kind === 'pct') return pct(schedule);
  return picking(schedule.kind === 'picks' ? schedule.picks : []);
};

const byPowercut = (kind: 'random' | 'pct'): Contender => ({
  name: kind,
  operations: RUNS * STEPS,
  run: () =>
    drive(
      (function* () {
        for (let run = 0; run < RUNS; run++) {
          const strategy = strategyOf(drawSchedule(stream(seed++, 'schedule'), { kind }));
          const world = new World({ ...FIRST_LIFE, scheduling: choosing(strategy) });
          const settled = yield* until(world, () => actors(world.scheduler.perform));
          requireAll(settled.status === 'fulfilled' ? settled.value : []);
        }
      })(),
    ),
});

export const comparisons = async (): Promise<readonly Comparison[]> => [
  await compare(
    `${ACTORS} actors of ${EVENTS} steps in a drawn order, steps a second`,
    byFastCheck,
    [byPowercut('random'), byPowercut('pct')],
    { clock: processorMs },
  ),
];
