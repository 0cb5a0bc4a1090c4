import { describe, expect, it } from 'vitest';
import { exploreSuite } from '../../explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS } from '../../explore/options.js';
import { replay } from '../../replay/replay.js';
import type { DiskModelName, Suite } from '../../suite/suite.js';
import {
  foundJob,
  longLedger,
  longRecord,
  nameAfterSize,
  replacedWhileRead,
  sectorInPlace,
} from '../../testing/crash-model-suites.js';

const explored = (suite: Suite, disk?: DiskModelName) =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, runs: 0, workloads: 1, ...(disk === undefined ? {} : { disk }) });

describe('exploreSuite: the exhaustive explorer', () => {
  it.each([
    ['old bytes of a lost write, though a sync follows it at once', longLedger],
    ['garbage in a lost write, though a sync follows it at once', sectorInPlace],
    ['a file that ends between the pages of one append', longRecord],
    ['a process kill, a restart on the page cache, and a power cut', foundJob],
    ['a name that survives without the earlier size of another file', nameAfterSize],
  ])('meets %s', async (_what, suiteOf) => {
    const [broken, honest] = [await explored(suiteOf(false)), await explored(suiteOf(true))];
    expect([broken.verdict, honest.verdict]).toEqual(['violated', 'holds']);
    expect(honest.exploration.closed).toBe(true);
    const [violation] = broken.violations;
    if (violation === undefined) throw new Error('A violation is told.');
    const replayed = await replay(violation.token, [suiteOf(false)]);
    expect({ same: replayed.same, story: replayed.story }).toEqual({
      same: true,
      story: violation.story,
    });
  });

  it.each<DiskModelName>([
    'prefix',
    'ext4-nodelalloc',
    'ext4-delalloc',
    'ext4-writeback',
    'btrfs-like',
    'posix',
  ])('does not empty a replaced file that is open, under %s', async (disk) => {
    expect((await explored(replacedWhileRead, disk)).verdict).toBe('holds');
  });

  it('keeps sizes before later names where allocation is not delayed', async () => {
    expect((await explored(nameAfterSize(false), 'ext4-nodelalloc')).verdict).toBe('holds');
    expect((await explored(nameAfterSize(false), 'ext4-ordered')).verdict).toBe('violated');
  });

  it('kills a program that can be shut down, too', async () => {
    expect((await explored(foundJob(false, true))).verdict).toBe('violated');
    expect((await explored(foundJob(true, true))).verdict).toBe('holds');
  });

  it('tells a kill as one, and that what was written is not durable', async () => {
    const { violations } = await explored(foundJob(false));
    expect(violations[0]?.story).toMatch(
      /THE PROCESS IS KILLED[\s\S]*Not durable yet: [\s\S]*restarts on the page cache/,
    );
  });
});
