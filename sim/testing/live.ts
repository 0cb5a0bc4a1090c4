/** One life on a simulated disk that is empty, for a test of what a program can do there. */

import { installGuard } from '../guard/guard.js';
import { onSimulatedDisk } from '../guard/on-simulated-disk.js';
import { drive, until } from '../life/drive.js';
import { World } from '../life/world.js';
import { FIRST_LIFE } from '../run/tape.js';
import { eager } from '../scheduler/scheduler.js';

export interface Lived {
  /** The error with which the program failed; 'stuck' if it never ended. */
  readonly error: unknown;
  /** What the life is blamed for. */
  readonly failures: readonly string[];
}

export const live = async (program: () => unknown): Promise<Lived> => {
  const world = new World({ ...FIRST_LIFE, scheduling: eager() });
  const settled = await drive(
    until(world, () => onSimulatedDisk(program)(world.environment)),
    installGuard(),
  );
  const error =
    settled.status === 'rejected' ? settled.error : settled.status === 'stuck' ? 'stuck' : undefined;
  return { error, failures: world.failures };
};
