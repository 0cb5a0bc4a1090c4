/**
 * The simulator's prediction for a life that will be killed: the disks that the model `process-kill` calls legal, each
 * with the answers that the client had by then.
 */

import { crashStates } from '../../../sim/disk/crash-model/crash-states.js';
import { type DiskImage, imageKey } from '../../../sim/disk/crash-model/disk-image.js';
import { diskModel } from '../../../sim/disk/crash-model/disk-models.js';
import { drive, until } from '../../../sim/life/drive.js';
import { World } from '../../../sim/life/world.js';
import { eager } from '../../../sim/scheduler/scheduler.js';
import { advance, type HistoryState } from '../../../sim/suite/history.js';
import { realEnvironment } from '../../../src/real-environment.js';
import { live } from './life.js';
import { oneAtATime } from './one-at-a-time.js';

/** A disk, and what the client knows: its acknowledged commands are the effects of the history. */
export interface Known {
  readonly image: DiskImage;
  readonly history: HistoryState;
}

export interface Prediction {
  /** When the life begins, by the clock of its machine. */
  readonly startMs: number;
  /** How many different pairs of disk and knowledge a kill may leave. */
  readonly count: number;
  /** The pair with a disk of equal content and `acknowledged` commands; undefined: no kill leaves that. */
  find(image: DiskImage, acknowledged: number): Known | undefined;
}

const keyOf = (image: DiskImage, acknowledged: number): string => `${imageKey(image)} ${acknowledged}`;

export const acknowledgedIn = ({ history }: Known): number => history.effects.length;

/** Lives the life that begins at `start` to its end, in the simulator. */
export const predict = async (start: Known, key: string, directory: string): Promise<Prediction> => {
  const world = new World({ ...start, scheduling: eager() });
  const { environment, clock } = world;
  // As the real machine has it: not every system lets a write be durable by itself.
  const { writeThrough, ...others } = environment;
  const env = realEnvironment().writeThrough === undefined ? others : environment;
  const settled = await drive(
    until(world, () =>
      live(
        { ...env, fs: oneAtATime(environment.fs, environment.clock) },
        {
          directory,
          done: acknowledgedIn(start),
          acknowledge: (index) => environment.outside({ acknowledged: index }),
        },
      ),
    ),
  );
  if (settled.status !== 'fulfilled' || world.failures.length > 0)
    throw new Error(
      `The life does not come to its end in the simulator: ${JSON.stringify([settled, world.failures])}`,
    );
  // Killed before its first call, a life leaves what it found.
  const nothing = { image: start.image, history: advance(start.history, { kind: 'crashed' }) };
  const legal = new Map([[keyOf(nothing.image, acknowledgedIn(nothing)), nothing as Known]]);
  for (const { states } of crashStates(start, world.journal.entries, {
    model: diskModel('process-kill'),
    budget: 1,
    seed: key,
  })) {
    for (const { image, history } of states)
      legal.set(keyOf(image, acknowledgedIn({ image, history })), { image, history });
  }
  return {
    startMs: clock.startMs,
    count: legal.size,
    find: (image, acknowledged) => legal.get(keyOf(image, acknowledged)),
  };
};
