/** The objects of a process that programs are known to change: the language's own, and the builtin modules'. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Not those that print a warning, take over the process or start something when they are loaded. */
const MODULES = [
  ...[
    'assert',
    'async_hooks',
    'buffer',
    'child_process',
    'console',
    'crypto',
    'dgram',
    'diagnostics_channel',
  ],
  ...[
    'dns',
    'dns/promises',
    'events',
    'fs',
    'fs/promises',
    'http',
    'http2',
    'https',
    'module',
    'net',
    'os',
    'path',
  ],
  ...[
    'path/posix',
    'path/win32',
    'perf_hooks',
    'process',
    'querystring',
    'readline',
    'stream',
    'stream/promises',
  ],
  ...['string_decoder', 'timers', 'timers/promises', 'tls', 'tty', 'url', 'util', 'util/types', 'v8', 'vm'],
  ...['worker_threads', 'zlib'],
];

/** For these, both the class and the prototype are watched. */
const CLASSES = [
  ...[
    'AggregateError',
    'Array',
    'ArrayBuffer',
    'BigInt',
    'Boolean',
    'Buffer',
    'DataView',
    'Date',
    'Error',
    'Function',
  ],
  ...['Map', 'Number', 'Object', 'Promise', 'RangeError', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError'],
  ...[
    'TypeError',
    'Uint8Array',
    'URL',
    'URLSearchParams',
    'WeakMap',
    'WeakSet',
    'AbortController',
    'AbortSignal',
  ],
  ...['Event', 'EventTarget', 'TextDecoder', 'TextEncoder'],
];

const NAMESPACES = ['Atomics', 'Intl', 'JSON', 'Math', 'Reflect', 'console', 'performance'];

/** Members of modules that have members of their own. */
const MEMBERS: readonly (readonly [module: string, member: string])[] = [
  ...(['prototype', 'EventEmitter'] as const).map((member) => ['events', member] as const),
  ...(['Readable', 'Writable', 'Duplex', 'Transform'] as const).map((member) => ['stream', member] as const),
  ...(['_extensions', 'prototype'] as const).map((member) => ['module', member] as const),
  ['http', 'Agent'],
  ['http', 'IncomingMessage'],
  ['http', 'ServerResponse'],
  ['net', 'Socket'],
  ['util', 'inspect'],
];

const AGENT_SETTINGS = ['maxSockets', 'maxFreeSockets', 'maxTotalSockets', 'keepAlive', 'keepAliveMsecs'];

const load = (name: string): unknown => {
  try {
    return require(`node:${name}`);
  } catch {
    return undefined; // Bun and Deno have not all of them
  }
};

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** A class and its prototype; any other value alone. */
const withPrototype = (value: unknown): readonly unknown[] =>
  isObject(value) ? [value, Reflect.get(value, 'prototype')] : [];

const memberOf = (owner: unknown, name: string): unknown =>
  isObject(owner) ? Reflect.get(owner, name) : undefined;

/** Prototypes of the language that no global names: of functions, and of what iterates. */
const unnamedPrototypes = (): readonly unknown[] => {
  const functions = [async () => {}, function* () {}, async function* () {}].map(Object.getPrototypeOf);
  const iterators = [
    [].values(),
    new Map().values(),
    new Set().values(),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
  ];
  const own = [
    ...functions.map((one) => memberOf(one, 'prototype')),
    ...iterators.map(Object.getPrototypeOf),
  ];
  return [...functions, ...own, ...own.filter(isObject).map(Object.getPrototypeOf)];
};

export const watchedObjects = (): readonly object[] => {
  const inspect = memberOf(load('util'), 'inspect');
  const all: readonly unknown[] = [
    globalThis,
    ...CLASSES.flatMap((name) => withPrototype(memberOf(globalThis, name))),
    ...NAMESPACES.map((name) => memberOf(globalThis, name)),
    ...MODULES.map(load),
    ...MEMBERS.flatMap(([module, member]) => withPrototype(memberOf(load(module), member))),
    memberOf(inspect, 'defaultOptions'),
    memberOf(inspect, 'styles'),
    Object.getPrototypeOf(Uint8Array).prototype,
    ...unnamedPrototypes(),
  ];
  return [...new Set(all.filter(isObject))];
};

/** `require.cache`: none on a runtime that has another loader. */
export const moduleCaches = (): readonly object[] => [memberOf(load('module'), '_cache')].filter(isObject);

/** Members behind setters that keep the value elsewhere. */
export const watchedSettings = (): readonly (readonly [owner: object, key: string])[] => {
  const settings = [
    [load('events'), 'defaultMaxListeners'],
    [load('events'), 'captureRejections'],
    [load('http'), 'globalAgent'],
    [load('https'), 'globalAgent'],
    // Of objects that change by themselves: their members, one by one.
    ...[process.stdout, process.stderr].map((stream) => [stream, 'write'] as const),
    ...['http', 'https'].flatMap((name) => {
      const agent = memberOf(load(name), 'globalAgent');
      return AGENT_SETTINGS.map((key) => [agent, key] as const);
    }),
  ] as const;
  return settings.flatMap(([owner, key]) => (isObject(owner) && key in owner ? [[owner, key] as const] : []));
};
