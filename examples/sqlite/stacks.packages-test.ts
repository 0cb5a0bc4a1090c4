/** What stands on SQLite, with the packages of `stacks/package.json`; `npm run test:packages` installs them and runs this. */
import { execFileSync } from 'node:child_process';
import {
  DEFAULT_OPTIONS,
  type DiskModelName,
  type ExploreOptions,
  exploreSuite,
  type Suite,
  type SuiteResult,
} from 'powercut';
import { describe, expect, it } from 'vitest';
import drizzle from './drizzle.suite.js';
import emmett from './emmett.suite.js';
import knex from './knex.suite.js';
import kysely from './kysely.suite.js';

const KILL = 'process-kill';
const BOUNDS = { ...DEFAULT_OPTIONS, workloads: 1, commands: 2, depth: 1, runs: 0 };

interface Expected {
  /** The invariants that a kill of the process violates, and those that a power cut does. */
  readonly kill: readonly string[];
  readonly cut: readonly string[];
  readonly bounds?: Partial<ExploreOptions>;
  /** The model of a power cut. Default: 'ext4-delalloc'. */
  readonly disk?: DiskModelName;
}

const HOLDS: Expected = { kill: [], cut: [] };

const EXPECTED: readonly (readonly [string, Expected])[] = [
  ['drizzle, one transaction, synchronous=FULL', HOLDS],
  ['drizzle, one transaction, synchronous=default', { kill: [], cut: ['durability'] }],
  [
    'drizzle, two statements, synchronous=FULL',
    { kill: ['projection-equality'], cut: ['projection-equality'] },
  ],
  ['kysely, one transaction, synchronous=FULL', HOLDS],
  ['kysely, one transaction, synchronous=default', { kill: [], cut: ['durability'] }],
  [
    'kysely, two statements, synchronous=FULL',
    { kill: ['projection-equality'], cut: ['projection-equality'] },
  ],
  ['kysely, outside, synchronous=FULL', { kill: ['answers'], cut: ['answers'] }],
  ['knex, synchronous=EXTRA', HOLDS],
  ['knex, synchronous=default', { kill: [], cut: ['durability'] }],
  ['emmett, inline', HOLDS],
  [
    'emmett, inline, 2 clients',
    { kill: ['projection-equality'], cut: ['projection-equality'], bounds: { runs: 20 } },
  ],
  // Its lives are long. A disk that keeps what is synced, and no more, has few images.
  ['emmett, processor', { kill: ['projection-equality'], cut: ['projection-equality'], disk: 'synced-only' }],
  // One deposit, with a crash at every step between the append and the checkpoint.
  ['emmett, careful processor', { ...HOLDS, bounds: { commands: 1 } }],
];

const suiteOf = (name: string): Suite => {
  const found = [...drizzle, ...kysely, ...emmett, ...knex].find((suite) => suite.name === name);
  if (found === undefined) throw new Error(`There is no suite '${name}'.`);
  return found;
};

const explore = (name: string, disk: DiskModelName, bounds: Expected['bounds']): Promise<SuiteResult> =>
  exploreSuite(suiteOf(name), { ...BOUNDS, ...bounds, disk });

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

const storiesOf = ({ violations }: SuiteResult): string =>
  violations.map(({ story }) => `${story}\n`).join('\n');

const fileOf = (name: string): string => name.replace(/\W+/g, '-');

describe.each(EXPECTED)(
  'exploreSuite: %s',
  { timeout: 240_000 },
  (name, { kill, cut, bounds, disk: cutDisk = 'ext4-delalloc' }) => {
    it.each([
      [KILL, kill],
      [cutDisk, cut],
    ] as const)('keeps and loses under %s what it should', async (disk, expected) => {
      const result = await explore(name, disk, bounds);
      expect(broken(result)).toEqual(expected);
      expect(result.verdict).toBe(expected.length === 0 ? 'holds' : 'violated');
      if (expected.length > 0)
        await expect(storiesOf(result)).toMatchFileSnapshot(`stories/${fileOf(name)}.${disk}.txt`);
    });
  },
);

describe('the programs in stacks/', () => {
  it('compile against the packages', () => {
    execFileSync('npx', ['tsc', '--noEmit', '-p', new URL('./stacks', import.meta.url).pathname]);
  });
});
