/** Putting a function in the place of another, in the object that everybody gets it from. */

import { active } from '../process/active-life.js';
import type { GuardedLife } from '../process/guarded-life.js';

// A patched function takes and returns whatever the original does: only its name is known here.
export type Callable = (this: unknown, ...args: unknown[]) => unknown;

/**
 * What a patched function does when a life's code calls it. `patched` is the frame to find the call site below, and `self`
 * what the function was called on: `original` is bound to it.
 */
export type InLife = (
  life: GuardedLife,
  args: readonly unknown[],
  original: Callable,
  patched: object,
  self: unknown,
) => unknown;

const unreachable: string[] = [];

/** Functions that this runtime does not let anyone replace. Empty on Node. */
export const unreachableFunctions = (): readonly string[] => unreachable;

const inherited = (owner: object, key: PropertyKey): PropertyDescriptor | undefined => {
  for (let holder: object | null = owner; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, key);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
};

/** Puts `value` in the place of `owner[key]`, which stays as visible and as writable as it was. */
export const put = (owner: object, key: PropertyKey, value: unknown): void => {
  const descriptor = inherited(owner, key);
  const enumerable = descriptor?.enumerable ?? false;
  if (!Reflect.defineProperty(owner, key, { value, enumerable, configurable: true, writable: true })) {
    unreachable.push(String(key));
  }
};

/**
 * Replaces the getter of `owner[key]`, or its value: `inLife` answers in a life, the original outside of one.
 * A writable property stays writable: the host's value stays the host's, and that of a life holds until its end.
 */
export const putGetter = (
  owner: object,
  key: string,
  inLife: (life: GuardedLife, patched: object) => unknown,
): void => {
  const before = inherited(owner, key);
  if (before === undefined) return;
  const { enumerable = false } = before;
  let hostValue: unknown = before.value;
  const get = function (this: unknown): unknown {
    const { life } = active;
    if (life !== undefined) return inLife(life, get);
    return before.get === undefined ? hostValue : Reflect.apply(before.get, this, []);
  };
  const assign = (value: unknown): void => {
    // What a life puts here is undone at its end, as all that it does to objects of the host.
    if (active.life === undefined) hostValue = value;
    else Reflect.defineProperty(owner, key, { value, enumerable, configurable: true, writable: true });
  };
  const set = before.set ?? (before.writable === true ? assign : undefined);
  const descriptor: PropertyDescriptor = { get, enumerable, configurable: true, ...(set && { set }) };
  if (!Reflect.defineProperty(owner, key, descriptor)) unreachable.push(key);
};

/** Replaces the setter of the accessor `owner[key]`: in a life `inLife` hears of it, and nothing is set. */
export const putSetter = (
  owner: object,
  key: string,
  inLife: (life: GuardedLife, patched: object) => void,
): void => {
  const before = inherited(owner, key);
  if (before?.set === undefined) return;
  const real = before.set;
  const set = function (this: unknown, value: unknown): void {
    const { life } = active;
    if (life === undefined) Reflect.apply(real, this, [value]);
    else inLife(life, set);
  };
  if (!Reflect.defineProperty(owner, key, { ...before, set })) unreachable.push(key);
};

/**
 * Replaces the function or class `owner[key]` where there is one. Outside a life it is the original, its properties
 * and its prototype included; in a life, calls and constructions go to `inLife`.
 */
export const divert = (owner: object, key: string, inLife: InLife): void => {
  const original: unknown = Reflect.get(owner, key);
  if (typeof original !== 'function') return;
  const callable = original as Callable; // all that is done with it is to call it
  const apply = (target: Callable, self: unknown, args: unknown[]): unknown => {
    const { life } = active;
    return life === undefined
      ? Reflect.apply(target, self, args)
      : inLife(life, args, callable.bind(self), apply, self);
  };
  const construct = (target: Callable, args: unknown[], newTarget: NewableFunction): object => {
    const { life } = active;
    if (life === undefined) return Reflect.construct(target, args, newTarget);
    const make = (...own: unknown[]): unknown => Reflect.construct(target, own, newTarget);
    return Object(inLife(life, args, make, construct, undefined));
  };
  put(owner, key, new Proxy(callable, { apply, construct }));
};

/** Makes `imitation` look like `original`: its name, length, and the properties others look for on it. */
export const imitate = <F extends object>(original: object, imitation: F): F => {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    if (descriptor !== undefined) Reflect.defineProperty(imitation, key, descriptor);
  }
  return imitation;
};
