/** A journal, as the life would have written it on a disk of equal content whose files have other numbers. */
import { type DiskImage, ROOT_INO } from './disk-image.js';
import type { JournalEntry } from './journal.js';
import type { EntryChange } from './micro-operation.js';

/** Pairs the files of two disks of equal content, by their names. */
const pairFiles = (from: DiskImage, to: DiskImage): ReadonlyMap<number, number> => {
  const pairs = new Map<number, number>();
  const walk = (left: number, right: number): void => {
    if (pairs.has(left)) return;
    pairs.set(left, right);
    const [one, other] = [from.inodes.get(left), to.inodes.get(right)];
    if (one?.kind !== 'directory' || other?.kind !== 'directory') return;
    for (const [name, child] of one.entries) {
      const twin = other.entries.get(name);
      if (twin !== undefined) walk(child, twin);
    }
  };
  walk(ROOT_INO, ROOT_INO);
  return pairs;
};

/** `entries` of a life that began on `from`, for one that begins on `to`. O(files + entries) */
export const renumberFiles = (
  entries: readonly JournalEntry[],
  from: DiskImage,
  to: DiskImage,
): readonly JournalEntry[] => {
  const pairs = pairFiles(from, to);
  const isSame = from.nextIno === to.nextIno && [...pairs].every(([left, right]) => left === right);
  if (isSame) return entries;
  const numberOf = (ino: number): number => pairs.get(ino) ?? ino - from.nextIno + to.nextIno;
  const renamed = ({ directory, name, ino }: EntryChange): EntryChange => ({
    directory: numberOf(directory),
    name,
    ino: ino === undefined ? undefined : numberOf(ino),
  });
  return entries.map((entry): JournalEntry => {
    switch (entry.kind) {
      case 'observed':
        return entry;
      case 'entries':
        return { ...entry, changes: entry.changes.map(renamed) };
      case 'block':
        return {
          ...entry,
          ino: numberOf(entry.ino),
          writes: entry.writes.map((write) => ({ ...write, ino: numberOf(write.ino) })),
        };
      default:
        return { ...entry, ino: numberOf(entry.ino) };
    }
  });
};
