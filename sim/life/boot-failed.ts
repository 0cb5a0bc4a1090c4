/** The error of a suite whose program does not even start on an empty disk. */

import { packagesWithAddons } from '../guard/patches/native-addons.js';
import { UncontrolledEffectError } from '../process/uncontrolled-effect.js';
import type { Suite } from '../suite/suite.js';
import { codedError } from '../util/errors.js';
import type { Settled } from './drive.js';
import { type Ended, failureOf } from './ended.js';
import type { World } from './world.js';

export const withPlace = (text: string, { place }: Pick<Ended, 'place'>): string =>
  place === undefined ? text : `${text} (${place})`;

export const bootFailed = (
  suite: Suite,
  why: string,
  { failures, refusals }: World,
  cause?: Settled<unknown>,
): Error => {
  // A refusal is mostly what is behind it, and a program may have put an error of its own in its place, or none.
  const isRefusal = cause?.status === 'rejected' && cause.error instanceof UncontrolledEffectError;
  const behind = isRefusal ? [] : [...failures, ...refusals.survived.map(failureOf)].slice(0, 1);
  const addons = cause?.status === 'stuck' ? packagesWithAddons() : [];
  const natively =
    addons.length === 0
      ? []
      : [`What native addons do is outside the simulation, and never awaited; loaded: ${addons.join(', ')}.`];
  const message = [
    `Suite '${suite.name}' does not boot on an empty disk: ${why}.`,
    ...behind,
    ...natively,
  ].join(' ');
  return codedError('SUITE_BOOT_FAILED', message, cause);
};
