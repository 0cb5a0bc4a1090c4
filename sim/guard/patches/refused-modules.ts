/** What no simulated world serves is refused in a life, with the call site. What a runtime does not have needs no refusal. */

import { refuse } from '../../process/active-life.js';
import { divert, putGetter, putSetter } from '../patch.js';
import { host, machine, network, type Refusal, THREAD } from './refused.js';

/** What `act` throws, in the way of a function that returns a promise. A program need not expect it to throw. */
const rejected = async (act: () => unknown): Promise<unknown> => act();

const refuseAll = (refusals: readonly Refusal[]): void => {
  for (const [of, owner, names, instead, how] of refusals) {
    if (owner === undefined || owner === null) continue;
    for (const name of names.split(' ')) {
      const publicName = of === '' ? name : `${of}.${name}`;
      divert(Object(owner), name, (life, _args, _original, patched) => {
        if (how === undefined) return refuse(life, publicName, instead, patched);
        return rejected(() => refuse(life, publicName, instead, patched));
      });
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
