/** What a life changes of its process is in force for that life alone. */
import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import v8 from 'node:v8';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { defineSuite } from '../../define-suite/define-suite.js';
import { exploreSuite } from '../../explore/campaign/explore-suite.js';
import type { GuardedLife } from '../../process/guarded-life.js';
import { installGuard } from '../guard.js';
import { onSimulatedDisk } from '../on-simulated-disk.js';
import { handOver, lookClosely } from './host-state.js';

const OPTIONS = { seed: 1, runs: 2, workloads: 1, depth: 1, bail: false } as const;

interface Change {
  /** What the changed thing says, as text: before, and once it is changed. */
  readonly read: () => string;
  readonly change: () => unknown;
}

const replaced = (owner: object, key: PropertyKey): Change => ({
  read: () => String(Reflect.get(owner, key)).slice(0, 80),
  change: () => Reflect.set(owner, key, () => 'changed'),
});

const defined = (owner: object, key: PropertyKey, flags: PropertyDescriptor = {}): Change => ({
  read: () => String(Reflect.get(owner, key)),
  change: () => Object.defineProperty(owner, key, { value: 'changed', ...flags }),
});

const assigned = (owner: object, key: PropertyKey, value: unknown): Change => ({
  read: () => String(Reflect.get(owner, key)),
  change: () => {
    if (!Reflect.set(owner, key, value)) throw new TypeError(`${String(key)} can't be assigned`);
  },
});

const { cache, resolve } = createRequire(import.meta.url);
const LOADED = resolve('picocolors');
createRequire(import.meta.url)('picocolors');

const CHANGES: readonly (readonly [string, Change])[] = [
  [
    'a global',
    { read: () => String(Reflect.get(globalThis, 'own')), change: () => Reflect.set(globalThis, 'own', 1) },
  ],
  ['a global that can not be deleted', defined(globalThis, 'fixed')],
  ['a global of the language', replaced(globalThis, 'parseInt')],
  [
    'a global that is deleted',
    { read: () => typeof escape, change: () => Reflect.deleteProperty(globalThis, 'escape') },
  ],
  ['process.cwd', replaced(process, 'cwd')],
  ['process.stdout.write', replaced(process.stdout, 'write')],
  ['a setting of the global agent', assigned(http.globalAgent, 'maxSockets', 7)],
  ['the prototype of generators', assigned(Object.getPrototypeOf(function* () {}).prototype, 'own', 1)],
  ['the prototype of iterators over lists', assigned(Object.getPrototypeOf([].values()), 'own', 1)],
  [
    'the prototype of async functions',
    assigned(
      Object.getPrototypeOf(async () => {}),
      'own',
      1,
    ),
  ],
  ['process.title', assigned(process, 'title', 'changed')],
  ['process.argv', assigned(process, 'argv', ['changed'])],
  ['process.execPath', assigned(process, 'execPath', 'changed')],
  [
    'process.exitCode',
    {
      read: () => String(process.exitCode),
      change: () => {
        process.exitCode = 9;
      },
    },
  ],
  ['process.umask', { read: () => String(process.umask()), change: () => process.umask(0o077) }],
  [
    'process.env',
    {
      read: () => String(process.env.OF_A_LIFE),
      change: () => {
        process.env.OF_A_LIFE = '1';
      },
    },
  ],
  [
    'all of process.env',
    {
      read: () => String(process.env.OF_A_LIFE),
      change: () => {
        process.env = { OF_A_LIFE: '1' };
      },
    },
  ],
  [
    'a listener',
    { read: () => String(process.listenerCount('SIGUSR2')), change: () => process.on('SIGUSR2', () => {}) },
  ],
  ['process.emit', replaced(process, 'emit')],
  ['fs.close', replaced(fs, 'close')],
  ['a symbol on fs', defined(fs, Symbol.for('of a life'))],
  ['fs.promises', replaced(fs.promises, 'open')],
  ['child_process', replaced(childProcess, 'spawn')],
  ['Module._extensions', replaced(Reflect.get(Module, '_extensions'), '.own')],
  ['an entry added to require.cache', assigned(cache, '/of-a-life.js', { exports: 1 })],
  ['an entry replaced in require.cache', assigned(cache, LOADED, 'changed')],
  [
    'an entry deleted from require.cache',
    { read: () => String(LOADED in cache), change: () => Reflect.deleteProperty(cache, LOADED) },
  ],
  ['Module.prototype.require', replaced(Module.prototype, 'require')],
  [
    'EventEmitter.defaultMaxListeners',
    {
      read: () => String(EventEmitter.defaultMaxListeners),
      change: () => {
        EventEmitter.defaultMaxListeners += 40;
      },
    },
  ],
  [
    'util.inspect.defaultOptions',
    {
      read: () => String(inspect.defaultOptions.depth),
      change: () => {
        inspect.defaultOptions.depth = 77;
      },
    },
  ],
  [
    'Error.stackTraceLimit',
    {
      read: () => String(Error.stackTraceLimit),
      change: () => {
        Error.stackTraceLimit = 3;
      },
    },
  ],
  ['Error.prepareStackTrace', replaced(Error, 'prepareStackTrace')],
  ['a method of arrays', replaced(Array.prototype, 'flat')],
  ['a method that arrays have not', defined(Array.prototype, 'own', { writable: true })],
  [
    'a getter of all objects',
    {
      read: () => String(Reflect.get({}, 'own')),
      change: () => Object.defineProperty(Object.prototype, 'own', { get: () => 'changed' }),
    },
  ],
  ['a static method', replaced(Promise, 'allSettled')],
  ['console.log', replaced(console, 'log')],
];

describe('exploreSuite: changes of a life to its process', () => {
  const { exitCode } = process;
  afterAll(() => {
    process.exitCode = exitCode;
  });

  it.each(CHANGES)(
    '%s: stays for the life, and is as before for the next one and the host',
    async (_what, { read, change }) => {
      const host = read();
      const atStart = new Set<string>();
      const after = new Set<string>();
      const suite = defineSuite<{ look(): boolean }, string>({
        name: 'a program that changes its process',
        boot: onSimulatedDisk(async () => {
          atStart.add(read());
          change();
          const changed = read();
          await fs.promises.writeFile('/file', '1');
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (read() !== changed) after.add(read());
          return { look: () => read() === changed };
        }),
        commands: fc.constant(['look', 'look']),
        perform: async (system, _command) => {
          await fs.promises.writeFile('/file', '2');
          if (!system.look()) after.add(read());
        },
        invariants: [],
      });
      await exploreSuite(suite, OPTIONS);
      expect(atStart.size).toBe(1);
      expect([...after]).toEqual([]);
      expect(read()).toBe(host);
    },
  );

  it('leaves the modules that a life requires loaded', async () => {
    const directory = fs.mkdtempSync(join(tmpdir(), 'powercut-required-'));
    const file = join(directory, 'required.cjs');
    fs.writeFileSync(file, 'module.exports = {};');
    const found = new Set<unknown>();
    const suite = defineSuite({
      name: 'a program that requires a file',
      boot: () => {
        found.add(createRequire(import.meta.url)(file));
        return { look: () => found.add(cache[file]?.exports) };
      },
      commands: fc.constant(['look', 'look']),
      perform: (system) => void system.look(),
      invariants: [],
    });
    try {
      await exploreSuite(suite, OPTIONS);
      expect([...found]).toEqual([cache[file]?.exports]);
      expect(cache[file]).toBeDefined();
    } finally {
      delete cache[file];
      fs.rmSync(directory, { recursive: true });
    }
  });

  it('can not freeze what is the host’s', async () => {
    const suite = defineSuite({
      name: 'a program that freezes what it finds',
      boot: () => {
        for (const owner of [Array.prototype, Math, fs]) Object.freeze(owner);
        Object.seal(globalThis);
        Reflect.preventExtensions(process);
        return {};
      },
      commands: fc.constant(['x']),
      perform: () => undefined,
      invariants: [],
    });
    await exploreSuite(suite, OPTIONS);
    for (const owner of [Array.prototype, Math, fs, globalThis, process])
      expect(Object.isExtensible(owner)).toBe(true);
  });

  it('refuses flags of V8', async () => {
    const suite = defineSuite({
      name: 'a program that sets flags',
      boot: () => v8.setFlagsFromString('--expose-gc'),
      commands: fc.constant(['x']),
      perform: () => undefined,
      invariants: [],
    });
    await expect(exploreSuite(suite, OPTIONS)).rejects.toThrow('v8.setFlagsFromString');
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('is taken back when the host goes on, of life %i too', (last) => {
    installGuard();
    lookClosely();
    for (let life = 1; life <= last; life++) {
      // Nothing but its identity is of interest.
      handOver({} as GuardedLife);
      if (life === last) Reflect.set(globalThis, 'ofOneLife', life);
      handOver('explorer');
    }
    handOver('host');
    const isLeft = 'ofOneLife' in globalThis;
    Reflect.deleteProperty(globalThis, 'ofOneLife');
    expect(isLeft).toBe(false);
  });

  it('is taken back at most 15 lives later, while the host does not go on', () => {
    installGuard();
    lookClosely();
    const live = (change = (): unknown => undefined): void => {
      // Nothing but its identity is of interest.
      handOver({} as GuardedLife);
      change();
      handOver('explorer');
    };
    for (let life = 1; life <= 600; life++) live();
    live(() => Reflect.set(globalThis, 'ofOneLife', 1));
    const left: number[] = [];
    for (let later = 1; later <= 16; later++) {
      live();
      if ('ofOneLife' in globalThis) left.push(later);
    }
    handOver('host');
    expect(left).toEqual(Array.from({ length: left.length }, (_, index) => index + 1));
    expect(left.length).toBeLessThan(16);
  });

  it('leaves what the host changes between two explorations', async () => {
    const suite = defineSuite({
      name: 'a program that changes a method',
      boot: () => ({ isChanged: Reflect.set(Math, 'log2', () => 0) }),
      commands: fc.constant(['x']),
      perform: () => undefined,
      invariants: [],
    });
    const { log2 } = Math;
    await exploreSuite(suite, OPTIONS);
    const own = (value: number): number => value;
    Math.log2 = own;
    try {
      await exploreSuite(suite, OPTIONS);
      expect(Math.log2).toBe(own);
    } finally {
      Math.log2 = log2;
    }
  });

  it.each(['argv', 'title', 'execPath'] as const)(
    'leaves process.%s to the host, which may assign it',
    async (name) => {
      const seen = new Set<unknown>();
      const suite = defineSuite({
        name: 'a program that looks at its process',
        boot: () => ({ seen: seen.add(JSON.stringify(process[name])) }),
        commands: fc.constant(['x']),
        perform: () => undefined,
        invariants: [],
      });
      await exploreSuite(suite, OPTIONS);
      const before = process[name];
      const own = [String(before), '--of-the-host'];
      try {
        Reflect.set(process, name, own);
        expect(process[name]).toBe(own);
        await exploreSuite(suite, OPTIONS);
        expect(process[name]).toBe(own);
      } finally {
        Reflect.set(process, name, before);
      }
      expect(seen.size).toBe(1);
    },
  );
});
