import {
  DEFAULT_OPTIONS,
  type DiskModelName,
  type ExploreOptions,
  exploreSuite,
  type Suite,
  type SuiteResult,
} from 'powercut';
import { describe, expect, it } from 'vitest';
import atomically from './atomically.suite.js';
import nedb from './nedb.suite.js';
import steno from './steno.suite.js';
import writeFileAtomic from './write-file-atomic.suite.js';

const explore = (
  suite: Suite,
  disk: DiskModelName,
  bounds: Partial<ExploreOptions> = {},
): Promise<SuiteResult> =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, runs: 20, workloads: 3, depth: 2, disk, ...bounds });

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

const messageOf = ({ violations }: SuiteResult, name: string): string | undefined =>
  violations.find(({ invariant }) => invariant === name)?.message;

/** Every failure of a package, as people review it: temporary names depend on where the checkout lies. */
const storiesOf = ({ violations }: SuiteResult): string =>
  violations.map(({ story }) => `${story.replace(/note\.txt\.[\w-]+/g, 'note.txt.TEMPORARY')}\n`).join('\n');

const storyOf = ({ violations }: SuiteResult, name: string): string | undefined =>
  violations.find(({ invariant }) => invariant === name)?.story;

describe('steno', () => {
  it('leaves an empty or partial file after a power cut', async () => {
    const result = await explore(steno, 'posix');
    expect(broken(result)).toEqual(['latest', 'whole']);
    expect(messageOf(result, 'whole')).toMatch(/the file is (empty|\d+ characters)/);
    expect(result.asExpected).toBe(true);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/steno.txt');
  });

  it('loses nothing when only its process dies', async () => {
    expect(broken(await explore(steno, 'process-kill'))).toEqual([]);
  });
});

describe('writeFileAtomic', () => {
  it('has exactly one gap: the rename may be taken back', async () => {
    const result = await explore(writeFileAtomic, 'posix');
    expect(broken(result)).toEqual(['latest']);
    expect(messageOf(result, 'latest')).toMatch(
      /^note \d was acknowledged, and (there is none|note \d is there)$/,
    );
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/write-file-atomic.txt');
  });

  it('loses nothing when only its process dies', async () => {
    expect(broken(await explore(writeFileAtomic, 'process-kill'))).toEqual([]);
  });
});

describe('atomically, not waiting for its fsync', () => {
  it('renames a file whose bytes are still on their way', async () => {
    const result = await explore(atomically, 'posix', { workloads: 1, commands: 1, depth: 1, runs: 0 });
    expect(broken(result)).toEqual(['latest', 'whole']);
    expect(storyOf(result, 'whole')).toMatch(/Lost \(never fsynced\): .*\/note\.txt (size|bytes)/);
    expect(messageOf(result, 'whole')).toMatch(/the file is (empty|\d+ characters)/);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/atomically.txt');
  });

  it('loses nothing when only its process dies', async () => {
    expect(broken(await explore(atomically, 'process-kill'))).toEqual([]);
  });
});

describe('nedb', () => {
  it('loses acknowledged documents, as its appends are not synced, and may refuse to start', async () => {
    const result = await explore(nedb, 'posix', { workloads: 2, commands: 2, depth: 1, runs: 0 });
    expect(broken(result)).toEqual(['kept', 'recovers', 'whole']);
    expect(messageOf(result, 'kept')).toBe('document 1 was acknowledged, and is gone');
    expect(messageOf(result, 'recovers')).toMatch(/100% of the data file is corrupt/);
    expect(storyOf(result, 'kept')).toMatch(/write 703 B to \/documents\.db at 0/);
    await expect(storiesOf(result)).toMatchFileSnapshot('stories/nedb.txt');
  });

  it('loses nothing when only its process dies', async () => {
    expect(broken(await explore(nedb, 'process-kill', { workloads: 2, runs: 5 }))).toEqual([]);
  });
});
