/** What holds of every life that is fed, however many feeders there are and whatever their handlers can't bear. */
import type { Invariant, Json } from '../../sim/suite/suite.js';
import {
  checkpointSafety,
  liveness,
  monotonicity,
  noLoss,
  order,
  positions,
  publishedIsDurable,
  rest,
} from '../invariants/index.js';
import { observeOnce } from '../observation/observation.js';
import { type FeederLife, headOfFed, observeFed, settleFed } from './feeder-life.js';
import { answered } from './no-rejections.js';
import { oneGoesOn } from './one-feeder-survives.js';

export const observe = observeOnce(observeFed);

/** `describe`: a command in words. */
export const fedInvariants = <Command extends Json>(
  describe: (command: Command) => string,
): readonly Invariant<FeederLife, Command>[] => [
  oneGoesOn(),
  ...[monotonicity, noLoss, order, checkpointSafety, liveness, positions, publishedIsDurable].map(
    (invariant) => invariant<FeederLife, Command>(observe),
  ),
  rest(observe, { settle: settleFed, head: headOfFed }),
  answered(describe),
];
