import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Suite } from '../../sim/suite/suite.js';
import counters from '../fixtures/counter.suite.js';
import { CORPUS_DIRECTORY } from './corpus.js';
import { exploreRemembering } from './explore-with-corpus.js';

const OPTIONS = { seed: 1, runs: 0, workloads: 2, commands: 2, depth: 1, bail: false };
/** So little that nothing can be found. */
const NOTHING = { ...OPTIONS, workloads: 1, depth: 0 };

const careless = counters.find(({ expected }) => expected === 'unsafe');
if (careless === undefined) throw new Error('no counter loses anything');

/** A program that loses what it acknowledged, whose author believes in it. */
const believed: Suite = { ...careless, expected: 'safe' };
/** What it becomes when its faults are mended: it promises less. */
const mended: Suite = { ...believed, invariants: [] };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'powercut-remembering-'));
});
afterEach(() => rm(directory, { recursive: true }));

const kept = (): Promise<readonly string[]> => readdir(join(directory, CORPUS_DIRECTORY)).catch(() => []);

describe('exploreRemembering', () => {
  it('keeps what fails, plays it first the next time, and drops it when it passes', async () => {
    const first = await exploreRemembering(believed, OPTIONS, directory);
    expect(first.result.verdict).toBe('violated');
    expect(await kept()).toHaveLength(first.result.violations.length);

    const second = await exploreRemembering(believed, NOTHING, directory);
    const invariants = ({ violations }: typeof first.result) =>
      violations.map(({ invariant }) => invariant).sort();
    expect(invariants(second.result)).toEqual(invariants(first.result));
    expect(second.result.asExpected).toBe(false);
    expect(await kept()).toHaveLength(first.result.violations.length);

    const third = await exploreRemembering(mended, NOTHING, directory);
    expect(third.result.violations).toEqual([]);
    expect(await kept()).toEqual([]);
  });

  it('keeps nothing of a suite that is expected to fail, nor plays what is kept of another', async () => {
    await exploreRemembering(believed, OPTIONS, directory);
    const before = await kept();
    const { result } = await exploreRemembering(careless, NOTHING, directory);
    expect(result.violations).toEqual([]);
    const other = await exploreRemembering({ ...believed, name: 'another' }, NOTHING, directory);
    expect(other.result.violations).toEqual([]);
    expect(await kept()).toEqual(before);
  });

  it('warns of a corpus that is none, and explores all the same', async () => {
    await writeFile(join(directory, '.powercut'), '');
    const { result, warnings } = await exploreRemembering(believed, OPTIONS, directory);
    expect(result.verdict).toBe('violated');
    expect(warnings.map(({ code }) => code)).toEqual(['CORPUS_NOT_A_DIRECTORY']);
  });
});
