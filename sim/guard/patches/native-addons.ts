/**
 * Native addons: code of this process that uses the real machine directly, on threads of its own. A life does not see
 * these effects, and does not wait for their callbacks. A life that calls into an addon is reported with the addon's file,
 * and its verdict does not count.
 *
 * The guard watches the functions, classes and methods of each addon that is loaded, and of those that `require` had
 * loaded before. It can't reach a function that was copied out of an addon before the guard was installed.
 */
import Module from 'node:module';
import { active } from '../../process/active-life.js';
import { type Callable, put } from '../patch.js';

const PACKAGE = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*\.node)$/;

const sharedObjects = (): readonly unknown[] => {
  const report: { readonly sharedObjects?: unknown } = process.report?.getReport() ?? {};
  return Array.isArray(report.sharedObjects) ? report.sharedObjects : [];
};

/** The packages whose addons this process has loaded. Costs some 10 ms: for errors. Empty on runtimes that do not tell. */
export const packagesWithAddons = (): readonly string[] => {
  const packages = sharedObjects().flatMap(
    (file) => PACKAGE.exec(String(file).replaceAll('\\', '/'))?.[1] ?? [],
  );
  return [...new Set(packages)].sort();
};

/** 'build/Release/x.node of better-sqlite3': the same on every machine where it lies in a package. */
export const addonName = (file: string): string => {
  const path = file.replaceAll('\\', '/');
  const [, name, inside] = PACKAGE.exec(path) ?? [];
  return name === undefined ? path.slice(path.lastIndexOf('/') + 1) : `${inside} of ${name}`;
};

const watched = new WeakSet<object>();

/** `call`, which tells the life that it was made. It is still what it was, in every other respect. */
const telling = (call: Callable, addon: string): Callable => {
  const tell = (): void => active.life?.ranAddon?.(addon);
  return new Proxy(call, {
    apply: (target, self, args) => {
      tell();
      return Reflect.apply(target, self, args);
    },
    construct: (target, args, newTarget) => {
      tell();
      return Reflect.construct(target, args, newTarget);
    },
  });
};

/** How deep the objects go that an addon exports: namespaces in namespaces, with classes in them. */
const DEPTH_MAX = 4;

/** Watches all members of `owner`, in place: each reference to the object leads to the watched functions. */
const watchObject = (owner: object, addon: string, depth: number): void => {
  if (depth > DEPTH_MAX || watched.has(owner)) return;
  watched.add(owner);
  for (const key of Reflect.ownKeys(owner)) {
    const { value, get, set, configurable, ...rest } = Object.getOwnPropertyDescriptor(owner, key) ?? {};
    if (configurable !== true || key === 'constructor') continue;
    if (typeof value === 'function') {
      watchObject(value, addon, depth + 1);
      put(owner, key, telling(value, addon));
    } else if (typeof value === 'object' && value !== null) watchObject(value, addon, depth + 1);
    else if (get !== undefined || set !== undefined) {
      const accessors = {
        ...(get && { get: telling(get, addon) }),
        ...(set && { set: telling(set, addon) }),
      };
      Reflect.defineProperty(owner, key, { ...accessors, ...rest, configurable });
    }
  }
  // Not an own key that can be redefined, but what it holds can.
  const prototype: unknown = typeof owner === 'function' ? owner.prototype : undefined;
  if (typeof prototype === 'object' && prototype !== null) watchObject(prototype, addon, depth + 1);
};

/** What a program gets in the place of an addon's exports. */
const watchedExports = (exports: unknown, file: string): unknown => {
  const addon = addonName(file);
  if (typeof exports === 'function') {
    watchObject(exports, addon, 0);
    return telling(exports as Callable, addon); // a function: it is called as it was
  }
  if (typeof exports === 'object' && exports !== null) watchObject(exports, addon, 0);
  return exports;
};

/** Watches the addons that `require` has loaded already. */
const watchLoaded = (): void => {
  const cache: unknown = Reflect.get(Module, '_cache');
  for (const [file, module] of Object.entries(Object(cache))) {
    if (!file.endsWith('.node')) continue;
    Reflect.set(Object(module), 'exports', watchedExports(Reflect.get(Object(module), 'exports'), file));
  }
};

/** Watches every addon that this process loads, in a life or outside of one: loading it is what Node always does. */
export const patchNativeAddons = (): void => {
  const real = process.dlopen;
  if (typeof real !== 'function') return;
  put(process, 'dlopen', function dlopen(module: object, file: string, ...flags: unknown[]) {
    const { life } = active;
    active.life = undefined;
    try {
      Reflect.apply(real, process, [module, file, ...flags]);
    } finally {
      active.life = life;
    }
    Reflect.set(module, 'exports', watchedExports(Reflect.get(module, 'exports'), file));
  });
  watchLoaded();
};
