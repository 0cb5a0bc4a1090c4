/**
 * The life whose code is running: set for each synchronous stretch of a program's execution, undefined while the host runs.
 * Every patched function asks here who is calling; for the host it is what it always was.
 */

import type { GuardedLife } from './guarded-life.js';
import { callSite } from './refusal-site.js';
import { UncontrolledEffectError } from './uncontrolled-effect.js';

/** One per process, as the patched globals are. Written by the guard alone. */
export const active: { life: GuardedLife | undefined } = { life: undefined };

/** How often a life has loaded a module, and every CommonJS module that Node's loader has loaded since the guard was installed. */
export const loads = { count: 0, modules: new WeakSet<object>() };

/** Reports the call that `patched` (a frame on the stack) is serving, and throws. `instead` says what to do instead. */
export const refuse = (life: GuardedLife, what: string, instead: string, patched: object): never => {
  const effect = { what, site: callSite(patched), instead };
  const refusal = new UncontrolledEffectError(effect);
  life.report(effect, refusal);
  throw refusal;
};

/** Calls `act` as the host's code, whosever code is running, and returns what it returns. */
export const asHost = <T>(act: () => T): T => {
  const { life } = active;
  active.life = undefined;
  try {
    return act();
  } finally {
    active.life = life;
  }
};
