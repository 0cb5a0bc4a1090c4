/**
 * `import()` in a life. A builtin module is there at once. Any other module is the process's own, as one that is imported at
 * the top of a file: the host's loader fetches it while the life stands still, and the life's schedule brings it back.
 */
import { isBuiltin } from 'node:module';
import { builtinNamespaceOf } from '../modules/namespace.js';
import { IMPORT_KEY } from '../modules/served-imports.js';
import { active } from '../process/active-life.js';
import type { GuardedLife } from '../process/guarded-life.js';

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Delivers the outcome of `load` to the life in a step of its own, whether or not it takes turns of the event loop. */
const inStepOfItsOwn = <T>(life: GuardedLife, outcome: () => Outcome<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    life.schedule(0, () => {
      const come = outcome();
      if ('error' in come) reject(come.error);
      else resolve(come.value);
    });
  });

const outcomeOf = <T>(act: () => T): Outcome<T> => {
  try {
    return { value: act() };
  } catch (error) {
    return { error };
  }
};

/** What the host loads for a life. Undefined where the life is not one that the host works for. */
const loadedByHost = <T>(life: GuardedLife, load: () => Promise<T>): Promise<T> | undefined => {
  if (life.hostWork === undefined) return undefined;
  let outcome: Outcome<T> = {
    error: new Error('import(): the life went on before the host had loaded the module'),
  };
  life.hostWork.push(async () => {
    outcome = await load().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  });
  return inStepOfItsOwn(life, () => outcome);
};

/** `import(id)` by the running code, of a life or of the host. `load` is the call of the process's loader. */
export const importForLife = async (id: string, load: () => Promise<unknown>): Promise<unknown> => {
  const { life } = active;
  if (life === undefined) return load();
  if (isBuiltin(id)) return builtinNamespaceOf(id);
  return loadedByHost(life, load) ?? load();
};

/** `import(id)` of a module that is evaluated by the life itself, in the same steps as one that the host loads. */
export const importWithinLife = async (id: string, evaluate: () => unknown): Promise<unknown> => {
  const { life } = active;
  if (life === undefined || isBuiltin(id)) {
    await undefined; // what asks goes on first
    return evaluate();
  }
  return inStepOfItsOwn(life, () => outcomeOf(evaluate));
};

type Load = (id: string, options: unknown) => Promise<unknown>;

const serve = async (id: unknown, options: unknown, load: Load): Promise<unknown> => {
  const specifier = String(id);
  return importForLife(specifier, () => load(specifier, options));
};

/** From now on rewritten code finds {@link importForLife}. */
export const serveDynamicImports = (): void => {
  Reflect.defineProperty(globalThis, Symbol.for(IMPORT_KEY), { value: serve });
};
