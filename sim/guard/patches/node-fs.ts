/**
 * `node:fs` inside a life: the file system mounted for that life, or a refusal if there is none. Reads by Node's
 * module loader pass: a program's code is not on its simulated disk.
 */
import fs from 'node:fs';
import Module from 'node:module';
import { streamOf } from '../../disk/node-fs/handles/file-streams.js';
import { active, loads, refuse } from '../../process/active-life.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { type Callable, divert } from '../patch.js';
import { placeOfCall } from '../program/program-reads.js';
import { standardCall } from './standard-descriptors.js';

const ADVICE = "wrap the suite's boot in onSimulatedDisk (powercut/node-fs), or let the program use env.fs";
const ADVICE_ABSENT = 'use a function that the simulated disk has';
const ADVICE_BLOB = 'read the file with readFile, and make a Blob of what is in it';

const ADVICE_GLOB = 'list with readdir, and choose by the names';

/**
 * Refused, whatever the simulated file system offers under their name, with what to do instead. Some wait for the real
 * disk; memfs's `glob` finds other names than Node's, and a life must not differ from reality.
 */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ...['openAsBlob', 'openAsBlobSync'].map((name) => [name, ADVICE_BLOB] as const),
  ...['glob', 'globSync'].map((name) => [name, ADVICE_GLOB] as const),
]);
/** Plain data, not access to a disk. */
const VALUES = new Set(['Dirent', 'Stats', 'Dir', '_toUnixTimestamp']);

const STREAM_CLASSES = new Set(['ReadStream', 'WriteStream', 'FileReadStream', 'FileWriteStream']);
const MAKERS = new Map([
  ['createReadStream', 'ReadStream'],
  ['createWriteStream', 'WriteStream'],
]);

const mounted = new WeakMap<GuardedLife, object>();

const STREAM_CALLS = ['open', 'close', 'read', 'write', 'writev', 'fsync'] as const;

/** What a stream asks: `node:fs` as its life sees it, or has changed it; and its own disk still when that life is over. */
const streamDisk = (life: GuardedLife, own: object): object => {
  const ask =
    (name: (typeof STREAM_CALLS)[number]) =>
    (...args: unknown[]): unknown => {
      const owner = active.life === life ? fs : own;
      return Reflect.apply(Object(Reflect.get(owner, name)), owner, args);
    };
  return Object.fromEntries(STREAM_CALLS.map((name) => [name, ask(name)]));
};

/** From now on `node:fs` in `life` is `fs`: an object with its names, synchronous, called back and `promises`. */
export const mount = (life: GuardedLife, fs: object): void => {
  mounted.set(life, fs);
};

/** Of the program's files, what stands for `owner`. */
const ofProgram = (files: object, owner: object): object =>
  owner === fs.promises ? Object(Reflect.get(files, 'promises')) : files;

const route = (owner: object, name: string, simulated: (life: GuardedLife) => object | undefined): void => {
  const publicName = owner === fs ? `fs.${name}` : `fs.promises.${name}`;
  divert(owner, name, (life, args, original, patched) => {
    const instead = REFUSED.get(name);
    if (instead !== undefined) return refuse(life, publicName, instead, patched);
    const standard = owner === fs ? standardCall(life, name, args, original) : undefined;
    if (standard !== undefined) return standard.value;
    const place = placeOfCall(life, name, args, owner === fs.promises);
    if (place.kind === 'answered') return place.answer();
    const target = place.kind === 'program' ? ofProgram(place.fs, owner) : simulated(life);
    if (target === undefined) return refuse(life, publicName, ADVICE, patched);
    if (place.kind === 'copied') {
      const write: unknown = Reflect.get(target, name.replace('copyFile', 'writeFile'));
      const told = typeof args.at(-1) === 'function' ? [args.at(-1)] : [];
      return Reflect.apply(Object(write), target, [args[1], place.bytes(), ...told]);
    }
    // Node's own classes, however they are called or extended: what they ask of node:fs is answered here.
    if (STREAM_CLASSES.has(name)) return streamOf(original, streamDisk(life, target), args);
    // Of the class that the program may have put in their place.
    const made = MAKERS.get(name);
    if (made !== undefined) return Reflect.construct(Reflect.get(owner, made), args);
    const served: unknown = Reflect.get(target, name);
    if (typeof served !== 'function') return refuse(life, publicName, ADVICE_ABSENT, patched);
    return Reflect.apply(served, target, args);
  });
};

const patchFunctions = (): void => {
  // Before their owners: a diverted function shows the properties of the original.
  for (const name of ['realpath', 'realpathSync'] as const) {
    const real: unknown = fs[name];
    divert(Object(real), 'native', (life, args, _original, patched) => {
      const place = placeOfCall(life, name, args, false);
      const own = place.kind === 'program' ? place.fs : mounted.get(life);
      const served: unknown = own && Reflect.get(own, name);
      if (typeof served !== 'function') return refuse(life, `fs.${name}.native`, ADVICE, patched);
      return Reflect.apply(served, own, args);
    });
  }
  for (const name of Object.keys(fs)) if (!VALUES.has(name)) route(fs, name, (life) => mounted.get(life));
  const promisesOf = (life: GuardedLife): object | undefined => {
    const own = mounted.get(life);
    const promises: unknown = own && Reflect.get(own, 'promises');
    return typeof promises === 'object' && promises !== null ? promises : undefined;
  };
  for (const name of Object.keys(fs.promises)) route(fs.promises, name, promisesOf);
};

/**
 * Outside of the span for as long as the loader reads; back in it for as long as the module's own code runs. An ES
 * module that is required (Node 22 and later) offers no such moment: its top level runs as the loader's.
 */
const patchLoader = (): void => {
  let suspended: GuardedLife | undefined;
  const asLoader = (real: Callable): Callable =>
    function (this: unknown, ...args) {
      const { life } = active;
      if (life === undefined) return Reflect.apply(real, this, args);
      loads.count += 1;
      const before = suspended;
      suspended = life;
      active.life = undefined;
      try {
        return Reflect.apply(real, this, args);
      } finally {
        active.life = life;
        suspended = before;
      }
    };
  const asProgram = (real: Callable): Callable =>
    function (this: unknown, ...args) {
      if (suspended === undefined || active.life !== undefined) return Reflect.apply(real, this, args);
      active.life = suspended;
      try {
        return Reflect.apply(real, this, args);
      } finally {
        active.life = undefined;
      }
    };
  const asNoted = (real: Callable): Callable =>
    function (this: unknown, ...args) {
      loads.modules.add(Object(this));
      return Reflect.apply(real, this, args);
    };
  const wrap = (owner: object, name: string, wrapper: (real: Callable) => Callable): void => {
    const real: unknown = Reflect.get(owner, name);
    if (typeof real === 'function') Reflect.set(owner, name, wrapper(real as Callable)); // called as the loader calls it
  };
  // Above whatever a compiler such as tsx has put, or will yet put, in the place of what these two call.
  wrap(Module, '_load', asLoader);
  wrap(Module, '_resolveFilename', asLoader);
  wrap(Module.prototype, '_compile', asProgram);
  wrap(Module.prototype, 'load', asNoted);
};

/** Leads every function of `node:fs` and `node:fs/promises` to what is mounted for the life. */
export const patchFileSystem = (): void => {
  patchFunctions();
  patchLoader();
};
