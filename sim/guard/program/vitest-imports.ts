/**
 * `import()` in a life, of what Vitest loads: it evaluates tests, and what they import of their project, with a loader of its own,
 * which asks Vitest's main thread for each file.
 */

import { active } from '../../process/active-life.js';
import { importForLife } from '../dynamic-import.js';

type Method = (this: unknown, ...args: readonly unknown[]) => Promise<unknown>;

/** What Vitest's loader takes for the record of a module: it notes there who imported it. */
interface ToLoad {
  readonly id: string;
  readonly importers: Set<unknown>;
  readonly importer: unknown;
}

const served = new WeakSet<object>();

/** Of Vitest 4; undefined where there is none. */
const runnerOfVitest = (): object | undefined => {
  const runner: unknown = Reflect.get(Object(Reflect.get(globalThis, '__vitest_mocker__')), 'moduleRunner');
  return typeof runner === 'object' && runner !== null ? runner : undefined;
};

/** Serves the imports of tests in this process from here on. Without Vitest's loader, nothing changes. */
export const serveImportsOfTests = (): void => {
  const runner = runnerOfVitest();
  if (runner === undefined || served.has(runner)) return;
  const find: unknown = Reflect.get(runner, 'cachedModule');
  const evaluate: unknown = Reflect.get(runner, 'cachedRequest');
  if (typeof find !== 'function' || typeof evaluate !== 'function') return;
  served.add(runner);
  const asked = new WeakMap<object, ToLoad>(); // by itself: what is no such record has none
  const findLater: Method = async (url, importer) => {
    if (active.life === undefined) return Reflect.apply(find, runner, [url, importer]);
    const toLoad: ToLoad = { id: String(url), importers: new Set(), importer };
    asked.set(toLoad, toLoad);
    return toLoad;
  };
  const evaluateLater: Method = async (url, module, ...rest) => {
    const toLoad = asked.get(Object(module));
    if (toLoad === undefined) return Reflect.apply(evaluate, runner, [url, module, ...rest]);
    return importForLife(toLoad.id, async () => {
      const found: unknown = await Reflect.apply(find, runner, [url, toLoad.importer]);
      return Reflect.apply(evaluate, runner, [url, found, ...rest]);
    });
  };
  Reflect.set(runner, 'cachedModule', findLater);
  Reflect.set(runner, 'cachedRequest', evaluateLater);
};
