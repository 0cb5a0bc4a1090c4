import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../../suite/history.js';
import type { DiskModelName } from '../../suite/suite.js';
import { diskPrograms, isBirth, isOperation, runProgram, USED_DISK } from '../../testing/disk-programs.js';
import { stream } from '../../util/seeded-streams.js';
import { applyAll } from './crash-image.js';
import { crashStates } from './crash-states.js';
import { type DiskImage, type Inode, imageKey } from './disk-image.js';
import { DISK_MODELS, diskModel, type SectorBytes } from './disk-models.js';
import { Frontier } from './durability.js';
import type { JournalEntry } from './journal.js';
import { isLegal, legalSurvivals } from './legal-losses.js';
import { isData, type MicroOperation, renameParts, type Sync } from './micro-operation.js';

const EXACT = 100_000;
const noDraw = (): number => 0;
const MODELS = Object.values(DISK_MODELS);

// --- legality once more, as sets of surviving versions per cell, with nothing of disk-models.ts and legal-losses.ts ---

type Log = readonly MicroOperation[];
type Kept = ReadonlySet<MicroOperation>;

const isPrefix = (log: Log, kept: Kept): boolean => {
  const firstLost = log.findIndex((operation) => !kept.has(operation));
  return firstLost === -1 || log.slice(firstLost).every((operation) => !kept.has(operation));
};

const cellsOf = (operation: MicroOperation): string[] => {
  if (operation.kind === 'entries')
    return operation.changes.map(({ directory, name }) => `${directory}/${name}`);
  return [`${operation.kind} ${operation.ino} ${isData(operation) ? operation.index : ''}`];
};

const keepsCells = (log: Log, kept: Kept): boolean => {
  const cells = new Set(log.flatMap(cellsOf));
  return [...cells].every((cell) =>
    isPrefix(
      log.filter((operation) => cellsOf(operation).includes(cell)),
      kept,
    ),
  );
};

const BLOCK = 8;

/** On sectors of 4096 B: what one call writes of one of them is kept as a whole, and after what was written there before. */
const keepsBlocks = (log: Log, kept: Kept): boolean => {
  const writes = log.filter((operation) => operation.kind === 'sector');
  const blockOf = ({ ino, index }: (typeof writes)[number]): string => `${ino} ${Math.floor(index / BLOCK)}`;
  const isWhole = writes.every((write, at) => {
    const next = writes[at + 1];
    return !write.continues || (next !== undefined && kept.has(write) === kept.has(next));
  });
  const ofBlock = (block: string): Log => writes.filter((write) => blockOf(write) === block);
  return isWhole && [...new Set(writes.map(blockOf))].every((block) => isPrefix(ofBlock(block), kept));
};

const keepsMetadata = (log: Log, kept: Kept): boolean =>
  isPrefix(
    log.filter(({ kind }) => kind !== 'sector'),
    kept,
  );

const growsOverDataOnly = (log: Log, kept: Kept): boolean =>
  log.every((size, at) => {
    if (size.kind !== 'size' || !kept.has(size)) return true;
    return log
      .slice(0, at)
      .every(
        (write) => write.kind !== 'sector' || write.ino !== size.ino || !write.opensBlock || kept.has(write),
      );
  });

const replacesWithDataOnly = (log: Log, kept: Kept): boolean =>
  log.every((rename, at) => {
    if (rename.kind !== 'entries' || !rename.replaces || !kept.has(rename)) return true;
    const moved = rename.changes.map(({ ino }) => ino);
    return log
      .slice(0, at)
      .every((write) => write.kind !== 'sector' || !moved.includes(write.ino) || kept.has(write));
  });

const REFERENCE: Readonly<Partial<Record<DiskModelName, (log: Log, kept: Kept) => boolean>>> = {
  'process-kill': (log, kept) => kept.size === log.length,
  'synced-only': keepsCells,
  prefix: isPrefix,
  'ext4-nodelalloc': (log, kept) =>
    keepsCells(log, kept) &&
    keepsMetadata(log, kept) &&
    growsOverDataOnly(log, kept) &&
    replacesWithDataOnly(log, kept),
  'btrfs-like': (log, kept) => keepsCells(log, kept) && growsOverDataOnly(log, kept),
  posix: keepsCells,
  'posix-worst': keepsCells,
};

function* subsets(log: Log): Generator<Kept> {
  for (let bits = 0; bits < 2 ** log.length; bits++) {
    yield new Set(log.filter((_, index) => ((bits >>> index) & 1) === 1));
  }
}

/** As fsync(2) has it: a file's bytes, size and, but for fdatasync, mode; a directory's names. */
const isCovered = (operation: MicroOperation, sync: Sync): boolean => {
  if (operation.kind === 'entries') return operation.changes.some(({ directory }) => directory === sync.ino);
  return operation.ino === sync.ino && (operation.kind !== 'mode' || sync.scope === 'all');
};

/** The keys of all images that a power cut after all of a journal may leave, filled with zeros: from 2^n subsets. */
const referenceKeys = (
  entries: readonly JournalEntry[],
  name: DiskModelName,
  sectorBytes: SectorBytes,
): Set<string> | undefined => {
  const log: MicroOperation[] = [];
  const synced = new Set<MicroOperation>();
  for (const entry of entries) {
    if (isOperation(entry)) {
      log.push(...(name === 'posix-worst' && entry.kind === 'entries' ? renameParts(entry) : [entry]));
    } else if (entry.kind === 'sync') {
      for (const operation of log) if (isCovered(operation, entry)) synced.add(operation);
    }
  }
  if (log.length > 11) return undefined;
  const legal = [...subsets(log)].filter(
    (kept) =>
      [...synced].every((operation) => kept.has(operation)) &&
      (sectorBytes === 512 || keepsBlocks(log, kept)) &&
      REFERENCE[name]?.(log, kept) === true,
  );
  const fewest = Math.min(...legal.map(({ size }) => size));
  const counted = name === 'synced-only' ? legal.filter(({ size }) => size === fewest) : legal;
  const births = entries.filter(isBirth);
  return new Set(counted.map((kept) => imageKey(applyAll(USED_DISK, births, [...kept]))));
};

const frontierAfter = (
  entries: readonly JournalEntry[],
  name: DiskModelName,
  sectorBytes: SectorBytes = 512,
): Frontier => {
  const frontier = new Frontier({ image: USED_DISK, history: EMPTY_HISTORY }, diskModel(name, sectorBytes));
  for (const entry of entries) frontier.pass(entry);
  return frontier;
};

const enumeratedKeys = (
  entries: readonly JournalEntry[],
  name: DiskModelName,
  sectorBytes: SectorBytes,
): Set<string> => {
  const frontier = frontierAfter(entries, name, sectorBytes);
  const model = diskModel(name, sectorBytes);
  const { survivals } = legalSurvivals(frontier.volatile, model, undefined, EXACT, noDraw);
  const zeros = survivals.filter(({ fill }) => fill === 'zero');
  return new Set(
    zeros.flatMap(({ lost }) => {
      const state = frontier.state(entries.length, { lost, fill: 'zero' });
      return state === undefined ? [] : [imageKey(state.image)];
    }),
  );
};

const sorted = (keys: ReadonlySet<string>): string[] => [...keys].sort();

describe('crashStates: the images that a power cut may leave', () => {
  const onSectors = ([512, 4096] as const).flatMap((sectorBytes) =>
    MODELS.flatMap(({ name }) => (name in REFERENCE ? [{ name, sectorBytes }] : [])),
  );
  it.each(onSectors)(
    'are under $name on sectors of $sectorBytes B those that trying all subsets of the log gives',
    ({ name, sectorBytes }) => {
      fc.assert(
        fc.property(diskPrograms(5), (program) => {
          const entries = runProgram(USED_DISK, program);
          const reference = referenceKeys(entries, name, sectorBytes);
          fc.pre(reference !== undefined);
          if (reference !== undefined)
            expect(sorted(enumeratedKeys(entries, name, sectorBytes))).toEqual(sorted(reference));
        }),
        { seed: 21, numRuns: 25 },
      );
    },
  );

  it.each(MODELS)('hold all that is durable, under $name', ({ name }) => {
    fc.assert(
      fc.property(diskPrograms(5), fc.constantFrom('/a', '/b'), (program, path) => {
        // The last thing done is to sync one file and the directory of its name: nothing of it may be missing.
        const open = { call: 'write', path, at: 100, length: 300 } as const;
        const syncs = [
          { call: 'fsync', path },
          { call: 'fsync directory', path: '/' },
        ] as const;
        const entries = runProgram(USED_DISK, [...program, open, ...syncs]);
        const frontier = frontierAfter(entries, name);
        const there = frontierAfter(entries, 'process-kill').state(entries.length, {
          lost: [],
          fill: 'zero',
        })?.image;
        const { survivals } = legalSurvivals(frontier.volatile, diskModel(name), undefined, 256, noDraw);
        for (const survival of survivals) {
          const state = frontier.state(entries.length, survival);
          if (state !== undefined) expect(fileAt(state.image, path)).toEqual(fileAt(there, path));
        }
      }),
      { seed: 22, numRuns: 12 },
    );
  });

  it('start, after a second power cut, from the image that the first one left', () => {
    fc.assert(
      fc.property(diskPrograms(3), diskPrograms(3), (first, second) => {
        const start = { image: USED_DISK, history: EMPTY_HISTORY };
        const model = diskModel('posix');
        for (const { states } of crashStates(start, runProgram(USED_DISK, first), {
          model,
          budget: 8,
          seed: 'seed',
        })) {
          for (const state of states) {
            const entries = runProgram(state.image, second);
            const frontier = new Frontier(state, model);
            for (const entry of entries) if (entry.kind !== 'sync') frontier.pass(entry);
            const allLost = frontier.volatile.map((_, index) => index);
            const again = frontier.state(entries.length, { lost: allLost, fill: 'zero' });
            if (again === undefined) throw new Error('Filling with zeros always gives an image.');
            expect(imageKey(again.image)).toBe(imageKey(state.image));
          }
        }
      }),
      { seed: 23, numRuns: 15 },
    );
  });
});

const fileAt = (image: DiskImage | undefined, path: string): Inode | undefined => {
  const root = image?.inodes.get(1);
  return root?.kind === 'directory' ? image?.inodes.get(root.entries.get(path.slice(1)) ?? -1) : undefined;
};

describe('legalSurvivals', () => {
  const volatileOf = (name: DiskModelName): readonly MicroOperation[] =>
    frontierAfter(
      runProgram(USED_DISK, [
        { call: 'write', path: '/b', at: 0, length: 700 },
        { call: 'write', path: '/a', at: 3900, length: 3000 },
        { call: 'chmod', path: '/a' },
        { call: 'rename', path: '/b', to: '/d/a' },
        { call: 'write', path: '/a', at: 0, length: 700 },
      ]),
      name,
    ).volatile;

  const lostSets = (name: DiskModelName, budget: number, newest?: number): string[] =>
    legalSurvivals(volatileOf(name), diskModel(name), newest, budget, stream('seed', 'disk').below)
      .survivals.filter(({ fill }) => fill === 'zero')
      .map(({ lost }) => lost.join());

  it.each(MODELS)(
    'with the newest among them are just those of all that hold it, under $name',
    ({ name }) => {
      const newest = volatileOf(name).length - 1;
      const all = lostSets(name, EXACT).filter((lost) => !lost.split(',').includes(String(newest)));
      const expected = name === 'synced-only' ? [] : all;
      expect(lostSets(name, EXACT, Math.max(newest, 0)).sort()).toEqual(expected.sort());
    },
  );

  it.each(MODELS)('are legal where they are a sample, under $name', ({ name }) => {
    const volatile = volatileOf(name);
    for (const lost of lostSets(name, 20)) {
      const indexes = lost === '' ? [] : lost.split(',').map(Number);
      expect(isLegal(volatile, diskModel(name), new Set(indexes))).toBe(true);
    }
  });

  it('are told to be a sample when there are more than the budget, and are no more than it', () => {
    const volatile = volatileOf('posix');
    const { survivals, exact } = legalSurvivals(volatile, diskModel('posix'), undefined, 20, noDraw);
    expect(exact).toBe(false);
    expect(new Set(survivals.map(({ lost }) => lost.join())).size).toBe(20);
    expect(legalSurvivals(volatile, diskModel('posix'), undefined, EXACT, noDraw).exact).toBe(true);
  });

  it('come out the same for the same seed', () => {
    expect(lostSets('posix', 200)).toEqual(lostSets('posix', 200));
  });

  const SECTORS = 40;
  const longWrite = [
    { call: 'truncate', path: '/a', size: 512 * SECTORS },
    { call: 'fsync', path: '/a' },
    { call: 'write', path: '/a', at: 0, length: 512 * SECTORS },
  ] as const;
  const { volatile: ofLongWrite } = frontierAfter(runProgram(USED_DISK, longWrite), 'posix');
  const all = ofLongWrite.map((_, index) => index);

  const sampleOf = (budget: number): ReadonlySet<string> => {
    const { below } = stream('seed', 'disk');
    const { survivals } = legalSurvivals(ofLongWrite, diskModel('posix'), undefined, budget, below);
    return new Set(survivals.map(({ lost }) => lost.join()));
  };

  it('are sampled in the promised order', () => {
    const prefixes = [...all.map((kept) => all.slice(kept).join()), ''];
    const allButOne = all.map((one) => String(one));
    const onlyOne = all.map((one) => all.filter((index) => index !== one).join());
    expect(sampleOf(prefixes.length)).toEqual(new Set(prefixes));
    // The last one alone lost is a prefix; so is the first one alone kept.
    expect(sampleOf(2 * all.length)).toEqual(new Set([...prefixes, ...allButOne]));
    expect(sampleOf(3 * all.length - 1)).toEqual(new Set([...prefixes, ...allButOne, ...onlyOne]));
  });

  it('tear a write of many sectors at each of them, and leave either part', () => {
    const sets = sampleOf(2000);
    for (let at = 1; at < SECTORS; at++) {
      expect(sets).toContain(all.slice(0, at).join());
      expect(sets).toContain(all.slice(at, SECTORS).join());
    }
  });
});
