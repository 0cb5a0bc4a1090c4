/**
 * The garbage collector runs at unpredictable times, so a life behaves as if it never ran. Weak references hold, and no
 * finalization callback runs. The language allows both.
 */
import type { GuardedLife } from '../../process/guarded-life.js';
import { divert } from '../patch.js';
import type { Realm } from '../realm.js';

/** What a life has weak references to, kept for as long as the life is. */
const held = new WeakMap<GuardedLife, unknown[]>();

/** Serves `WeakRef` and `FinalizationRegistry`. */
export const patchGarbage = (realm: Realm): void => {
  divert(realm, 'WeakRef', (life, args, make) => {
    const holding = held.get(life) ?? [];
    held.set(life, holding);
    holding.push(args[0]);
    return make(...args);
  });
  divert(realm.FinalizationRegistry.prototype, 'register', () => undefined);
};
