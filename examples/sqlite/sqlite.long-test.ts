import {
  DEFAULT_OPTIONS,
  DISK_MODELS,
  type DiskModelName,
  exploreSuite,
  replay,
  type SuiteResult,
} from 'powercut';
import { describe, expect, it } from 'vitest';
import suites from './sqlite.suite.js';

interface Asked {
  readonly disk?: DiskModelName;
  readonly depth?: number;
  readonly commands?: number;
  readonly seed?: number;
}

const explore = (name: string, { disk, ...asked }: Asked = {}): Promise<SuiteResult> => {
  const suite = suites.find((candidate) => candidate.name === `sqlite, ${name}`);
  if (suite === undefined) throw new Error(`There is no suite '${name}'.`);
  const bounds = { ...DEFAULT_OPTIONS, workloads: 1, commands: 1, runs: 0, depth: 1, ...asked };
  return exploreSuite(suite, disk === undefined ? bounds : { ...bounds, disk });
};

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

const storiesOf = ({ violations }: SuiteResult): string =>
  violations.map(({ story }) => `${story}\n`).join('\n');

/** Hundreds of lives, each with a database. */
const TIMEOUT_MS = 240_000;

describe('exploreSuite: SQLite on the simulated disk', { timeout: TIMEOUT_MS }, () => {
  it.each(Object.values(DISK_MODELS).map(({ name }) => name))(
    'keeps every committed row under %s with synchronous=FULL and a journal that is kept',
    async (disk) => {
      const result = await explore('journal_mode=PERSIST, synchronous=FULL', { disk });
      expect(result.violations.map(({ story }) => story)).toEqual([]);
      expect(result.exploration.images.checked).toBeGreaterThan(5);
    },
  );

  it('loses the end of a database to a kill and a power cut, where the journal is kept', async () => {
    // With this seed the workload is of two inserts: the second one makes the database grow.
    const asked = { depth: 2, commands: 2, seed: 3 };
    const result = await explore('journal_mode=PERSIST, synchronous=FULL', asked);
    expect(broken(result)).toEqual(['durability', 'integrity', 'recovers']);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/persist-kill.txt');
    const deleted = await explore('journal_mode=DELETE, synchronous=EXTRA', asked);
    expect(deleted.violations).toEqual([]);
    expect(deleted.exploration.reach).toEqual([{ crashes: 2, closed: false }]);
  });

  it('keeps every committed row with synchronous=EXTRA and a journal that is deleted', async () => {
    const result = await explore('journal_mode=DELETE, synchronous=EXTRA', { disk: 'posix' });
    expect(result.violations.map(({ story }) => story)).toEqual([]);
  });

  it('may undo a commit with FULL where the journal is deleted, as the directory is not synced', async () => {
    const result = await explore('journal_mode=DELETE, synchronous=FULL', { disk: 'posix' });
    expect(broken(result)).toEqual(['durability']);
    expect(result.violations[0]?.story).toMatch(/removal of directory entry \/rows\.db-journal/);
  });

  it('keeps every committed row in a write-ahead log with synchronous=FULL', async () => {
    const result = await explore('journal_mode=WAL, synchronous=FULL', { disk: 'synced-only' });
    expect(result.violations.map(({ story }) => story)).toEqual([]);
    expect(result.exploration.images.checked).toBeGreaterThan(5);
  });

  it("may lose the last commit in a write-ahead log with better-sqlite3's default, and stays sound", async () => {
    const result = await explore('journal_mode=WAL, synchronous=default', { disk: 'prefix' });
    expect(broken(result)).toEqual(['durability']);
    expect(result.violations[0]?.story).toContain('row 1 was committed, and is gone');
  });

  it('loses a row that a killed process had committed, where the retry changes nothing', async () => {
    const result = await explore('journal_mode=PERSIST, synchronous=FULL, INSERT OR IGNORE', { depth: 2 });
    expect(broken(result)).toEqual(['durability']);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/insert-or-ignore.txt');
  });

  it('loses committed rows with synchronous=OFF, and a token shows it again', async () => {
    const result = await explore('journal_mode=PERSIST, synchronous=OFF', { disk: 'synced-only' });
    expect(broken(result)).toEqual(['durability']);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/persist-off.txt');
    for (const { token, digest } of result.violations)
      expect(await replay(token, suites)).toMatchObject({ same: true, digest });
  });
});
