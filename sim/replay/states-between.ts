/** The states that a suite shows between the steps of a run, from a second play of it. */

import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Driven } from '../life/drive.js';
import type { ShownStates } from '../life/shown-states.js';
import { playTape, type Tape, type TapeRun } from '../run/tape.js';
import type { Suite } from '../suite/suite.js';

const stepsOf = ({ lives }: TapeRun): string => lives.map(({ world }) => world.steps.length).join();

/**
 * By life. Empty where looking would change the run: an `observe` that reads files makes steps of its own.
 *
 * @param played the run as it is without looking
 */
export function* statesBetween(
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  played: TapeRun,
): Driven<readonly ShownStates[]> {
  if (suite.observe === undefined) return [];
  const looked = yield* playTape(suite, model, tape, { looksAlong: played.lives });
  if (looked.digest !== played.digest || stepsOf(looked) !== stepsOf(played)) return [];
  return looked.lives.map(({ shown = new Map() }) => shown);
}
