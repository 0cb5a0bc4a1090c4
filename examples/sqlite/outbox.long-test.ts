import {
  DEFAULT_OPTIONS,
  type DiskModelName,
  type ExploreOptions,
  exploreSuite,
  type SuiteResult,
} from 'powercut';
import { describe, expect, it } from 'vitest';
import suites from './outbox.suite.js';

const explore = (
  name: string,
  disk: DiskModelName,
  bounds: Partial<ExploreOptions> = {},
): Promise<SuiteResult> => {
  const suite = suites.find((candidate) => candidate.name === `outbox, ${name}`);
  if (suite === undefined) throw new Error(`There is no suite '${name}'.`);
  return exploreSuite(suite, {
    ...DEFAULT_OPTIONS,
    workloads: 1,
    commands: 2,
    depth: 1,
    runs: 0,
    disk,
    ...bounds,
  });
};

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

const storiesOf = ({ violations }: SuiteResult): string =>
  violations.map(({ story }) => `${story}\n`).join('\n');

const KILL = 'process-kill';
const CUT = 'ext4-delalloc';

describe('exploreSuite: an outbox on better-sqlite3', { timeout: 240_000 }, () => {
  it.each([KILL, CUT] as const)('loses no message under %s, and publishes one twice', async (disk) => {
    const { verdict, violations } = await explore('outbox, synchronous=FULL', disk);
    expect(violations.map(({ story }) => story)).toEqual([]);
    // That a message was published twice is a goal of the suite.
    expect(verdict).toBe('holds');
  });

  it('publishes what a kill left and a power cut then takes back, without a checkpoint at the start', async () => {
    const bounds = { commands: 1, depth: 2 };
    const result = await explore('no checkpoint, synchronous=FULL', CUT, bounds);
    expect(broken(result)).toEqual(['published-is-durable']);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/outbox-no-checkpoint.txt');
    expect((await explore('outbox, synchronous=FULL', CUT, bounds)).violations).toEqual([]);
  });

  it('publishes a message of an order that a power cut takes back, with the default of a write-ahead log', async () => {
    const result = await explore('outbox, synchronous=default', CUT);
    expect(broken(result)).toEqual(['durability', 'published-is-durable']);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/outbox-default.txt');
    expect((await explore('outbox, synchronous=default', KILL)).verdict).toBe('holds');
  });

  it.each(['marks first', 'no outbox'])('loses a message to a kill: %s', async (way) => {
    const result = await explore(`${way}, synchronous=FULL`, KILL);
    expect(broken(result)).toEqual(['no-loss']);
    await expect(storiesOf(result)).toMatchFileSnapshot(`stories/outbox-${way.replace(' ', '-')}.txt`);
  });
});
