/** Whether a failing run needs the time that passes between its lives: a value that expires while the power is off. */
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import type { Driven } from '../life/drive.js';
import { playTape, type Tape } from '../run/tape.js';
import { withOverrides } from '../suite/limits.js';
import type { Suite } from '../suite/suite.js';
import { SimulatorError } from '../util/errors.js';

/** The program made other steps with another clock, or did not start. */
const isOtherRun = (error: unknown): boolean =>
  error instanceof SimulatorError &&
  (error.code === 'CRASH_IMPOSSIBLE' || error.code === 'SUITE_BOOT_FAILED');

/** Plays `tape` once more with no time between its lives: true if `broken` is not all broken then. */
export function* gapMatters(
  suite: Suite,
  model: DiskModel,
  tape: Tape,
  broken: readonly string[],
): Driven<boolean> {
  if (tape.crashes.length === 0) return false;
  try {
    const { lives } = yield* playTape(withOverrides(suite, { clock: { gapMs: 0 } }), model, tape);
    const still = new Set(lives.at(-1)?.broken.map(({ invariant }) => invariant));
    return !broken.every((invariant) => still.has(invariant));
  } catch (error) {
    if (isOtherRun(error)) return true;
    throw error;
  }
}
