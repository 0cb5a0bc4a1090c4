/**
 * Modules that something else stands in for, in a life: packages and builtin modules that reach the real machine by native
 * code. Outside of a life nothing is replaced.
 */
import type { GuardedLife } from '../process/guarded-life.js';

/** What a life gets in the place of a module, by the module's name. Made once in each life that asks for it. */
export type StandIns = Readonly<Record<string, () => object>>;

interface Served {
  readonly standIns: StandIns;
  readonly made: Map<string, object>;
}

const served = new WeakMap<GuardedLife, Served>();

export const serveStandIns = (life: GuardedLife, standIns: StandIns): void => {
  served.set(life, { standIns, made: new Map() });
};

/** What stands in for module `id` in `life`: what `require` gets. Undefined where it is itself. */
export const standInOf = (life: GuardedLife | undefined, id: string): object | undefined => {
  const own = life && served.get(life);
  if (own === undefined) return undefined;
  const known = own.made.get(id);
  if (known !== undefined) return known;
  const make = Object.hasOwn(own.standIns, id) ? own.standIns[id] : undefined;
  if (make === undefined) return undefined;
  const made = make();
  own.made.set(id, made);
  return made;
};
