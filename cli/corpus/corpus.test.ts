import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Failure } from '../../sim/explore/campaign/replay-regressions.js';
import { encodeToken } from '../../sim/replay/token.js';
import { BYTES_MAX, changeCorpus, FAILURES_MAX, nameOf, readCorpus } from './corpus.js';

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

let directory: string;
let corpus: string;

beforeEach(async () => {
  disk.isFull = false;
  directory = await mkdtemp(join(tmpdir(), 'powercut-corpus-'));
  corpus = join(directory, '.powercut', 'corpus');
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const failure = (of: string, invariant = 'durability', suite = '../../secret'): Failure => ({
  token: encodeToken({
    suite,
    disk: 'posix',
    tape: { workload: [of], crashes: [], commandsAfterCrash: 1 },
    digest: 'd',
  }),
  invariant,
});

const keep = (...failures: Failure[]) => changeCorpus(directory, { keep: failures, drop: [] });

const outside = async (path: string): Promise<string> => {
  await writeFile(join(directory, path), 'of somebody else');
  return join(directory, path);
};

describe('changeCorpus: the corpus', () => {
  it('gives back what was kept, sorted by names that say nothing of the suite', async () => {
    const failures = ['a', 'b', 'c'].map((of) => failure(of));
    expect(await keep(...failures)).toEqual({ kept: 3, dropped: 0 });
    const names = (await readdir(corpus)).sort();
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{16}\.token$/);
    const { entries, warning } = await readCorpus(directory);
    expect(warning).toBeUndefined();
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(entries).toEqual(
      expect.arrayContaining(
        failures.map((one) => ({ ...one, name: nameOf(one), suite: '../../secret', disk: 'posix' })),
      ),
    );
  });

  it('keeps a failure once, and one run twice where it broke two invariants', async () => {
    await keep(failure('a'));
    expect(await keep(failure('a'), failure('a', 'order\nand more'))).toEqual({ kept: 1, dropped: 0 });
    const { entries } = await readCorpus(directory);
    expect(entries.map(({ invariant }) => invariant).sort()).toEqual(['durability', 'order\nand more']);
  });

  it('forgets what is dropped, and only that, also where another run was quicker', async () => {
    await keep(failure('a'), failure('b'));
    const { entries } = await readCorpus(directory);
    const drop = entries.filter(({ name }) => name === nameOf(failure('a')));
    for (let times = 0; times < 2; times++)
      expect(await changeCorpus(directory, { keep: [], drop })).toEqual({ kept: 0, dropped: 1 });
    expect((await readCorpus(directory)).entries.map(({ name }) => name)).toEqual([nameOf(failure('b'))]);
  });

  it('is not there before anything is kept', async () => {
    expect(await readCorpus(directory)).toEqual({ entries: [] });
    expect(await keep()).toEqual({ kept: 0, dropped: 0 });
    expect(await readdir(directory)).toEqual([]);
  });

  it('holds so many failures at most: the oldest go, and with them what a killed run left', async () => {
    const first = Array.from({ length: FAILURES_MAX }, (_, index) => failure(`first ${index}`));
    await keep(...first);
    await writeFile(join(corpus, `${nameOf(failure('torn'))}.77.tmp`), 'half');
    const old = [...first.slice(0, 2).map(nameOf), `${nameOf(failure('torn'))}.77.tmp`];
    for (const name of old) await utimes(join(corpus, name), 1, 1);
    await keep(failure('second'), failure('third'));
    const names = await readdir(corpus);
    expect(names).toHaveLength(FAILURES_MAX);
    expect(names).toEqual(expect.arrayContaining([failure('second'), failure('third')].map(nameOf)));
    for (const name of old) expect(names).not.toContain(name);
  });

  it('takes so many bytes at most', async () => {
    let state = 1;
    const noise = (): string =>
      Array.from({ length: 150_000 }, () => {
        state = Math.imul(state, 0x915f77f5) + 1;
        return String.fromCharCode(33 + ((state >>> 16) % 90));
      }).join('');
    const large = Array.from({ length: 30 }, () => failure(noise()));
    await keep(...large.slice(0, 29));
    for (const name of await readdir(corpus)) await utimes(join(corpus, name), 1, 1);
    await keep(...large.slice(29));
    const names = await readdir(corpus);
    const sizes = await Promise.all(names.map(async (name) => (await lstat(join(corpus, name))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeLessThanOrEqual(BYTES_MAX);
    expect(bytes).toBeGreaterThan(BYTES_MAX / 2);
    expect(names).toContain(nameOf(large.at(-1) ?? failure('')));
  });

  it('does not grow on a full disk, says so, and loses nothing', async () => {
    await keep(failure('a'));
    disk.isFull = true;
    expect(await keep(failure('b'))).toMatchObject({
      kept: 0,
      warning: { code: 'CORPUS_UNWRITABLE', message: expect.stringContaining('the disk is full') },
    });
    expect(await readdir(corpus)).toEqual([nameOf(failure('a'))]);
  });
});

describe('readCorpus: a file that is no saved failure', () => {
  const foreign = { code: 'CORPUS_FOREIGN', message: expect.any(String) };
  const name = nameOf(failure('hostile'));
  const path = (): string => join(corpus, name);

  beforeEach(async () => {
    await keep(failure('a'));
  });

  it.each<[string, () => Promise<unknown>]>([
    ['garbage', () => writeFile(path(), 'garbage')],
    ['nothing', () => writeFile(path(), '')],
    [
      'a failure of another name',
      async () => writeFile(path(), await readFile(join(corpus, nameOf(failure('a'))))),
    ],
    ['a huge file', () => writeFile(path(), '').then(() => truncate(path(), 2 ** 40))],
    ['a directory', () => mkdir(path())],
    ['a link to a file outside', async () => symlink(await outside('secret'), path())],
    ['a link to a device', () => symlink('/dev/zero', path())],
    ['a link to nowhere', () => symlink('nowhere', path())],
  ])('%s under such a name is ignored, said, and stays', async (_, plant) => {
    await plant();
    const before = await lstat(path());
    const { entries, warning } = await readCorpus(directory);
    expect(entries.map((entry) => entry.name)).toEqual([nameOf(failure('a'))]);
    expect(warning).toEqual(foreign);
    expect(warning?.message).toContain(name);
    expect(await keep(failure('hostile'))).toEqual({ kept: 0, dropped: 0 });
    const after = await lstat(path());
    expect([after.ino, after.size]).toEqual([before.ino, before.size]);
    expect(await readFile(join(directory, 'secret'), 'utf8').catch(() => 'of somebody else')).toBe(
      'of somebody else',
    );
  });

  it('a token whose name fits and that is none is ignored and said', async () => {
    const forged = { token: '../../../etc/passwd', invariant: '..' };
    await writeFile(join(corpus, nameOf(forged)), '../../../etc/passwd\n..\n');
    const { entries, warning } = await readCorpus(directory);
    expect(entries).toHaveLength(1);
    expect(warning).toEqual(foreign);
  });

  it('files of other names are not even looked at', async () => {
    for (const other of ['README', '...token', `..${name}`, `${name}~`, name.toUpperCase()])
      await writeFile(join(corpus, other), 'mine');
    const { entries, warning } = await readCorpus(directory);
    expect({ count: entries.length, warning }).toEqual({ count: 1, warning: undefined });
    expect(await readdir(corpus)).toHaveLength(6);
  });

  it.each(['.powercut', '.powercut/corpus'])('%s that is a link is not followed', async (part) => {
    await rm(join(directory, '.powercut'), { recursive: true });
    await mkdir(join(directory, 'elsewhere', 'corpus'), { recursive: true });
    if (part.includes('/')) await mkdir(join(directory, '.powercut'));
    await symlink(join(directory, 'elsewhere', ...part.split('/').slice(1)), join(directory, part));
    const refused = { code: 'CORPUS_NOT_A_DIRECTORY', message: expect.stringContaining(part) };
    expect(await readCorpus(directory)).toEqual({ entries: [], warning: refused });
    expect(await keep(failure('b'))).toEqual({ kept: 0, dropped: 0, warning: refused });
    expect(await readdir(join(directory, 'elsewhere', 'corpus'))).toEqual([]);
  });

  it('a file in its place stays', async () => {
    await rm(corpus, { recursive: true });
    await writeFile(corpus, 'mine');
    expect((await readCorpus(directory)).warning).toMatchObject({ code: 'CORPUS_NOT_A_DIRECTORY' });
    expect((await keep(failure('b'))).warning).toMatchObject({ code: 'CORPUS_NOT_A_DIRECTORY' });
    expect(await readFile(corpus, 'utf8')).toBe('mine');
  });
});
