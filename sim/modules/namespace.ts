/** What `import` sees of what is no ECMAScript module itself: CommonJS, JSON, the builtin modules. */
import { createRequire } from 'node:module';

/** The mark by which compiled imports know a namespace. */
const ES_MODULE = '__esModule';

/** What all namespaces inherit: the mark, which none of them lists, and nothing else, as Node's inherit nothing. */
export const NAMESPACE_PROTOTYPE: object = Object.freeze(
  Object.create(null, { [ES_MODULE]: { value: true }, [Symbol.toStringTag]: { value: 'Module' } }),
);

const isKeyed = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Of a module that exports nothing. */
export const EMPTY_NAMESPACE: object = Object.freeze(Object.create(NAMESPACE_PROTOTYPE));

/** As it is now: by default all of it, and each of its own names. */
export const namespaceOf = (exports: unknown): object => {
  const namespace: Record<string, unknown> = Object.create(NAMESPACE_PROTOTYPE);
  if (isKeyed(exports))
    for (const key of Object.keys(exports)) if (key !== ES_MODULE) namespace[key] = Reflect.get(exports, key);
  namespace.default = exports;
  return namespace;
};

const requireBuiltin = createRequire(import.meta.url);
const builtins = new Map<string, unknown>();
const namespaces = new Map<string, object>();

/** Looked up once: the loader is not fast. */
export const builtinOf = (id: string): unknown => {
  const known = builtins.get(id);
  if (known !== undefined) return known;
  const builtin: unknown = requireBuiltin(id);
  builtins.set(id, builtin);
  return builtin;
};

/** Another namespace, with the mark. */
export const liveNamespaceOf = (source: object): object => {
  const namespace: object = Object.create(NAMESPACE_PROTOTYPE);
  for (const name of Object.keys(source)) {
    if (name === ES_MODULE) continue;
    Reflect.defineProperty(namespace, name, {
      configurable: true,
      enumerable: true,
      get: () => Reflect.get(source, name),
    });
  }
  return namespace;
};

/** Live: what is put into a builtin module's place is what those who imported it call. */
export const builtinNamespaceOf = (id: string): object => {
  const known = namespaces.get(id);
  if (known !== undefined) return known;
  const exports = builtinOf(id);
  const namespace = liveNamespaceOf(Object(exports));
  Reflect.defineProperty(namespace, 'default', { enumerable: true, value: exports });
  namespaces.set(id, namespace);
  return namespace;
};
