import { describe, expect, it } from 'vitest';
import { DISK_MODELS } from '../disk/crash-model/disk-models.js';
import { compareMany } from './compare-reference.js';

describe('compareMany: crashStates', () => {
  it.each(Object.values(DISK_MODELS))(
    'yields the images of the brute-force reference under $name',
    ({ name }) => {
      const { compared, differences } = compareMany([name], 25, 5);
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(20);
    },
  );
});
