import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HISTORY } from '../../suite/history.js';
import { diskPrograms, runProgram, USED_DISK } from '../../testing/disk-programs.js';
import type { DiskImage, Inode } from './disk-image.js';
import { diskModel } from './disk-models.js';
import { Frontier } from './durability.js';
import type { JournalEntry } from './journal.js';
import { reallocate } from './reallocate-journal.js';
import { ZERO_SECTOR } from './sector.js';

const imageAfter = (entries: readonly JournalEntry[]): DiskImage => {
  const frontier = new Frontier({ image: USED_DISK, history: EMPTY_HISTORY }, diskModel('posix'));
  for (const entry of entries) frontier.pass(entry);
  const state = frontier.state(entries.length, { lost: [], fill: 'zero' });
  if (state === undefined) throw new Error('Filling with zeros always gives an image.');
  return state.image;
};

/** The same content, with zeros written wherever there was a hole. */
const withoutHoles = (image: DiskImage): DiskImage => {
  const written = { ...ZERO_SECTOR, isHole: false };
  const filled = (inode: Inode): Inode =>
    inode.kind === 'file'
      ? { ...inode, sectors: inode.sectors.map((sector) => (sector === ZERO_SECTOR ? written : sector)) }
      : inode;
  return { ...image, inodes: new Map([...image.inodes].map(([ino, inode]) => [ino, filled(inode)])) };
};

/** A journal as text, without the bytes. */
const textOf = (entries: readonly JournalEntry[]): string =>
  JSON.stringify(entries, (key, value: unknown) => (key === 'bytes' ? undefined : value));

describe('reallocate: a journal on a disk whose holes are elsewhere', () => {
  it('is what the life would have written there', () => {
    let differing = 0;
    fc.assert(
      fc.property(diskPrograms(5), diskPrograms(5), (first, second) => {
        const withHoles = imageAfter(runProgram(USED_DISK, first));
        const without = withoutHoles(withHoles);
        const [one, other] = [runProgram(withHoles, second), runProgram(without, second)];
        if (textOf(one) !== textOf(other)) differing += 1;
        expect(textOf(reallocate(one, without).entries)).toBe(textOf(other));
        expect(textOf(reallocate(other, withHoles).entries)).toBe(textOf(one));
      }),
      { numRuns: 200, seed: 7 },
    );
    expect(differing).toBeGreaterThan(5);
  });
});
