import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineSuite } from '../../define-suite/define-suite.js';
import { diskModel } from '../../disk/crash-model/disk-models.js';
import { installGuard } from '../../guard/guard.js';
import { onSimulatedDisk } from '../../guard/on-simulated-disk.js';
import { drive } from '../../life/drive.js';
import type { DiskModelName, Suite } from '../../suite/suite.js';
import { exploreSuite } from '../campaign/explore-suite.js';
import type { Exhausted } from '../exhaustive/exhausted.js';
import { Explorer } from '../explorer.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { exploreClasses } from './explore-classes.js';

const SECTORS = 16;
const SECTOR = 512;
const CACHE = '/cache';

const put = (path: string, bytes: Uint8Array, sync: boolean): void => {
  const fd = fs.openSync(path, 'w');
  fs.writeSync(fd, bytes);
  if (sync) fs.fsyncSync(fd);
  fs.closeSync(fd);
};

interface Cache {
  /** How many sectors at the beginning of the cache are there, as the start has found it. */
  readonly intact: number;
  readonly write: () => void;
}

/** Writes a cache of many sectors that it never syncs: 2¹⁶ images are legal. */
const cacheOf = (reads: boolean): Cache => {
  let intact = 0;
  if (reads && fs.existsSync(CACHE) && fs.statSync(CACHE).size === SECTORS * SECTOR) {
    const fd = fs.openSync(CACHE, 'r');
    const bytes = Buffer.alloc(SECTOR);
    while (intact < SECTORS && fs.readSync(fd, bytes, 0, SECTOR, intact * SECTOR) > 0 && bytes[0] === 7)
      intact++;
    fs.closeSync(fd);
  }
  return { intact, write: () => put(CACHE, Buffer.alloc(SECTORS * SECTOR, 7), false) };
};

/** @param reads the start reads the cache, sector by sector, until one is missing */
const cacheSuite = ({ reads, mayHave }: { readonly reads: boolean; readonly mayHave: number }): Suite =>
  defineSuite<Cache, null>({
    name: 'a cache that is not synced',
    boot: onSimulatedDisk(() => cacheOf(reads)),
    commands: fc.constant([null]),
    perform: (cache) => cache.write(),
    invariants: [
      {
        name: 'sectors',
        statement: `A start never finds exactly ${mayHave} sectors.`,
        check: (_history, { intact }) => (intact === mayHave ? `${intact} are there` : undefined),
      },
    ],
  });

const exhaust = (suite: Suite, disk: DiskModelName, changes = {}): Promise<Exhausted> =>
  new Explorer(suite, { ...DEFAULT_OPTIONS, disk }).exhaust([null], changes);

const NEVER = SECTORS + 1;

describe('exploreToTheEnd', () => {
  it('closes a workload with more images than it builds', async () => {
    const result = await exhaust(cacheSuite({ reads: false, mayHave: NEVER }), 'posix');
    expect(result).toMatchObject({ sampled: true, closed: true, stops: [], findings: [] });
    expect(result.classes).toBeLessThan(100);
  });

  it('says of a closed workload that its images were sampled, and how many are legal at least', async () => {
    const suite = cacheSuite({ reads: false, mayHave: NEVER });
    const { exploration, coverage } = await exploreSuite(suite, {
      ...DEFAULT_OPTIONS,
      disk: 'posix',
      workloads: 1,
      runs: 0,
    });
    expect(exploration).toMatchObject({ closed: true, images: { sampled: true } });
    expect(exploration.images.legal).toBeGreaterThan(2 ** SECTORS);
    expect(coverage.images.exact).toBe(false);
  });

  it('finds the one of many images that a sample of few leaves out', async () => {
    const suite = cacheSuite({ reads: true, mayHave: 11 });
    const { findings } = await exhaust(suite, 'posix', { imageBudget: 4, lifeBudget: 100 });
    expect(new Set(findings.map(({ broken }) => broken.invariant))).toEqual(new Set(['sectors']));
    const [finding] = findings;
    if (finding === undefined) throw new Error('It has just been found.');
    const explorer = new Explorer(suite, { ...DEFAULT_OPTIONS, disk: 'posix' });
    expect((await explorer.play(finding.tape)).map(({ broken }) => broken.message)).toEqual(['11 are there']);
  });

  it('starts from the disk that the suite prepares', async () => {
    const suite: Suite = {
      ...cacheSuite({ reads: true, mayHave: 3 }),
      prepare: async ({ fs: disk }) => {
        const bytes = Buffer.alloc(SECTORS * SECTOR);
        bytes.fill(7, 0, 3 * SECTOR);
        await disk.writeFile(CACHE, bytes);
      },
    };
    const classes = await drive(
      exploreClasses(suite, [null], {
        model: diskModel('posix'),
        depth: 1,
        commandsAfterCrash: 1,
        lifeBudget: 100,
        stopped: () => undefined,
      }),
      installGuard(),
    );
    expect(classes.broken[0]).toMatchObject({ broken: { message: '3 are there' }, tape: { crashes: [] } });
  });

  it('says what stopped it, and how far it came', async () => {
    const result = await exhaust(cacheSuite({ reads: true, mayHave: NEVER }), 'posix', { lifeBudget: 12 });
    expect(result.closed).toBe(false);
    expect(result.stops.map(({ kind }) => kind)).toContain('lives');
  });

  it('goes through no more crashes than are asked for', async () => {
    const result = await exhaust(cacheSuite({ reads: true, mayHave: NEVER }), 'posix', { depth: 1 });
    expect(result).toMatchObject({ closed: false, classes: 0 });
    expect(result.stops.map(({ kind }) => kind)).toContain('depth');
  });

  it('leaves a suite that plans faults as it was', async () => {
    const suite: Suite = {
      ...cacheSuite({ reads: true, mayHave: NEVER }),
      faults: [{ fault: 'failed-sync', at: { path: '/none' } }],
    };
    const result = await exhaust(suite, 'posix', { lifeBudget: 40 });
    expect(result).toMatchObject({ closed: false, classes: 0 });
  });
});
