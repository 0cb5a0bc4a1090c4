/**
 * Every image of every power cut, not a sample: all that are legal are enumerated, each different one is started from,
 * and SQLite must find its file sound and every committed row there, go on, and find the same once more.
 *
 *   npm run test:sqlite        # all models, both journals, one row and two; says how many images there were
 */
import { DISK_MODELS, type DiskModelName } from 'powercut';
import { describe, expect, it } from 'vitest';
import type { Exhausted } from '../../sim/explore/exhaustive/exhausted.js';
import { Explorer } from '../../sim/explore/explorer.js';
import { DEFAULT_OPTIONS } from '../../sim/explore/options.js';
import suites from './sqlite.suite.js';

const IS_WHOLE = process.env.POWERCUT_EVERY_IMAGE !== undefined;
/** Beyond the number of images that there can be here: were there more, the exploration would say that it sampled. */
const UNBOUNDED = 1_000_000;
const KEPT = 'journal_mode=PERSIST, synchronous=FULL';
const DELETED = 'journal_mode=DELETE, synchronous=EXTRA';

const models = Object.values(DISK_MODELS).map(({ name }) => name);
const cases = IS_WHOLE
  ? [KEPT, DELETED].flatMap((mode) =>
      [1, 2].flatMap((rows) => models.map((disk) => ({ mode, rows, disk }) as const)),
    )
  : (['process-kill', 'synced-only', 'prefix', 'ext4-nodelalloc'] as const).map(
      (disk) => ({ mode: KEPT, rows: 1, disk }) as const,
    );

/** One power cut, anywhere in the making of the database or in a transaction, with every image that it may leave. */
const everyImage = (mode: string, rows: number, disk: DiskModelName): Promise<Exhausted> => {
  const suite = suites.find(({ name }) => name === `sqlite, ${mode}`);
  if (suite === undefined) throw new Error(`There is no suite of '${mode}'.`);
  const workload = Array.from({ length: rows }, () => ({ type: 'insert' }));
  const bounds = { depth: 1, imageBudget: UNBOUNDED, lifeBudget: UNBOUNDED };
  return new Explorer(suite, { ...DEFAULT_OPTIONS, disk }).exhaust(workload, bounds);
};

const tell = ({ crashPoints, legal, distinct, checked, sampled, findings }: Exhausted): string =>
  `${crashPoints} crash points, ${legal} images (${sampled ? 'a sample' : 'all'}), ${distinct} different, ` +
  `${checked} started from, ${findings.length} violations`;

describe('Explorer: SQLite on every image of every power cut', () => {
  it.each(cases)(
    'keeps every committed row: $mode, rows: $rows, $disk',
    { timeout: 3_600_000 },
    async ({ mode, rows, disk }) => {
      const result = await everyImage(mode, rows, disk);
      if (IS_WHOLE) console.log(`${mode}, rows: ${rows}, ${disk}: ${tell(result)}.`);
      // Nothing but the number of power cuts in a row stopped it.
      expect(result).toMatchObject({ sampled: false, stops: [{ kind: 'depth', limit: 1 }], findings: [] });
      expect(result.checked).toBe(result.distinct);
      expect(result.checked).toBeGreaterThan(10);
    },
  );

  it('is found wanting by the same search with synchronous=OFF', async () => {
    const { findings, sampled } = await everyImage('journal_mode=PERSIST, synchronous=OFF', 1, 'prefix');
    expect(sampled).toBe(false);
    expect(new Set(findings.map(({ broken }) => broken.invariant))).toEqual(new Set(['durability']));
  });
});
