import { describe, expect, test } from 'vitest';
import { isFlat, type Reading } from './readings.js';

const MiB = 1024 * 1024;

/** A life of forty looks, a quarter of a second apart. */
const life = (reading: (look: number) => Partial<Reading>): readonly Reading[] =>
  Array.from({ length: 40 }, (_, look) => ({
    ageMs: 250 * look,
    rssBytes: 100 * MiB,
    descriptors: 30,
    events: 1000 * look,
    ...reading(look),
  }));

describe('isFlat accepts a process', () => {
  test.each<[string, (look: number) => Partial<Reading>]>([
    ['when it holds the same all the while', () => ({})],
    ['though it opens a few files for a moment', (look) => ({ descriptors: look === 20 ? 40 : 30 })],
    ['though it is still filling up while young', (look) => ({ rssBytes: Math.min(100, 20 * look) * MiB })],
    [
      'though it holds as much for each event as a store may',
      (look) => ({ rssBytes: 100 * MiB + look * 140_000 }),
    ],
  ])('%s', (_, reading) => {
    expect(isFlat([life(reading), life(reading)])).toBeUndefined();
  });
});

describe('isFlat refuses a process', () => {
  test('when descriptors are left open', () => {
    expect(isFlat([life((look) => ({ descriptors: 30 + look }))])).toContain(
      'descriptors rose from 30 to 69',
    );
  });

  test('when memory grows within a life', () => {
    expect(isFlat([life((look) => ({ rssBytes: (100 + 5 * look) * MiB }))])).toContain('within one life');
  });

  test('when each life holds more than the one before', () => {
    const lives = Array.from({ length: 10 }, (_, number) =>
      life(() => ({ rssBytes: (100 + 20 * number) * MiB })),
    );
    expect(isFlat(lives)).toContain('from life to life');
  });
});
