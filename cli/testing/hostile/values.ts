/** Suites that return, throw or export what nothing was made for. */
import type { HostileSuite } from './suite-file.js';

const GETTER = '{ get value() { throw new Error("no value") } }';
const PROXY =
  'new Proxy({}, { get() { throw new Error("no"); }, ownKeys() { throw new Error("no"); }, getPrototypeOf() { throw new Error("no"); } })';
const REVOKED = '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()';
const CYCLE = '(() => { const list = []; list.push(list); return list; })()';

const answered = (what: string, value: string): HostileSuite => ({
  name: `an invariant answers ${what}`,
  check: `return ${value}`,
  verdict: 'undecided',
});

const thrownBy = (
  where: 'load' | 'boot' | 'perform' | 'check',
  what: string,
  value: string,
  verdict: HostileSuite['verdict'],
): HostileSuite => ({
  name: `${what} thrown in ${where}`,
  [where]: `throw ${value}`,
  verdict,
});

const THROWN: Readonly<Record<string, string>> = {
  null: 'null',
  undefined: 'undefined',
  'a revoked proxy': REVOKED,
  'a proxy': PROXY,
  'an error whose message throws':
    'Object.defineProperty(new Error("x"), "message", { get() { throw new Error("no message") } })',
  'an error whose stack throws':
    'Object.defineProperty(new Error("x"), "stack", { get() { throw new Error("no stack") } })',
  'an error of 50 MB': 'new Error("x".repeat(50_000_000))',
  'a symbol': 'Symbol("thrown")',
  'a null prototype': 'Object.create(null)',
};

const result = (what: string, value: string): HostileSuite => ({
  name: `a command returns ${what}`,
  perform: `await system.add(); return ${value}`,
  verdict: 'undecided',
});

export const values: readonly HostileSuite[] = [
  answered('null', 'null'),
  answered('false', 'false'),
  answered('a number', '7'),
  answered('an object', '{ a: 1 }'),
  answered('a promise of an object', 'Promise.resolve({ a: 1 })'),
  { ...answered('a throwing proxy', PROXY), verdict: 'violated' },
  { ...answered('a revoked proxy', REVOKED), verdict: 'violated' },
  answered('a function', '() => undefined'),
  answered('a String object', 'new String("wrong")'),
  { name: 'an invariant answers 50 MB', check: 'return "x".repeat(50_000_000)', verdict: 'violated' },
  { name: 'a thenable that never calls', check: 'return { then() {} }', verdict: 'violated' },
  {
    name: 'a thenable that throws',
    check: 'return { then() { throw new Error("no then") } }',
    verdict: 'violated',
  },
  ...Object.entries(THROWN).map(([what, value]) => thrownBy('load', what, value, 'unloadable')),
  ...Object.entries(THROWN).map(([what, value]) => thrownBy('boot', what, value, 'undecided')),
  ...Object.entries(THROWN).map(([what, value]) => thrownBy('perform', what, value, 'undecided')),
  ...Object.entries(THROWN).map(([what, value]) => thrownBy('check', what, value, 'violated')),
  result('a throwing getter', GETTER),
  result('a throwing proxy', PROXY),
  result('a revoked proxy', REVOKED),
  result('a cycle', CYCLE),
  result('a function', '() => 1'),
  { ...result('a BigInt', '1n'), verdict: 'holds' },
  result('a throwing toJSON', '{ toJSON() { throw new Error("no JSON") } }'),
  {
    name: 'a command returns 20 MB',
    perform: 'await system.add(); return "x".repeat(20_000_000)',
    verdict: 'holds',
  },
  {
    name: 'an unhandled rejection at load',
    load: "Promise.reject(new Error('nobody cares'))",
    verdict: 'unloadable',
  },
  {
    name: 'an exception in a host timer',
    load: "let begun = false; setInterval(() => { if (begun) throw new Error('boom') }, 1)",
    boot: 'begun = true',
    verdict: 'undecided',
  },
  { name: 'exports nothing', exported: 'undefined', verdict: 'unloadable' },
  { name: 'exports null', exported: 'null', verdict: 'unloadable' },
  { name: 'exports an empty list', exported: '[]', verdict: 'unloadable' },
  { name: 'exports a promise', exported: 'Promise.resolve(suite)', verdict: 'holds' },
  { name: 'exports a function', exported: '() => suite', verdict: 'unloadable' },
  { name: 'exports a throwing proxy', exported: PROXY, verdict: 'unloadable' },
  { name: 'exports a revoked proxy', exported: REVOKED, verdict: 'unloadable' },
  { name: 'exports a proxy of the suite', exported: 'new Proxy(suite, {})', verdict: 'unloadable' },
  {
    name: 'exports a throwing list',
    exported:
      "new Proxy([suite], { get(target, key) { if (key === 'map' || key === '0') throw new Error('no'); return target[key]; } })",
    verdict: 'unloadable',
  },
];
