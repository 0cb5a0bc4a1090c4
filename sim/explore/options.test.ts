import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreInProcess } from './campaign/explore-in-process.js';
import { boundsOf, DEFAULT_OPTIONS, type ExploreOptions } from './options.js';

describe('boundsOf', () => {
  test('fills in the defaults, and needs no option', () => {
    expectTypeOf<Record<never, never>>().toExtend<ExploreOptions>();
    expect(boundsOf({})).toEqual(DEFAULT_OPTIONS);
    expect(boundsOf({ seed: 7, strict: true })).toEqual({ ...DEFAULT_OPTIONS, seed: 7, strict: true });
  });

  test('knows the names of the command line, and the old ones', () => {
    const bounds = { ...DEFAULT_OPTIONS, commands: 3, depth: 2, timeMs: 1_000 };
    expect(boundsOf({ maxCommands: 3, maxCrashes: 2, timeLimit: 1_000 })).toEqual(bounds);
    expect(boundsOf({ commands: 3, depth: 2, timeMs: 1_000 })).toEqual(bounds);
  });

  test('prefers a new name to the old one, which the defaults may have brought in', () => {
    expect(boundsOf({ ...DEFAULT_OPTIONS, maxCrashes: 0, maxCommands: 1, timeLimit: 5, timeMs: 9 })).toEqual({
      ...DEFAULT_OPTIONS,
      depth: 0,
      commands: 1,
      timeMs: 5,
    });
  });
});

describe('exploreSuite', () => {
  const suite = defineSuite({
    name: 'nothing to lose',
    boot: () => 0,
    commands: fc.constant(['a', 'b']),
    perform: () => {},
    invariants: [],
  });

  test('explores the same under new names and old ones', async () => {
    const bounds = { runs: 1, workloads: 1 };
    const now = await exploreInProcess(suite, { ...bounds, maxCommands: 1, maxCrashes: 1 });
    const before = await exploreInProcess(suite, { ...bounds, commands: 1, depth: 1 });
    const longer = await exploreInProcess(suite, { ...bounds, maxCommands: 2, maxCrashes: 1 });
    expect(now.digest).toBe(before.digest);
    expect(now.digest).not.toBe(longer.digest);
  });
});
