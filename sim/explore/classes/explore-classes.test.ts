import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiskModel, diskModel } from '../../disk/crash-model/disk-models.js';
import { installGuard } from '../../guard/guard.js';
import { drive } from '../../life/drive.js';
import type { LifeRecord } from '../../life/life-record.js';
import { historyKey } from '../../suite/history.js';
import type { DiskModelName, Suite } from '../../suite/suite.js';
import { readingPrograms, suiteOfProgram } from '../../testing/reading-programs.js';
import { explore } from '../exhaustive/exhaustive.js';
import { type Classes, exploreClasses } from './explore-classes.js';

/** `npm run test:differential` runs more. */
const PROGRAMS = Number(process.env.POWERCUT_PROGRAMS ?? 12);

const MODELS: readonly DiskModelName[] = [
  'posix',
  'posix-worst',
  'prefix',
  'ext4-nodelalloc',
  'ext4-delalloc',
  'ext4-writeback',
  'btrfs-like',
];

const models = fc
  .record({ disk: fc.constantFrom(...MODELS), sectorBytes: fc.constantFrom(512, 4096) })
  .map(({ disk, sectorBytes }) => diskModel(disk, sectorBytes));

const WORKLOAD = [null, null];
const BOUNDS = { depth: 20, commandsAfterCrash: 1, stopped: () => undefined };

/** A life by all that it read, and what was broken. */
const textOf = ({ start, world, broken }: LifeRecord): string => {
  const { packed, names } = world.imageReads?.reads ?? { packed: [], names: [] };
  const invariants = broken.map(({ invariant }) => invariant);
  return `${historyKey(start.history)} ${packed.join()} ${names.join()} ${invariants.join()}`;
};

/** The lives after crashes that were run. */
class Lives {
  readonly all = new Set<string>();
  readonly add = (life: LifeRecord): void => {
    if (life.start.history.crashes > 0) this.all.add(textOf(life));
  };
}

/** The lives that enumerating all images leads to; undefined: it does not reach the end within its bounds. */
const enumerated = async (suite: Suite, model: DiskModel): Promise<ReadonlySet<string> | undefined> => {
  const lives = new Lives();
  const options = { ...BOUNDS, model, imageBudget: 4096, lifeBudget: 150 };
  const { closed } = await drive(explore(suite, WORKLOAD, { ...options, onLife: lives.add }), installGuard());
  return closed ? lives.all : undefined;
};

const byClasses = async (suite: Suite, model: DiskModel): Promise<Classes & Pick<Lives, 'all'>> => {
  const lives = new Lives();
  const options = { ...BOUNDS, model, lifeBudget: 10_000, onLife: lives.add };
  const classes = await drive(exploreClasses(suite, WORKLOAD, options), installGuard());
  return { ...classes, all: lives.all };
};

describe('exploreClasses', () => {
  it('runs the same lives as the enumeration of all images', { timeout: 3_600_000 }, async () => {
    let compared = 0;
    let lives = 0;
    await fc.assert(
      fc.asyncProperty(readingPrograms(4), models, async (program, model) => {
        const suite = suiteOfProgram(program);
        const expected = await enumerated(suite, model);
        if (expected === undefined) return;
        compared += 1;
        lives += expected.size;
        const { stop, all } = await byClasses(suite, model);
        expect(stop).toBeUndefined();
        const missed = [...expected].filter((life) => !all.has(life));
        const invented = [...all].filter((life) => !expected.has(life));
        expect({ missed, invented }).toEqual({ missed: [], invented: [] });
      }),
      { numRuns: PROGRAMS, seed: 17 },
    );
    expect(compared).toBeGreaterThan(PROGRAMS / 2);
    expect(lives).toBeGreaterThan(5 * compared);
  });
});
