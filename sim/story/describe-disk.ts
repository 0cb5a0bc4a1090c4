/** The disk in words: micro-operations, and files with their sizes, by the paths they had in one life. */
import { type DiskImage, type FileInode, type Inode, ROOT_INO } from '../disk/crash-model/disk-image.js';
import type { JournalEntry } from '../disk/crash-model/journal.js';
import {
  type EntriesChange,
  isData,
  type MicroOperation,
  sectorsOf,
} from '../disk/crash-model/micro-operation.js';
import { SECTOR_BYTES } from '../disk/crash-model/sector.js';

/** Visits everything that a name leads to, directories before what is in them. */
const walk = (image: DiskImage, visit: (path: string, ino: number, inode: Inode) => void): void => {
  const enter = (ino: number, path: string): void => {
    const inode = image.inodes.get(ino);
    if (inode?.kind !== 'directory') return;
    for (const [name, child] of inode.entries) {
      const found = image.inodes.get(child);
      const full = `${path}/${name}`;
      if (found !== undefined) visit(full, child, found);
      enter(child, full);
    }
  };
  enter(ROOT_INO, '');
};

/** The path that each inode was last given in a life. */
export class Paths {
  private readonly known = new Map<number, string>([[ROOT_INO, '']]);

  constructor(image: DiskImage) {
    walk(image, (path, ino) => void this.known.set(ino, path));
  }

  pass(entry: JournalEntry): void {
    if (entry.kind !== 'entries') return;
    for (const { directory, name, ino } of entry.changes) {
      if (ino !== undefined) this.known.set(ino, this.entry(directory, name));
    }
  }

  of(ino: number): string {
    return this.known.get(ino) || '/';
  }

  entry(directory: number, name: string): string {
    return `${this.known.get(directory) ?? ''}/${name}`;
  }
}

const describeEntries = ({ changes }: EntriesChange, paths: Paths): string => {
  const from = changes.find(({ ino }) => ino === undefined);
  const to = changes.find(({ ino }) => ino !== undefined);
  if (changes.length === 2 && from !== undefined && to !== undefined)
    return `rename of ${paths.entry(from.directory, from.name)} to ${paths.entry(to.directory, to.name)}`;
  const names = changes.map(({ directory, name, ino }) => {
    const full = paths.entry(directory, name);
    return ino === undefined ? `removal of directory entry ${full}` : `directory entry ${full}`;
  });
  return names.join(' together with ');
};

interface Bytes {
  readonly ino: number;
  readonly from: number;
  to: number;
}

interface Size {
  readonly ino: number;
  size: number;
}

type Word = string | Bytes | Size;

const covers = (known: Word, ino: number, from: number): boolean =>
  typeof known === 'object' &&
  'to' in known &&
  known.ino === ino &&
  known.from <= from &&
  from + SECTOR_BYTES <= known.to;

/** The words of the write under way: one call grows its file page by page, and appears as one. */
const underWay = (words: readonly Word[], ino: number): readonly (Bytes | Size)[] => {
  const found: (Bytes | Size)[] = [];
  for (const word of words.slice(-2)) {
    if (typeof word === 'object' && word.ino === ino) found.push(word);
    else found.length = 0;
  }
  return found;
};

const PAGE_BYTES = 4096;

const textOf = (word: Word, paths: Paths): string => {
  if (typeof word === 'string') return word;
  const path = paths.of(word.ino);
  return 'size' in word ? `${path} size ${word.size} B` : `${path} bytes ${word.from}–${word.to - 1}`;
};

/** What was written, each piece in words; neighbouring sectors of a file as one. */
export const describeOperations = (operations: readonly MicroOperation[], paths: Paths): string[] => {
  const words: Word[] = [];
  for (const operation of operations) {
    if (isData(operation)) {
      for (const { ino, index } of sectorsOf(operation)) {
        const from = index * SECTOR_BYTES;
        const before = underWay(words, ino).find((word) => 'to' in word && word.to === from);
        if (before !== undefined && 'to' in before) before.to += SECTOR_BYTES;
        // What one write covers and another wrote before is there, or lost, once.
        else if (!words.some((known) => covers(known, ino, from)))
          words.push({ ino, from, to: from + SECTOR_BYTES });
      }
    } else if (operation.kind === 'size') {
      const { ino, size } = operation;
      const before = underWay(words, ino).find(
        (word) => 'size' in word && word.size < size && word.size % PAGE_BYTES === 0,
      );
      if (before !== undefined && 'size' in before) before.size = size;
      else words.push({ ino, size });
    } else if (operation.kind === 'mode') {
      words.push(`${paths.of(operation.ino)} mode`);
    } else {
      words.push(describeEntries(operation, paths));
    }
  }
  const counts = new Map<string, number>();
  for (const word of words) {
    const text = textOf(word, paths);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text}, ${count} times`));
};

interface NamedFile {
  readonly path: string;
  readonly ino: number;
  readonly file: FileInode;
}

/** Every file of an image, in the order of its directories. */
export const filesOf = (image: DiskImage): readonly NamedFile[] => {
  const files: NamedFile[] = [];
  walk(image, (path, ino, inode) => {
    if (inode.kind === 'file') files.push({ path, ino, file: inode });
  });
  return files;
};

/** Directories with nothing in them: all others show in the paths of what is in them. */
const emptyDirectoriesOf = (image: DiskImage): string[] => {
  const empty: string[] = [];
  walk(image, (path, _ino, inode) => {
    if (inode.kind === 'directory' && inode.entries.size === 0) empty.push(path);
  });
  return empty;
};

/** '/log (1536 B)', '/note (empty)', '/data (an empty directory)'. */
export const describeFiles = (image: DiskImage): string[] => [
  ...filesOf(image).map(({ path, file: { size } }) => `${path} (${size === 0 ? 'empty' : `${size} B`})`),
  ...emptyDirectoriesOf(image).map((path) => `${path} (an empty directory)`),
];
