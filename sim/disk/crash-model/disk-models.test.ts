import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../../suite/history.js';
import type { DiskModelName } from '../../suite/suite.js';
import { diskPrograms, runProgram, USED_DISK } from '../../testing/disk-programs.js';
import { DISK_MODELS, type DiskModel, diskModel } from './disk-models.js';
import { Frontier } from './durability.js';
import type { JournalEntry } from './journal.js';
import { legalSurvivals } from './legal-losses.js';

const BUDGET = 512;
const noDraw = (): number => 0;

/** The keys of every image that is legal after each entry of a journal; undefined: too many to enumerate. */
const legalKeys = (entries: readonly JournalEntry[], model: DiskModel): Set<string>[] | undefined => {
  const frontier = new Frontier({ image: USED_DISK, history: EMPTY_HISTORY }, model);
  const keys: Set<string>[] = [];
  for (const [index, entry] of entries.entries()) {
    frontier.pass(entry);
    const { survivals, exact } = legalSurvivals(frontier.volatile, model, undefined, BUDGET, noDraw);
    if (!exact) return undefined;
    keys.push(new Set(survivals.flatMap((survival) => frontier.state(index + 1, survival)?.key ?? [])));
  }
  return keys;
};

const expectNested = (entries: readonly JournalEntry[], strict: DiskModel, lax: DiskModel): void => {
  const [inner, outer] = [legalKeys(entries, strict), legalKeys(entries, lax)];
  fc.pre(inner !== undefined && outer !== undefined);
  inner?.forEach((keys, index) => {
    expect(keys.size).toBeGreaterThan(0);
    for (const key of keys) {
      if (!outer?.[index]?.has(key))
        throw new Error(`after entry ${index} an image of '${strict.name}' is not legal under '${lax.name}'`);
    }
  });
};

describe('DISK_MODELS', () => {
  it.each<[DiskModelName, DiskModelName]>([
    ['process-kill', 'prefix'],
    ['prefix', 'ext4-nodelalloc'],
    ['ext4-nodelalloc', 'ext4-delalloc'],
    ['ext4-delalloc', 'ext4-writeback'],
    ['ext4-writeback', 'posix'],
    ['ext4-delalloc', 'btrfs-like'],
    ['btrfs-like', 'posix'],
    ['synced-only', 'posix'],
    ['posix', 'posix-worst'],
  ])('whatever %s allows, %s allows', (strict, lax) => {
    fc.assert(
      fc.property(diskPrograms(5), fc.constantFrom(512, 4096), (program, sectorBytes) => {
        const entries = runProgram(USED_DISK, program);
        expectNested(entries, diskModel(strict, sectorBytes), diskModel(lax, sectorBytes));
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  // A larger sector can be larger garbage, and a kill does not wait for the end of a sector.
  const bySector = Object.values(DISK_MODELS).filter(
    ({ fills, volatileSurvives }) => !fills.includes('garbage') && volatileSurvives !== 'all',
  );
  it.each(bySector)('$name allows on sectors of 512 B what it allows on 4096 B', (model) => {
    fc.assert(
      fc.property(diskPrograms(4), (program) => {
        expectNested(runProgram(USED_DISK, program), diskModel(model.name, 4096), model);
      }),
      { seed: 12, numRuns: 20 },
    );
  });

  it('differ: each step towards laxer allows more images of some program', () => {
    const program = [
      { call: 'write', path: '/b', at: 100, length: 700 },
      { call: 'write', path: '/d/a', at: 0, length: 300 },
      { call: 'rename', path: '/b', to: '/a' },
      { call: 'chmod', path: '/d' },
    ] as const;
    const counts = Object.values(DISK_MODELS).map((model): [DiskModelName, number] => {
      const keys = legalKeys(runProgram(USED_DISK, program), model)?.at(-1);
      return [model.name, keys?.size ?? 0];
    });
    expect(Object.fromEntries(counts)).toMatchInlineSnapshot(`
      {
        "btrfs-like": 72,
        "ext4-delalloc": 18,
        "ext4-nodelalloc": 16,
        "ext4-writeback": 68,
        "posix": 144,
        "posix-worst": 0,
        "prefix": 7,
        "process-kill": 1,
        "synced-only": 1,
      }
    `);
  });

  it('refuse an unknown name and a size that no sector has', () => {
    expect(() => diskModel('ext5')).toThrow(expect.objectContaining({ code: 'UNKNOWN_DISK_MODEL' }));
    expect(() => diskModel('toString')).toThrow(/posix-worst/);
    expect(() => diskModel('posix', 1024)).toThrow(expect.objectContaining({ code: 'SECTOR_SIZE' }));
  });
});
