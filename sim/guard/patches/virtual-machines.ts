/**
 * `node:vm`: each context is a realm with a clock, dice and formats of its own. They are served as those of the process's
 * own realm are: at once in a context that is made, and in one from before the guard as soon as a life runs code in it.
 */
import vm from 'node:vm';
import { divert, imitate, put } from '../patch.js';
import type { Realm } from '../realm.js';
import { patchClocks } from './clocks.js';
import { patchLanguage } from './locale.js';
import { patchDice } from './randomness.js';
import { refuseWaiting } from './refused-modules.js';
import { patchWebAssembly } from './thread-pool.js';
import { patchGarbage } from './weak-references.js';

/** Everything of a realm that leads out of a life. */
const patchRealm = (realm: Realm): void => {
  patchClocks(realm);
  patchLanguage(realm);
  patchDice(realm);
  patchGarbage(realm);
  patchWebAssembly(realm);
  refuseWaiting(realm);
};

const patched = new WeakSet<object>();

/** The real ones: the guard's own code is no program's. */
const { createContext, runInContext } = vm;

const served = (context: vm.Context): vm.Context => {
  if (patched.has(context)) return context;
  patched.add(context);
  patchRealm(runInContext('globalThis', context) as Realm); // the language has these objects in every realm
  return context;
};

/** Of the options of `runInNewContext`, those that `createContext` takes under other names. */
const contextOptions = (options: unknown): vm.CreateContextOptions => {
  const { contextName, contextOrigin, contextCodeGeneration, microtaskMode } = Object(options);
  return {
    ...(contextName !== undefined && { name: contextName }),
    ...(contextOrigin !== undefined && { origin: contextOrigin }),
    ...(contextCodeGeneration !== undefined && { codeGeneration: contextCodeGeneration }),
    ...(microtaskMode !== undefined && { microtaskMode }),
  };
};

/** Serves clocks, dice and garbage in the contexts of `node:vm`. */
export const patchVirtualMachines = (): void => {
  put(
    vm,
    'createContext',
    imitate(createContext, (...args: Parameters<typeof createContext>) => served(createContext(...args))),
  );
  const { prototype } = vm.Script;
  const { runInNewContext } = prototype;
  put(
    prototype,
    'runInNewContext',
    // vm.runInNewContext comes by here, too, with the context it has made.
    imitate(runInNewContext, function (this: vm.Script, object?: vm.Context, options?: unknown) {
      const context = served(createContext(object, contextOptions(options)));
      return Reflect.apply(runInNewContext, this, [context, options]);
    }),
  );
  divert(prototype, 'runInContext', (_life, [context, ...rest], original) => {
    if (vm.isContext(Object(context))) served(Object(context));
    return original(context, ...rest);
  });
  divert(vm, 'compileFunction', (_life, args, original) => {
    const context: unknown = Reflect.get(Object(args[2]), 'parsingContext');
    if (vm.isContext(Object(context))) served(Object(context));
    return original(...args);
  });
};
