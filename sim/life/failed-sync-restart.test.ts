/**
 * A program that ends itself when a sync fails is safe from a power cut right then, and from nothing more: what it wrote is
 * still in the page cache, counted as clean. Started again, it reads that, and no later sync writes it.
 * Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020.
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { defineSuite } from '../define-suite/define-suite.js';
import { exploreSuite } from '../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../explore/options.js';
import type { SuiteResult } from '../result/result.js';
import type { SimulatedEnvironment } from '../suite/suite.js';

const ROW_BYTES = 512;
const ROW = Buffer.alloc(ROW_BYTES, 'x');

interface Rows {
  readonly count: () => number;
  readonly add: () => Promise<void>;
}

type Start = (env: SimulatedEnvironment) => Promise<void>;

const created: Start = async ({ fs }) => {
  const file = await fs.open('/rows', 'a');
  await file.sync();
  await file.close();
};

/** Writes what it finds once more, where a sync has something to write. */
const rewritten: Start = async ({ fs }) => {
  await fs.writeFile('/rows.new', await fs.readFile('/rows').catch(() => ''), { flush: true });
  await fs.rename('/rows.new', '/rows');
};

const rowsOf =
  (start: Start) =>
  async (env: SimulatedEnvironment): Promise<Rows> => {
    const { fs } = env;
    await start(env);
    const root = await fs.open('/', 'r');
    await root.sync();
    await root.close();
    const file = await fs.open('/rows', 'r+');
    const found = await file.readFile();
    let count = 0;
    while (found.subarray(count * ROW_BYTES, (count + 1) * ROW_BYTES).equals(ROW)) count += 1;
    return {
      count: () => count,
      add: async () => {
        await file.write(ROW, 0, ROW_BYTES, count * ROW_BYTES);
        await file.datasync().catch(() => process.exit(1));
        count += 1;
      },
    };
  };

const explored = (start: Start): Promise<SuiteResult> =>
  exploreSuite(
    defineSuite<Rows, null>({
      name: 'rows of a program that exits when a sync fails',
      boot: rowsOf(start),
      commands: fc.constant([null, null]),
      unknown: 'abandon',
      perform: (rows) => rows.add(),
      faults: [{ fault: 'failed-sync', at: { operation: 'fdatasync', path: '/rows' } }],
      invariants: [
        {
          name: 'kept',
          statement: 'Acknowledged rows are found again.',
          check: ({ commands }, rows, moment) => {
            const promised = commands.filter(({ outcome }) => outcome.status === 'acknowledged').length;
            return moment === 'recovered' && rows.count() < promised
              ? `${promised} were acknowledged, ${rows.count()} are there`
              : undefined;
          },
        },
      ],
    }),
    { ...DEFAULT_OPTIONS, workloads: 1, runs: 0 },
  );

it('exploreSuite: process.exit at a failed sync loses what is acknowledged behind it, once the restart has believed the page cache', async () => {
  const { verdict, violations } = await explored(created);
  expect({ verdict, broken: violations.map(({ invariant }) => invariant) }).toEqual({
    verdict: 'violated',
    broken: ['kept'],
  });
  expect(violations[0]?.story.replace(/\s+/g, ' ')).toMatch(
    /fdatasync \/rows \(failed: EIO\).*The process exits with code 1.*THE PROCESS IS KILLED.*restarts on the page cache.*The answer: done\..*THE POWER FAILS/,
  );
});

it('exploreSuite: process.exit at a failed sync loses nothing where the restart writes what it finds once more', async () => {
  const { verdict, violations, exploration } = await explored(rewritten);
  expect({ verdict, violations }).toEqual({ verdict: 'holds', violations: [] });
  expect(exploration.kills).toBeGreaterThan(0);
});
