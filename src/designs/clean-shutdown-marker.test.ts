import { describe, expect, it } from 'vitest';
import { testEnvironment } from '../testing/test-environment.js';
import { leaveMarker, takeMarker } from './clean-shutdown-marker.js';

describe('leaveMarker and takeMarker', () => {
  it('is there once after it was left, however often it was left before', async () => {
    const { fs } = testEnvironment();
    await fs.mkdir('/bank');
    expect(await takeMarker(fs, '/bank')).toBe(false);
    for (let shutdown = 0; shutdown < 2; shutdown++) {
      await leaveMarker(fs, '/bank');
      await leaveMarker(fs, '/bank');
      expect(await takeMarker(fs, '/bank')).toBe(true);
      expect(await takeMarker(fs, '/bank')).toBe(false);
    }
  });

  it('is not taken for absent when it can not be removed', async () => {
    const { fs } = testEnvironment();
    await fs.mkdir('/bank/clean-shutdown', { recursive: true });
    await expect(takeMarker(fs, '/bank')).rejects.toThrow();
  });
});
