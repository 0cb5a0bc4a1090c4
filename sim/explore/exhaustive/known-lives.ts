/**
 * The lives that were run, by what they read. A life is a pure function of the history and of what it reads of the image, so
 * a start with an equal history, on a disk that agrees in all this, gives the same life again.
 *
 * A life asks for its next value by what it has read so far. So the lives of one history are a tree: each branches off from
 * an earlier one where it reads something else.
 */
import type { DiskImage } from '../../disk/crash-model/disk-image.js';
import { ImageReader, type ImageReads } from '../../disk/crash-model/image-reads.js';
import type { JournalEntry } from '../../disk/crash-model/journal.js';
import { type Reallocated, reallocate } from '../../disk/crash-model/reallocate-journal.js';
import { renumberFiles } from '../../disk/crash-model/renumber-files.js';
import type { Broken } from '../../life/life-record.js';
import { type ChunkedReads, chunkOf, positionInChunk, SharedReads } from './shared-reads.js';

/** What a life did: all that is needed to cut it once more on another disk. */
export interface KnownLife<Reads = ChunkedReads> {
  /** Where it began; undefined where there are no entries, which alone refer to it. */
  readonly image: DiskImage | undefined;
  /** Of the state that it started from. */
  readonly key: string;
  readonly reads: Reads;
  /** Undefined: something was broken, and nothing goes on from there. */
  readonly entries: readonly JournalEntry[] | undefined;
  readonly broken: readonly Broken[];
}

/** A known life that would go the same way on a disk, and that disk's i-nodes of the files that it meets. */
export interface SameLife {
  readonly life: KnownLife;
  readonly inos: readonly number[];
}

/** `entries` of a known life as it would write them on a disk on which it goes the same way. O(files + entries) */
export const movedTo = (
  image: DiskImage,
  entries: readonly JournalEntry[],
  { life, inos }: SameLife,
): Reallocated => {
  if (life.image === undefined) return { entries: [], replacesZeros: false };
  const met = { image: life.image, inos: life.reads.inos };
  return reallocate(renumberFiles(entries, met, { image, inos }), image);
};

interface Branch {
  readonly life: KnownLife;
  /** By the number of the read at which others leave this life, and by what they read there. */
  readonly others: Map<number, Map<string, Branch>>;
}

const branchOf = (life: KnownLife): Branch => ({ life, others: new Map() });

/** Where the path of a disk through the tree ends: at a life that agrees to its end, or at a value that no life has read. */
interface End {
  readonly branch: Branch;
  /** Undefined: the branch's life agrees. */
  readonly leaves: { readonly at: number; readonly value: string } | undefined;
}

const follow = (root: Branch, reader: ImageReader, depth: number): End => {
  let branch = root;
  for (let read = 0; ; read++) {
    const { reads } = branch.life;
    const chunk = chunkOf(reads, read);
    const at = positionInChunk(read);
    const kind = chunk?.[at];
    if (chunk === undefined || kind === undefined) return { branch, leaves: undefined };
    const place = chunk[at + 2] ?? 0;
    reader.read(kind, chunk[at + 1] ?? 0, place, chunk[at + 3] ?? 0, reads.names[place] ?? '', depth);
    if (reader.value1 === chunk[at + 4] && reader.value2 === chunk[at + 5]) continue;
    const value = `${reader.value1} ${reader.value2}`;
    const other = branch.others.get(read)?.get(value);
    if (other === undefined) return { branch, leaves: { at: read, value } };
    branch = other;
  }
};

export class KnownLives {
  private readonly roots = new Map<string, Branch>();
  private readonly reads = new SharedReads();

  /** The life that starting on `image` would repeat. O(values that it reads) */
  find(history: string, image: DiskImage, depth: number): SameLife | undefined {
    const root = this.roots.get(history);
    if (root === undefined) return undefined;
    const reader = new ImageReader(image);
    const { branch, leaves } = follow(root, reader, depth);
    return leaves === undefined ? { life: branch.life, inos: reader.inos } : undefined;
  }

  /** Adds a life that {@link find} did not know, and gives it as it is kept. O(values that it read) */
  add(
    history: string,
    image: DiskImage,
    lived: Omit<KnownLife<ImageReads>, 'image'>,
    depth: number,
  ): KnownLife {
    const isCut = lived.entries !== undefined && lived.entries.length > 0;
    const life = { ...lived, reads: this.reads.share(lived.reads), image: isCut ? image : undefined };
    this.place(history, image, life, depth);
    return life;
  }

  private place(history: string, image: DiskImage, life: KnownLife, depth: number): void {
    const root = this.roots.get(history);
    if (root === undefined) {
      this.roots.set(history, branchOf(life));
      return;
    }
    const { branch, leaves } = follow(root, new ImageReader(image), depth);
    // The program did not do the same twice. The check in new processes finds that; this life is not reused.
    if (leaves === undefined) return;
    const { others } = branch;
    const values = others.get(leaves.at) ?? new Map<string, Branch>();
    others.set(leaves.at, values.set(leaves.value, branchOf(life)));
  }
}
