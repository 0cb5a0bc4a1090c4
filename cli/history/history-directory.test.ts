import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  campaignOn,
  identityOf,
  passes,
  type resultOf,
  SUITE,
  violation,
} from '../../reports/history/testing/campaigns.js';
import { encodeToken } from '../../sim/replay/token.js';
import { HISTORY_DIRECTORY } from '../defaults.js';
import { readHistory, writeHistory } from './history-directory.js';
import { updateHistory } from './record-campaign.js';

const disk = vi.hoisted(() => ({ isFull: false }));

// The real disk, which may be full: one that is can't be had in a test without the rights to mount it.
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...real,
    open: async (path: string, flags: string | number) => {
      if (disk.isFull && flags === 'w')
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      return real.open(path, flags);
    },
  };
});

let from: string;
let path: string;

beforeEach(async () => {
  disk.isFull = false;
  from = await mkdtemp(join(tmpdir(), 'powercut-history-'));
  path = join(from, HISTORY_DIRECTORY);
});
afterEach(() => rm(from, { recursive: true }));

const tokenOf = (text: string): string =>
  encodeToken({
    suite: SUITE,
    disk: 'posix',
    tape: { workload: [text], crashes: [], commandsAfterCrash: 1 },
    digest: 'd',
  });

const broken = (digit: string) => violation(digit, { token: tokenOf(digit) });

const record = (day: number, ...[given]: Parameters<typeof resultOf> | []) => {
  const { result, moment, replays } = campaignOn(day, given);
  return updateHistory({ from, directory: HISTORY_DIRECTORY }, result, { moment, replays });
};

const read = () => readHistory(from, HISTORY_DIRECTORY);
const names = async (): Promise<readonly string[]> => (await readdir(path)).sort();
const findingName = `finding-${identityOf('a')}.json`;

describe('updateHistory', () => {
  it('keeps a file for each finding and each campaign, and reads them back', async () => {
    expect(await read()).toEqual({ history: { findings: [], campaigns: [] } });
    await record(1, { violations: [broken('a')] });
    const { history, changes, warnings } = await record(2, { replays: [passes('a')] });
    expect(warnings).toEqual([]);
    expect(changes.map(({ finding: { state } }) => state)).toEqual(['resolved']);
    expect(await read()).toEqual({ history });
    expect(await names()).toEqual([
      expect.stringMatching(/^campaign-20300101T000000000Z-[0-9a-f]{16}\.json$/),
      expect.stringMatching(/^campaign-20300102T000000000Z-[0-9a-f]{16}\.json$/),
      findingName,
    ]);
  });

  it('writes the same files for the same campaigns, so that a commit has few changes', async () => {
    await record(1, { violations: [broken('a')] });
    const before = await lstat(join(path, findingName));
    await record(2, { suite: { name: 'another' } });
    expect((await lstat(join(path, findingName))).ino).toBe(before.ino);
  });

  it('does not write where the directory is a link, and says so', async () => {
    await mkdir(join(from, 'elsewhere'));
    await symlink(join(from, 'elsewhere'), join(from, '.powercut'));
    const refused = { code: 'HISTORY_NOT_A_DIRECTORY', message: expect.stringContaining('.powercut') };
    expect(await record(1, { violations: [broken('a')] })).toMatchObject({
      changes: [],
      warnings: [refused],
    });
    expect(await readdir(join(from, 'elsewhere'))).toEqual([]);
  });

  it('leaves a file in its place, and says so', async () => {
    await mkdir(join(from, '.powercut'));
    await writeFile(path, 'mine');
    expect(await record(1)).toMatchObject({ warnings: [{ code: 'HISTORY_NOT_A_DIRECTORY' }] });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('says that the disk is full, and loses nothing', async () => {
    const { history } = await record(1, { violations: [broken('a')] });
    disk.isFull = true;
    expect(await record(2)).toMatchObject({
      warnings: [{ code: 'HISTORY_UNWRITABLE', message: expect.stringContaining('the disk is full') }],
    });
    expect(await read()).toEqual({ history });
  });
});

describe('writeHistory', () => {
  it('removes the files of what made room', async () => {
    await record(1, { violations: [broken('a')] });
    const { history } = await record(2);
    const [, newest] = history.campaigns;
    if (newest === undefined) throw new Error('There is one campaign.');
    const left = { findings: [], campaigns: [newest] };
    expect(await writeHistory(from, HISTORY_DIRECTORY, history, left)).toEqual({ history: left });
    expect(await read()).toEqual({ history: left });
    expect(await names()).toHaveLength(1);
  });
});

describe('readHistory: a file that is no part of a history', () => {
  const target = (): string => join(path, findingName);

  beforeEach(async () => {
    await record(1, { violations: [broken('b')] });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['garbage', () => writeFile(target(), 'garbage')],
    ['nothing', () => writeFile(target(), '')],
    ['a deep list', () => writeFile(target(), '['.repeat(200_000))],
    ['a merge conflict', () => writeFile(target(), '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> main\n')],
    [
      'another finding',
      async () => writeFile(target(), await readFile(join(path, `finding-${identityOf('b')}.json`))),
    ],
    ['a token of another suite', () => forge({ suite: 'another' })],
    ['a token that is none', () => forge({ token: '../../../etc/passwd' })],
    ['a huge file', () => writeFile(target(), '').then(() => truncate(target(), 2 ** 40))],
    ['a directory', () => mkdir(target())],
    [
      'a link to a file outside',
      () => writeFile(join(from, 'secret'), 'x').then(() => symlink(join(from, 'secret'), target())),
    ],
    ['a link to a device', () => symlink('/dev/zero', target())],
  ])('%s is ignored, reported, and stays', async (_, plant) => {
    await plant();
    const before = await lstat(target());
    const { history, warning } = await read();
    expect(history.findings.map(({ identity }) => identity)).toEqual([identityOf('b')]);
    expect(warning).toEqual({ code: 'HISTORY_FOREIGN', message: expect.stringContaining(findingName) });
    await record(2, { violations: [broken('a'), broken('b')] });
    const after = await lstat(target());
    expect([after.ino, after.size, after.mtimeMs]).toEqual([before.ino, before.size, before.mtimeMs]);
  });

  /** The finding of `b` under the name of `a`, changed. */
  const forge = async (change: object): Promise<void> => {
    const text = await readFile(join(path, `finding-${identityOf('b')}.json`), 'utf8');
    await writeFile(target(), JSON.stringify({ ...JSON.parse(text), identity: identityOf('a'), ...change }));
  };

  it('an edited campaign is ignored and reported', async () => {
    const [name = ''] = await names();
    const text = await readFile(join(path, name), 'utf8');
    await writeFile(join(path, name), text.replace('"seed": 1', '"seed": 2'));
    expect(await read()).toMatchObject({
      history: { campaigns: [] },
      warning: { code: 'HISTORY_FOREIGN', message: expect.stringContaining(name) },
    });
  });

  it('files of other names are not even looked at', async () => {
    for (const other of ['README.md', `..${findingName}`, `${findingName}~`, 'finding-A.json'])
      await writeFile(join(path, other), 'mine');
    expect(await read()).not.toHaveProperty('warning');
    expect(await names()).toHaveLength(6);
  });
});
