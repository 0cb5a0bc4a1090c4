import { describe, expect, it } from 'vitest';
import { replay } from '../../exports/index.js';
import { explored } from '../explored.js';
import steno from './steno.suite.js';

describe('steno', () => {
  it('leaves a torn file under posix, as it renames what it never synced', async () => {
    const { result, broken, stories } = await explored(steno, 'posix');
    expect(result).toMatchObject({ verdict: 'violated', asExpected: true });
    expect(broken).toEqual(['acknowledged saves survive', 'never torn']);
    const story = stories['never torn'];
    expect(story).toMatch(/rename \/notes\/\.note\.txt\.tmp -> \/notes\/note\.txt/);
    expect(story).toMatch(/Lost, as no fsync covered it: bytes 0 to 511 of \/notes\/note\.txt\./);
    expect(story).toMatch(/What is wrong: The file is 20 bytes that are no version: "\\u0000/);
    for (const { token, invariant, digest } of result.violations) {
      const again = await replay(token, [steno]);
      expect(again).toMatchObject({ same: true, digest });
      expect(again.violated.map((broken) => broken.invariant)).toContain(invariant);
    }
  });

  it('may lose a save where writes reach the disk in order, but never tears one', async () => {
    expect((await explored(steno, 'prefix')).broken).toEqual(['acknowledged saves survive']);
  });

  it('is safe under process-kill', async () => {
    const { result } = await explored(steno, 'process-kill');
    expect(result).toMatchObject({ verdict: 'holds', violations: [] });
    expect(result.exploration.images.checked).toBeGreaterThan(20);
  });
});
