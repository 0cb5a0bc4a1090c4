/**
 * The span: the stretch of synchronous execution in which a life's code runs. Every patched function asks here whose
 * code is calling; outside of a span nobody's is, and the function is what it always was.
 */

import type { GuardedLife } from './guarded-life.js';
import { callSite } from './refusal-site.js';
import { UncontrolledEffectError } from './uncontrolled-effect.js';

/** One per process, as the patched globals are. Written by the guard alone. */
export const span: { life: GuardedLife | undefined } = { life: undefined };

/** How often code of a life has asked for a module. */
export const loads = { count: 0 };

/** Reports the call that `patched` (a frame on the stack) is serving, and throws. `instead` says what to do instead. */
export const refuse = (life: GuardedLife, what: string, instead: string, patched: object): never => {
  const effect = { what, site: callSite(patched), instead };
  const refusal = new UncontrolledEffectError(effect);
  life.report(effect, refusal);
  throw refusal;
};

/** Calls `act` as the host's code, whosever code is running, and returns what it returns. */
export const asHost = <T>(act: () => T): T => {
  const { life } = span;
  span.life = undefined;
  try {
    return act();
  } finally {
    span.life = life;
  }
};
