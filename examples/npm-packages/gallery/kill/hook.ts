/**
 * Kills this process with SIGKILL at a moment that `node:fs` passes through: right after a file below a directory was created or emptied by
 * an opening, and before anything is written to it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve } from 'node:path';

type Call = (...args: unknown[]) => unknown;

/** Set inside a call that has been counted: what it calls itself is a part of it. */
const counted = new AsyncLocalStorage<true>();

/** Where a call has its flags: as its second argument, or in the options that are its third. */
type Flags = (args: readonly unknown[]) => unknown;

const ofOpen: Flags = ([, flags]) => (typeof flags === 'function' || flags === undefined ? 'r' : flags);
const ofWriting =
  (otherwise: string): Flags =>
  ([, , options]) =>
    (typeof options === 'object' && options !== null ? Reflect.get(options, 'flag') : undefined) ?? otherwise;

const CALLS: readonly (readonly [name: string, flags: Flags])[] = [
  ['open', ofOpen],
  ['openSync', ofOpen],
  ['writeFile', ofWriting('w')],
  ['writeFileSync', ofWriting('w')],
  ['appendFile', ofWriting('a')],
  ['appendFileSync', ofWriting('a')],
];

const { constants, existsSync, openSync } = fs;

const creates = (flags: unknown): boolean =>
  typeof flags === 'number' ? (flags & constants.O_CREAT) !== 0 : /[wa]/.test(String(flags));
const empties = (flags: unknown): boolean =>
  typeof flags === 'number' ? (flags & constants.O_TRUNC) !== 0 : /w/.test(String(flags));

/** @param count which of these openings it is, from 1 */
export const killAtOpening = (directory: string, count: number): void => {
  let seen = 0;
  const strikes = (path: string, flags: unknown): boolean => {
    const isNew = creates(flags) && !existsSync(path);
    if (!resolve(path).startsWith(directory) || !(isNew || empties(flags))) return false;
    seen += 1;
    return seen === count;
  };
  const hooked = (real: Call, flagsOf: Flags): Call =>
    function (this: unknown, ...args) {
      const [path] = args;
      if (typeof path !== 'string' || counted.getStore() === true) return Reflect.apply(real, this, args);
      const flags = flagsOf(args);
      if (strikes(path, flags)) {
        openSync(path, typeof flags === 'number' ? flags : String(flags));
        process.kill(process.pid, 'SIGKILL');
      }
      return counted.run(true, () => Reflect.apply(real, this, args));
    };
  for (const owner of [fs, fs.promises])
    for (const [name, flags] of CALLS) {
      const real: unknown = Reflect.get(owner, name);
      if (typeof real === 'function')
        Reflect.set(
          owner,
          name,
          hooked((...args) => Reflect.apply(real, owner, args), flags),
        );
    }
  syncBuiltinESMExports();
};
