/** A journal, as the life would have written it on a disk on which the files that it meets have other numbers. */
import type { DiskImage } from './disk-image.js';
import type { JournalEntry } from './journal.js';
import type { EntryChange } from './micro-operation.js';

/** A disk, and the i-nodes there of the files that a life meets, in the order in which it meets them. */
export interface MetFiles {
  readonly image: DiskImage;
  readonly inos: readonly number[];
}

/** `entries` of a life that began on `from`, for one that begins on `to`. O(files + entries) */
export const renumberFiles = (
  entries: readonly JournalEntry[],
  from: MetFiles,
  to: MetFiles,
): readonly JournalEntry[] => {
  const first = from.image.nextIno;
  const shift = to.image.nextIno - first;
  const isSame = shift === 0 && from.inos.every((ino, file) => ino === to.inos[file]);
  if (isSame) return entries;
  const pairs = new Map(from.inos.map((ino, file) => [ino, to.inos[file] ?? ino]));
  // What the life met is paired. All else that it names, it made.
  const numberOf = (ino: number): number => pairs.get(ino) ?? ino + shift;
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
