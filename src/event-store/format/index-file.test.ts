import { expect, test } from 'vitest';
import { encodeIndexFile, StoredSegmentIndex } from './index-file.js';
import { GrowingSegmentIndex } from './segment-index.js';

/** The index file of these streams. The first of them are in its segment. */
const storedWith = (inSegment: readonly string[], names: readonly string[]) => {
  const versions = new Map(names.map((name, at) => [name, at + 1]));
  const events = names.reduce((sum, _, at) => sum + at + 1, 0);
  const base = events - inSegment.length + 1;
  const index = new GrowingSegmentIndex(base);
  inSegment.forEach((name, at) => {
    index.add(name, at + 1, at, base + at, 32);
  });
  const bases = base === 1 ? [1] : [1, base];
  const file = encodeIndexFile(index, { segment: bases.length, lastCrc: 7, bases, versions });
  return StoredSegmentIndex.read(file);
};

test.each([
  ['of one byte a letter', ['a', 'account-12', 'order-3']],
  ['of which one letter has more', ['a', 'konto-zürich', 'order-3']],
  ['of which the first has more, and the last', ['口座', 'a', '🙂']],
  ['of which there are none', []],
])('encodeIndexFile: an index file has the version of each stream, with names %s', (_, names) => {
  for (let inSegment = 0; inSegment <= names.length; inSegment++) {
    const stored = storedWith(names.slice(0, inSegment), names);
    expect([...(stored?.versions() ?? [])]).toEqual(names.map((name, at) => [name, at + 1]));
  }
});
