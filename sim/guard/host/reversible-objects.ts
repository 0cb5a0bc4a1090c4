/**
 * Changes that can't be undone by those who make them must be so by the guard: what a life defines on an object of the host's
 * can be deleted again, and what it freezes is not frozen.
 */

import { active } from '../../process/active-life.js';
import { type Callable, imitate, put } from '../patch.js';
import { isWatched } from './host-state.js';

/** Puts a function in the place of `owner[name]` that lets a life do `instead` to an object of the host's. */
const servedOnHosts = (
  owner: object,
  name: string,
  instead: (real: Callable, args: readonly unknown[]) => unknown,
): void => {
  const real = Reflect.get(owner, name) as Callable; // a function of the language, called with what it was given
  put(
    owner,
    name,
    imitate(real, (...args: unknown[]) =>
      active.life !== undefined && isWatched(Object(args[0])) ? instead(real, args) : real(...args),
    ),
  );
};

const reversible = (owner: object, key: PropertyKey, descriptor: unknown): unknown =>
  Object.hasOwn(owner, key) || typeof descriptor !== 'object'
    ? descriptor
    : { ...descriptor, configurable: true };

export const patchReversible = (): void => {
  for (const owner of [Object, Reflect])
    servedOnHosts(owner, 'defineProperty', (real, [target, key, descriptor]) =>
      real(target, key, reversible(Object(target), key as PropertyKey, descriptor)),
    );
  servedOnHosts(Object, 'defineProperties', (real, [target, descriptors]) => {
    const all = Reflect.ownKeys(Object(descriptors)).map(
      (key) => [key, reversible(Object(target), key, Reflect.get(Object(descriptors), key))] as const,
    );
    return real(target, Object.fromEntries(all));
  });
  for (const name of ['freeze', 'seal', 'preventExtensions'])
    servedOnHosts(Object, name, (_real, [target]) => target);
  servedOnHosts(Reflect, 'preventExtensions', () => true);
};
