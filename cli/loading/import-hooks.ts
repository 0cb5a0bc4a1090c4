/**
 * Node's loader, but that `import()` in what it loads from here on is served in simulated lives. Installed after the compiler,
 * so that it sees JavaScript.
 */
import Module, * as loader from 'node:module';
import { withImportsServed } from '../../sim/modules/served-imports.js';
import { type Loaded, served } from './import-hooks-thread.js';

type Load = (url: string, context: unknown, next: (url: string, context: unknown) => Loaded) => Loaded;

/** Of Node 22.15 and later: hooks in the thread of who loads. */
const registerHooks = Reflect.get(loader, 'registerHooks') as // which its types leave out
  | ((hooks: { readonly load: Load }) => void)
  | undefined;

type Compile = (this: unknown, code: string, ...rest: unknown[]) => unknown;

/** What is required, once the compiler has made JavaScript of it. */
const hookRequire = (): void => {
  const compile = Reflect.get(Module.prototype, '_compile') as Compile; // Node's own, untyped
  const compileServed: Compile = function (code, ...rest) {
    return compile.call(this, withImportsServed(code), ...rest);
  };
  Reflect.set(Module.prototype, '_compile', compileServed);
};

export const serveImportsOfSuites = (): void => {
  hookRequire();
  if (registerHooks === undefined)
    loader.register(import.meta.url.replace(/import-hooks(\.\w+)$/, 'import-hooks-thread$1'));
  else registerHooks({ load: (url, context, next) => served(next(url, context)) });
};
