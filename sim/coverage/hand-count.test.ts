/**
 * Programs small enough to enumerate by hand. The expected figures are not what the program printed: each is derived
 * in the comment above it.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskModel } from '../disk/crash-model/disk-models.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { explore } from '../explore/exhaustive/exhaustive.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import { installGuard } from '../guard/guard.js';
import { drive } from '../life/drive.js';
import type { Coverage, SiteSurvivors } from '../result/result.js';
import type { DiskModelName, SimulatedEnvironment, Suite, SuiteDefinition } from '../suite/suite.js';
import { CrashCoverage } from './crash-coverage.js';
import type { Collected } from './merge-coverage.js';

type Fs = SimulatedEnvironment['fs'];

/** A suite whose boot is `boot`, without commands. */
const suiteOf = (boot: (fs: Fs) => Promise<unknown>, disk: DiskModelName): Suite => {
  const suite: SuiteDefinition<unknown, 'nothing'> = {
    name: 'by hand',
    disk,
    boot: async (env) => {
      await boot(env.fs);
      return 'booted';
    },
    commands: fc.constant([]),
    perform: async () => undefined,
    invariants: [{ name: 'nothing', statement: 'Anything goes.', check: () => undefined }],
  };
  return suite as unknown as Suite; // a suite of any system
};

interface Counted extends Collected {
  /** Distinct disks found: with no command, nothing else tells states apart. */
  readonly disks: number;
  readonly checked: number;
}

const count = async (
  boot: (fs: Fs) => Promise<unknown>,
  disk: DiskModelName,
  depth = 1,
  lifeBudget = 10_000,
): Promise<Counted> => {
  const model = diskModel(disk);
  const coverage = new CrashCoverage(model);
  const bounds = { commandsAfterCrash: 0, imageBudget: 10_000, lifeBudget, stopped: () => undefined };
  const exploring = explore(suiteOf(boot, disk), [], { model, depth, coverage, ...bounds });
  const { distinct, checked } = await drive(exploring, installGuard());
  return { ...coverage.collected(), disks: distinct, checked };
};

const points = ({ sites }: Counted): string[] =>
  sites.cut.map(({ operation, phase }) => `${operation} ${phase}`);

const pairs = ({ changes, pairs: { seen } }: Coverage['orders']): string[] =>
  seen.map(({ earlier, later, oneCall }) => {
    const name = (number: number): string => `${changes[number]?.operation} ${changes[number]?.change}`;
    return `${name(later)} without ${name(earlier)}${oneCall ? ', one call' : ''}`;
  });

const cells = (survivors: readonly SiteSurvivors[]): Record<string, string> =>
  Object.fromEntries(
    survivors.map(({ operation, classes }) => [
      operation,
      classes.map((cell) => `${cell.class} ${cell.checked}/${cell.images}`).join(', '),
    ]),
  );

/** Only the first life does anything: a recovery finds the file that the first life made first, or an empty disk. */
const once =
  (first: (fs: Fs) => Promise<void>) =>
  async (fs: Fs): Promise<void> => {
    if ((await fs.readdir('/')).length === 0) await first(fs);
  };

/** Writes a file of 1000 B, two sectors, under another name, and renames it. */
const replaceFile = async (fs: Fs): Promise<void> => {
  const file = await fs.open('/new', 'w');
  await file.write(Buffer.alloc(1000, 1), 0, 1000, 0);
  await fs.rename('/new', '/old');
  await file.sync();
};

/*
 * Its micro-operations, in order:
 *   open:    N  directory entry /new
 *   write:   A  sector 0;  B  sector 1;  S  the size, 1000
 *   rename:  R  /new goes and /old comes, as one
 *   fsync:   makes A, B and S durable, not the names
 * N and R give the same cell (directory entry /new) versions, so R never survives without N.
 */
describe('CrashCoverage: a file written, renamed and synced', () => {
  it('is counted under posix as by hand', async () => {
    const counted = await count(once(replaceFile), 'posix');

    /*
     * Crash points. Nothing is volatile before `open`, and it is one micro-operation: only after it is one. `write` has
     * a middle. After `fsync` the names are volatile still, so before and after it are points; it is one entry of the
     * journal, so that it has no middle. open 1 + write 3 + rename 2 + fsync 2 = 8, and all are cut.
     */
    expect(points(counted)).toEqual([
      'open after',
      'write before',
      'write middle',
      'write after',
      'rename before',
      'rename after',
      'fsync before',
      'fsync after',
    ]);
    expect(counted.sites).toMatchObject({ covered: 8, total: 8, uncovered: [] });

    /*
     * Orders. Five micro-operations make ten pairs. R can't be without N: nine are left. A and B are both data of
     * `write`, so (N, A) and (N, B) are one, as are (A, S) and (B, S), and (A, R) and (B, R): six. Which are
     *   data/name, size/name, data/data, size/data, rename/data, rename/size.
     */
    expect(pairs(counted.orders).sort()).toEqual([
      'rename name without write data',
      'rename name without write size',
      'write data without open name',
      'write data without write data, one call',
      'write size without open name',
      'write size without write data, one call',
    ]);
    expect(counted.orders.pairs).toMatchObject({ covered: 6, total: 6, unseen: [] });
    // One write of two sectors. Four changes (two sectors are one), each lost somewhere and kept somewhere.
    expect(counted.orders.torn).toMatchObject({ covered: 1, total: 1 });
    expect(counted.orders.fates).toMatchObject({ covered: 4, total: 4, neverLost: [], neverKept: [] });

    /*
     * Disks, as a program can tell them: which name there is, and what the file holds. Without a name the file can't be
     * seen: 1 disk. Under either of two names:
     *   no size: empty, whatever its sectors: 1.
     *   the size: each sector is there, or zeros, or (as both were newly allocated) old bytes. One fill is chosen
     *   for all that is lost: both there 1; one lost 2 x 2 fills; both lost 2 fills: 7.
     * 8 under each name, 16 with both, 17 with none at all. The first life may also fail before it begins: that disk
     * is the one without a name.
     */
    expect(counted.disks).toBe(17);
    expect(counted.checked).toBe(17);

    /*
     * The heat map, for `open`: N kept or lost. For `fsync`, once it is done only N and R are at stake: both, none, or
     * N alone, which is a prefix; and what was lost in each is nothing that could be torn. All sectors are there, so
     * that old bytes can't show.
     */
    const map = cells(counted.survivors);
    expect(map.open).toBe('kept 1/1, lost 1/1');
    expect(map.fsync).toBe('kept 1/1, lost 1/1, prefix 1/1');
  });

  it('is counted under prefix as by hand', async () => {
    const counted = await count(once(replaceFile), 'prefix');
    // The same points but one: here the sync makes the names durable, too, as they come before or between. R does not
    // come before anything synced, so it is volatile still, and `fsync` keeps its point after.
    expect(counted.sites).toMatchObject({ covered: 8, total: 8 });
    // Nothing may be reordered.
    expect(counted.orders.pairs).toMatchObject({ covered: 0, total: 0 });
    // The write still tears between its sectors; and every change is lost in a shorter prefix.
    expect(counted.orders.torn).toMatchObject({ covered: 1, total: 1 });
    expect(counted.orders.fates).toMatchObject({ covered: 4, total: 4 });
    // Prefixes: nothing; N; NA and NAB, which look like N as the file has no size yet; NABS; NABSR. Four to tell apart.
    expect(counted).toMatchObject({ disks: 4, checked: 4 });
  });

  it('has nothing at stake where all survives, and nothing to reorder where nothing does', async () => {
    const kill = await count(once(replaceFile), 'process-kill');
    expect(kill.sites).toMatchObject({ covered: 0, total: 0 });
    // The empty disk, an empty file, a file of 1000 B, and the same under its other name.
    expect(kill.disks).toBe(4);
    const synced = await count(once(replaceFile), 'synced-only');
    expect(synced.sites).toMatchObject({ covered: 8, total: 8 });
    expect(synced.orders).toMatchObject({ pairs: { total: 0 }, torn: { total: 0 }, fates: { total: 0 } });
    // No name was ever synced.
    expect(synced.disks).toBe(1);
  });
});

/** A boot that, finding /a, goes on to make /b and to sync both names. */
const goesOn = async (fs: Fs): Promise<void> => {
  const names = await fs.readdir('/');
  if (!names.includes('a')) {
    await fs.mkdir('/a');
    return;
  }
  if (!names.includes('b')) await fs.mkdir('/b');
  const root = await fs.open('/', 'r');
  await root.sync();
};

/*
 * The first life makes /a. A recovery that finds /a makes /b and syncs. `mkdir /b` is one micro-operation with nothing
 * volatile before it: one point, after. Then `fsync`, which makes it durable: one point, before. A recovery that finds
 * nothing makes /a as the first life does, at the same line. So there are three steps of recovery.
 */
describe('CrashCoverage: a recovery that acts', () => {
  it('is seen and not cut at depth 1', async () => {
    const { sites, recovery, disks } = await count(goesOn, 'posix', 1);
    expect(recovery.steps).toMatchObject({ covered: 0, total: 3, cut: [] });
    expect(recovery.steps.uncovered.map(({ operation }) => operation)).toEqual(['mkdir', 'mkdir', 'fsync']);
    // Over all lives: mkdir /a after, cut; mkdir /b after and fsync before, not cut.
    expect(sites).toMatchObject({ covered: 1, total: 3 });
    // Nothing, and /a.
    expect(disks).toBe(2);
  });

  it('is cut at each of its steps at depth 2', async () => {
    const { sites, recovery, disks } = await count(goesOn, 'posix', 2);
    expect(recovery.steps).toMatchObject({ covered: 3, total: 3, uncovered: [] });
    expect(sites).toMatchObject({ covered: 3, total: 3 });
    // Nothing; /a; /a and /b. And /b alone: killed after /a was made, and cut after /b was made, which is kept without it.
    expect(disks).toBe(4);
  });
});

describe('CrashCoverage: the coverage of a suite', () => {
  it('is within its total, and tells what it lacks, where a budget of images makes it a sample', async () => {
    const manyWrites = async (fs: Fs): Promise<void> => {
      for (let number = 0; number < 12; number++) await fs.writeFile(`/${number}`, 'x');
    };
    const { coverage, exploration } = await exploreSuite(suiteOf(once(manyWrites), 'posix'), {
      ...DEFAULT_OPTIONS,
      runs: 0,
      workloads: 1,
      depth: 1,
    });
    expect(exploration.images.sampled).toBe(true);
    expect(coverage.images).toEqual({
      covered: exploration.images.checked,
      total: exploration.images.distinct,
      exact: false,
    });
    const { pairs: share } = coverage.orders;
    expect(share.seen).toHaveLength(share.covered);
    expect(share.unseen).toHaveLength(share.total - share.covered);
  });
});

/**
 * The first life makes /a and /b and syncs nothing. After each `mkdir` a killed process leaves names in the page cache that a
 * later power cut may still take, which no power cut leaves. A power cut follows each kill, so kills need two crashes.
 */
describe('CrashCoverage: process kills', () => {
  const makesTwo = once(async (fs) => {
    await fs.mkdir('/a');
    await fs.mkdir('/b');
  });
  const operations = (sites: readonly { readonly operation: string }[] = []): string[] =>
    sites.map(({ operation }) => operation);

  it('counts each call after which the process was killed', async () => {
    const { kills } = await count(makesTwo, 'posix', 2);
    expect(kills).toMatchObject({ covered: 2, total: 2, uncovered: [] });
    expect(operations(kills?.cut)).toEqual(['mkdir', 'mkdir']);
  });

  it('counts no kill as covered from which no life was run', async () => {
    const { kills } = await count(makesTwo, 'posix', 2, 1);
    expect(kills).toMatchObject({ covered: 0, total: 2, cut: [] });
    expect(operations(kills?.uncovered)).toEqual(['mkdir', 'mkdir']);
  });

  it('counts none where only one crash is explored', async () => {
    expect((await count(makesTwo, 'posix', 1)).kills).toMatchObject({ covered: 0, total: 0 });
  });
});
