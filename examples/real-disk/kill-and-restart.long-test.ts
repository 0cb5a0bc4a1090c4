import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killAfter, look } from './kill-and-restart.js';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-bank-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('killAfter: the bank on a real disk', () => {
  it('loses nothing and shows nothing stale when it is killed and started again', async () => {
    let least = 0;
    for (const deposits of [1, 40, 7]) {
      least += await killAfter(directory, deposits);
      const { cents, stale } = await look(directory);
      expect(stale).toEqual([]);
      expect(cents).toBeGreaterThanOrEqual(least);
      least = cents;
    }
    const letters = (await readFile(join(directory, 'letters.jsonl'), 'utf8')).trim().split('\n');
    expect(new Set(letters).size).toBe(1);
    expect(JSON.parse(letters[0] ?? '')).toMatchObject({ to: 'Ann', about: 'welcome' });
  });
});
