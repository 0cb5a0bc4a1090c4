/** What is to be done when a life is over: giving back what it had from the host. */
import type { GuardedLife } from './guarded-life.js';

const releases = new WeakMap<GuardedLife, (() => void)[]>();

/** Calls `release` once, as the host, when none of the code of `life` runs any more. */
export const whenOver = (life: GuardedLife, release: () => void): void => {
  releases.set(life, [...(releases.get(life) ?? []), release]);
};

export const lifeOver = (life: GuardedLife): void => {
  const all = releases.get(life) ?? [];
  releases.delete(life);
  for (const release of all) release();
};
