import { describe, expect, it } from 'vitest';
import { explored } from '../explored.js';
import writeFileAtomic from './write-file-atomic.suite.js';

describe('write-file-atomic', () => {
  it('has one gap under posix: the rename is undone, as the directory is not synced', async () => {
    const { result, broken, stories } = await explored(writeFileAtomic, 'posix');
    expect(result).toMatchObject({ verdict: 'violated', asExpected: true });
    expect(broken).toEqual(['acknowledged saves survive']);
    const story = stories['acknowledged saves survive'];
    expect(story).toMatch(/fsync \/notes\/note\.txt\.\d+/);
    expect(story).toMatch(
      /Lost, as no fsync covered it: the removal of the name \/notes\/note\.txt\.\d+ together with the name \/notes\/note\.txt\./,
    );
    expect(story).toMatch(/What is wrong: Version 1 was acknowledged, and the file is not there\./);
  });

  it('is safe under process-kill', async () => {
    const { result } = await explored(writeFileAtomic, 'process-kill');
    expect(result).toMatchObject({ verdict: 'holds', violations: [] });
    expect(result.exploration.images.checked).toBeGreaterThan(20);
  });
});
