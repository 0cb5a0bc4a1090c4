/** Actors that make calls one after the other, under a strategy, with nothing else around. For tests. */

import { choosing } from '../scheduler/choosing.js';
import type { Timing } from '../scheduler/disturbances.js';
import type { Scheduler } from '../scheduler/scheduler.js';
import type { Strategy } from '../scheduler/strategy.js';
import { VirtualClock } from '../scheduler/virtual-clock.js';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export interface Stage {
  readonly scheduler: Scheduler;
  readonly clock: VirtualClock;
}

/** Lets a program run to its end on a scheduler of its own. */
export const playOn = async (
  strategy: Strategy,
  program: (stage: Stage) => unknown,
  timing?: Timing,
): Promise<Stage> => {
  const clock = new VirtualClock(0);
  const stage = { scheduler: choosing(strategy, timing)(clock), clock };
  stage.scheduler.begin();
  program(stage);
  do await turn();
  while (stage.scheduler.runNext(600_000));
  return stage;
};

/** Each of `counts` actors makes that many calls. Returns the order of the calls, as 'aabab'. */
export const orderOf = async (strategy: Strategy, counts: readonly number[]): Promise<string> => {
  let order = '';
  await playOn(strategy, ({ scheduler }) => {
    counts.forEach(async (count, actor) => {
      for (let call = 0; call < count; call++)
        await scheduler.perform(() => {
          order += 'abcdefgh'.charAt(actor);
        });
    });
  });
  return order;
};
