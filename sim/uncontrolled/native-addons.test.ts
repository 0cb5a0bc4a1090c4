import { afterEach, expect, it, vi } from 'vitest';
import { exploreSuite } from '../explore/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import type { Suite } from '../suite.js';
import { counterSuite } from '../testing/counter.js';
import { packagesWithAddons } from './native-addons.js';

const reporting = (sharedObjects: unknown): void =>
  void vi.spyOn(process.report, 'getReport').mockReturnValue({ sharedObjects });

afterEach(() => vi.restoreAllMocks());

it('tells the packages whose addons are loaded, each once', () => {
  reporting([
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/app/node_modules/rocksdb-native/prebuilds/linux-x64/rocksdb-native.node',
    '/app/node_modules/a/node_modules/@b/c/build/Release/one.node',
    'C:\\app\\node_modules\\@b\\c\\build\\Release\\two.node',
    '/app/build/Release/own.node',
  ]);
  expect(packagesWithAddons()).toEqual(['@b/c', 'rocksdb-native']);
});

it('tells nothing where the runtime does not say what it has loaded', () => {
  reporting(undefined);
  expect(packagesWithAddons()).toEqual([]);
});

it('is what a program is told that waits for something while it boots', async () => {
  reporting(['/app/node_modules/rocksdb-native/prebuilds/linux-x64/rocksdb-native.node']);
  const suite = counterSuite('careful') as unknown as Suite; // a suite of any system
  const waiting = { ...suite, boot: () => new Promise<never>(() => {}) };
  await expect(exploreSuite(waiting, DEFAULT_OPTIONS)).rejects.toThrow(
    'What native addons do is outside the simulation, and never awaited; loaded: rocksdb-native.',
  );
});
