import { DEFAULT_OPTIONS, type DiskModelName, exploreSuite, type Suite, type SuiteResult } from 'powercut';
import { describe, expect, it } from 'vitest';
import steno from './steno.suite.js';
import writeFileAtomic from './write-file-atomic.suite.js';

const explore = (suite: Suite, disk: DiskModelName): Promise<SuiteResult> =>
  exploreSuite(suite, { ...DEFAULT_OPTIONS, runs: 20, workloads: 3, disk });

const broken = ({ violations }: SuiteResult): readonly string[] =>
  violations.map(({ invariant }) => invariant).sort();

const messageOf = ({ violations }: SuiteResult, name: string): string | undefined =>
  violations.find(({ invariant }) => invariant === name)?.message;

describe('steno', () => {
  it('leaves an empty or partial file after a power cut', async () => {
    const result = await explore(steno, 'posix');
    expect(broken(result)).toEqual(['latest', 'whole']);
    expect(messageOf(result, 'whole')).toMatch(/the file is (empty|\d+ characters)/);
    expect(result.asExpected).toBe(true);
  });

  it('loses nothing when only its process dies', async () => {
    expect(broken(await explore(steno, 'process-kill'))).toEqual([]);
  });
});

describe('write-file-atomic', () => {
  it('has exactly one gap: the rename may be taken back', async () => {
    const result = await explore(writeFileAtomic, 'posix');
    expect(broken(result)).toEqual(['latest']);
    expect(messageOf(result, 'latest')).toMatch(
      /^note \d was acknowledged, and (there is none|note \d is there)$/,
    );
  });

  it('loses nothing when only its process dies', async () => {
    expect(broken(await explore(writeFileAtomic, 'process-kill'))).toEqual([]);
  });
});
