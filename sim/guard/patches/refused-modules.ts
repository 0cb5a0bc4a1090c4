/** Refuses, in a life, the modules that no simulated world serves, with the call site. Skips those that the runtime lacks. */

import { promisify } from 'node:util';
import { active, refuse } from '../../process/active-life.js';
import { type Callable, divert, imitate, put, putGetter, putSetter } from '../patch.js';
import { host, machine, network, type Refusal, THREAD } from './refused.js';

/** What `act` throws, in the way of a function that returns a promise. A program need not expect it to throw. */
const rejected = async (act: () => unknown): Promise<unknown> => act();

/**
 * What `util.promisify` makes of a function that has a promise form of its own: that one is refused by the function's name. It
 * is a property which can't be changed, so another function takes the place of the one that has it.
 */
const refusePromisified = (owner: object, name: string, publicName: string, instead: string): void => {
  const real: unknown = Reflect.get(owner, name);
  const promising: unknown = typeof real === 'function' ? Reflect.get(real, promisify.custom) : undefined;
  if (typeof real !== 'function' || typeof promising !== 'function') return;
  const inPromiseForm = imitate(promising, (...args: unknown[]): unknown => {
    const { life } = active;
    if (life === undefined) return Reflect.apply(promising, undefined, args);
    return rejected(() => refuse(life, publicName, instead, inPromiseForm));
  });
  const patched: Callable = function (this: unknown, ...args) {
    const { life } = active;
    return life === undefined ? Reflect.apply(real, this, args) : refuse(life, publicName, instead, patched);
  };
  Reflect.defineProperty(patched, promisify.custom, { value: inPromiseForm });
  put(owner, name, imitate(real, patched));
};

const refuseAll = (refusals: readonly Refusal[]): void => {
  for (const [of, owner, names, instead, how] of refusals) {
    if (owner === undefined || owner === null) continue;
    for (const name of names.split(' ')) {
      const publicName = of === '' ? name : `${of}.${name}`;
      divert(Object(owner), name, (life, _args, _original, patched) => {
        if (how === undefined) return refuse(life, publicName, instead, patched);
        return rejected(() => refuse(life, publicName, instead, patched));
      });
      refusePromisified(Object(owner), name, publicName, instead);
    }
  }
};

/** Node's loader waits so for what an import() asks of the thread that compiles. */
const LOCK = `${THREAD}; where it is an import(), import the module at the top of its file`;

/** Of each realm: what makes the thread stand still until another one wakes it. */
export const refuseWaiting = (realm: object): void =>
  refuseAll([['Atomics', Reflect.get(realm, 'Atomics'), 'wait waitAsync', LOCK]]);

/** The crash reports of Node are switched on by assignment. */
const refuseReportSettings = (): void => {
  for (const name of Object.keys(process.report ?? {})) {
    putSetter(Object(process.report), name, (life, patched) =>
      refuse(life, `process.report.${name}`, 'leave crash reports to the host', patched),
    );
  }
};

/** A file of the host's, or one in its memory that outlives every life. */
const refuseStorage = (): void => {
  for (const name of ['localStorage', 'sessionStorage'])
    putGetter(globalThis, name, (life, patched) => refuse(life, name, 'keep it in a file', patched));
};

export const patchRefusals = (): void => {
  refuseAll([...network(), ...host(), ...machine()]);
  refuseWaiting(globalThis);
  refuseReportSettings();
  refuseStorage();
};
