import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exploreSuite } from '../../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../../explore/options.js';
import { UncontrolledEffectError } from '../../process/uncontrolled-effect.js';
import type { Suite } from '../../suite/suite.js';
import { counterSuite } from '../../testing/counter.js';
import { exploreProgram } from '../../testing/programs.js';
import { addonName, packagesWithAddons } from './native-addons.js';

const reporting = (sharedObjects: unknown): void =>
  void vi.spyOn(process.report, 'getReport').mockReturnValue({ sharedObjects });

afterEach(() => vi.restoreAllMocks());

it('packagesWithAddons names each package with a loaded addon once', () => {
  reporting([
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/app/node_modules/rocksdb-native/prebuilds/linux-x64/rocksdb-native.node',
    '/app/node_modules/a/node_modules/@b/c/build/Release/one.node',
    'C:\\app\\node_modules\\@b\\c\\build\\Release\\two.node',
    '/app/build/Release/own.node',
  ]);
  expect(packagesWithAddons()).toEqual(['@b/c', 'rocksdb-native']);
});

it('packagesWithAddons is empty where the runtime has no list of addons', () => {
  reporting(undefined);
  expect(packagesWithAddons()).toEqual([]);
});

it('packagesWithAddons: in the error of a program that is never quiescent in its boot', async () => {
  reporting(['/app/node_modules/rocksdb-native/prebuilds/linux-x64/rocksdb-native.node']);
  const suite = counterSuite('careful') as unknown as Suite; // a suite of any system
  const waiting = { ...suite, boot: () => new Promise<never>(() => {}) };
  await expect(exploreSuite(waiting, DEFAULT_OPTIONS)).rejects.toThrow(
    'Native addons run outside the simulation, which never waits for them. Loaded: rocksdb-native.',
  );
});

it('packagesWithAddons: in the error of a refused call in a boot', async () => {
  reporting(['/app/node_modules/rocksdb-native/prebuilds/linux-x64/rocksdb-native.node']);
  const refusedIn = (site: string) =>
    exploreProgram({
      boot: () => {
        throw new UncontrolledEffectError({ what: 'fs.existsSync', site, instead: 'use env.fs' });
      },
    });
  await expect(refusedIn('node_modules/rocksdb-native/index.js:1:1')).rejects.toThrow(
    'rocksdb-native runs a native addon, and what that does is outside the simulation.',
  );
  await expect(refusedIn('src/index.js:1:1')).rejects.not.toThrow('native addon');
});

/** A package with a native addon, which resolves modules on the real disk: it comes with a tool that this repository uses. */
const requireAddon = (): {
  readonly ResolverFactory: new () => { sync(from: string, to: string): unknown };
} => createRequire(createRequire(import.meta.url).resolve('knip'))('oxc-resolver');

describe('addonName', () => {
  const NAMED = expect.objectContaining({
    code: 'NATIVE_ADDON',
    message: expect.stringMatching(/^The native addon \S+\.node of @oxc-resolver\/\S+ ran in a life\. /),
  });

  it('that a life calls leaves the verdict undecided, and is named once', async () => {
    const { ResolverFactory } = requireAddon();
    const result = await exploreProgram({
      perform: () => void new ResolverFactory().sync('/', './nowhere'),
    });
    expect(result).toMatchObject({ verdict: 'undecided', asExpected: false });
    expect(result.undecided?.filter(({ code }) => code === 'NATIVE_ADDON')).toEqual([NAMED]);
  });

  it('is seen when a life only calls what was made outside of it', async () => {
    const resolver = new (requireAddon().ResolverFactory)();
    const { undecided } = await exploreProgram({ perform: () => void resolver.sync('/', './nowhere') });
    expect(undecided).toContainEqual(NAMED);
  });

  it('is seen when a life loads it itself', async () => {
    const { undecided } = await exploreProgram({
      perform: () => void new (requireAddon().ResolverFactory)().sync('/', './nowhere'),
    });
    expect(undecided).toContainEqual(NAMED);
  });

  it('that only the host calls leaves the verdict as it is', async () => {
    const resolver = new (requireAddon().ResolverFactory)();
    expect(resolver.sync('/', './nowhere')).toBeDefined();
    const { undecided = [] } = await exploreProgram({ perform: ({ fs }) => fs.writeFile('/a', 'x') });
    expect(undecided).not.toContainEqual(NAMED);
  });
});

it.each([
  ['/app/node_modules/a/node_modules/@b/c/build/Release/one.node', 'build/Release/one.node of @b/c'],
  ['C:\\app\\node_modules\\d\\d.node', 'd.node of d'],
  ['/app/build/Release/own.node', 'own.node'],
])('addonName: %s is called %s', (file, name) => {
  expect(addonName(file)).toBe(name);
});
