/** The error of a suite whose program does not even start on an empty disk. */

import { packagesWithAddons } from '../guard/patches/native-addons.js';
import { UncontrolledEffectError } from '../process/uncontrolled-effect.js';
import type { Suite } from '../suite/suite.js';
import { codedError } from '../util/errors.js';
import type { Settled } from './drive.js';
import { type Ended, failureOf } from './ended.js';
import type { World } from './world.js';

export const withSite = (text: string, { place }: Pick<Ended, 'place'>): string =>
  place === undefined ? text : `${text} (${place})`;

/** The JavaScript of a package with an addon is refused before it calls the addon: the error names the addon nevertheless. */
const natively = (cause: Settled<unknown> | undefined): readonly string[] => {
  switch (cause?.status) {
    case 'stuck': {
      const addons = packagesWithAddons().join(', ');
      return addons === ''
        ? []
        : [`Native addons run outside the simulation, which never waits for them. Loaded: ${addons}.`];
    }
    case 'rejected': {
      if (!(cause.error instanceof UncontrolledEffectError)) return [];
      const site = cause.error.effect.site.replaceAll('\\', '/');
      const callers = packagesWithAddons().filter((name) => site.includes(`node_modules/${name}/`));
      return callers.map(
        (name) => `${name} runs a native addon, and what that does is outside the simulation.`,
      );
    }
    default:
      return [];
  }
};

export const bootFailed = (
  suite: Suite,
  why: string,
  { failures, refusals }: World,
  cause?: Settled<unknown>,
): Error => {
  // A refusal is mostly what is behind it, and a program may have put an error of its own in its place, or none.
  const isRefusal = cause?.status === 'rejected' && cause.error instanceof UncontrolledEffectError;
  const behind = isRefusal ? [] : [...failures, ...refusals.survived.map(failureOf)].slice(0, 1);
  const message = [
    `Suite '${suite.name}' does not boot on ${suite.prepare === undefined ? 'an empty' : 'its prepared'} disk: ${why}.`,
    ...behind,
    ...natively(cause),
  ].join(' ');
  return codedError('SUITE_BOOT_FAILED', message, cause);
};
