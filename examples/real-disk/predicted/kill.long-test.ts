import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageKey } from '../../../sim/disk/crash-model/disk-image.js';
import { EMPTY_HISTORY } from '../../../sim/suite/history.js';
import { killMany } from './kill.js';
import { predict } from './prediction.js';
import { imageOf } from './real-image.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'powercut-kill-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('killMany: a bank that is killed on a real directory', () => {
  it('leaves a disk that was predicted, and comes back from it', { timeout: 300_000 }, async () => {
    const { kills, distinct, afterAnother } = await killMany(12, 1, directory);
    expect(kills).toBe(12);
    expect(distinct).toBeGreaterThan(6);
    expect(afterAnother).toBeGreaterThan(0);
  });
});

describe('predict', () => {
  it('holds the disk it begins with, and no disk or knowledge that no kill leaves', async () => {
    const start = { image: imageOf(directory), history: EMPTY_HISTORY };
    const prediction = await predict(start, 'life 1', directory);
    expect(prediction.count).toBeGreaterThan(100);
    expect(prediction.find(imageOf(directory), 0)?.image).toBe(start.image);
    expect(prediction.find(imageOf(directory), 1)).toBeUndefined();
    appendFileSync(join(directory, 'letters.jsonl'), '');
    expect(prediction.find(imageOf(directory), 0)).toBeUndefined();
  });
});

describe('imageOf: a real directory', () => {
  const keyAfter = (change: () => void): string => {
    change();
    return imageKey(imageOf(directory));
  };

  it('tells bytes, sizes, permissions, names, symbolic links and hard links apart', () => {
    const at = (name: string): string => join(directory, name);
    const keys = [
      keyAfter(() => writeFileSync(at('a'), 'x'.repeat(600))),
      keyAfter(() => writeFileSync(at('a'), `${'x'.repeat(599)}y`)),
      keyAfter(() => writeFileSync(at('a'), `${'x'.repeat(599)}y\0`)),
      keyAfter(() => mkdirSync(at('d'))),
      keyAfter(() => mkdirSync(at('e'), { mode: 0o700 })),
      keyAfter(() => writeFileSync(at('d/b'), `${'x'.repeat(599)}y\0`)),
      keyAfter(() => {
        rmSync(at('d/b'));
        linkSync(at('a'), at('d/b'));
      }),
      keyAfter(() => symlinkSync('a', at('c'))),
      keyAfter(() => {
        rmSync(at('c'));
        symlinkSync('./a', at('c'));
      }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is the same for the same content, whenever it was written', () => {
    const write = (): void => writeFileSync(join(directory, 'a'), 'text');
    const before = keyAfter(write);
    rmSync(join(directory, 'a'));
    expect(keyAfter(write)).toBe(before);
  });
});
