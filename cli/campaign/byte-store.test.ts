import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CAMPAIGNS_DIRECTORY, directoryStore, isCampaignName } from './byte-store.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-campaigns-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('directoryStore', () => {
  test('gives back what was written last, and nothing after it was removed', async () => {
    const store = directoryStore(directory);
    expect(await store.campaigns()).toEqual([]);
    expect(await store.read('c1', 'record')).toBeUndefined();
    for (const bytes of [new Uint8Array([1, 2]), new Uint8Array([3])]) {
      await store.write('c1', 'record', bytes);
      expect(new Uint8Array((await store.read('c1', 'record')) ?? [])).toEqual(bytes);
    }
    expect(await store.campaigns()).toEqual(['c1']);
    await store.remove('c1', 'record');
    expect(await store.read('c1', 'record')).toBeUndefined();
    await store.clear('c1');
    expect(await store.campaigns()).toEqual([]);
  });

  test('clears all but one name', async () => {
    const store = directoryStore(directory);
    for (const name of ['record', 'outcome', 'unit.1']) await store.write('c1', name, new Uint8Array([1]));
    await store.clear('c1', 'outcome');
    expect(await readdir(join(directory, CAMPAIGNS_DIRECTORY, 'c1'))).toEqual(['outcome']);
    await store.clear('c2', 'outcome');
  });

  test('lists neither files nor links nor names that no campaign has', async () => {
    const store = directoryStore(directory);
    await store.write('c1', 'record', new Uint8Array());
    const root = join(directory, CAMPAIGNS_DIRECTORY);
    await writeFile(join(root, 'file'), '');
    await symlink('/', join(root, 'link'));
    expect(await store.campaigns()).toEqual(['c1']);
  });
});

test.each(['', '.', '..', '../c', 'a/b', 'a:b', '.hidden', 'x'.repeat(65), 'a b', 'a\n'])(
  'isCampaignName: %j is none',
  (name) => {
    expect(isCampaignName(name)).toBe(false);
  },
);
