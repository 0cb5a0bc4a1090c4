/**
 * What lives read, kept for as long as they are known. Lives of one workload read mostly the same in the same order: a log from
 * its beginning. So reads are kept in chunks, and equal chunks once: else the memory of an exploration grows with the square
 * of the workload.
 */
import { type ImageReads, READ_WIDTH } from '../../disk/crash-model/image-reads.js';
import { Hash } from '../../util/hash.js';

/** A power of two. */
const CHUNK_READS = 64;
const CHUNK_NUMBERS = CHUNK_READS * READ_WIDTH;

/** As {@link ImageReads}, in chunks. */
export interface ChunkedReads extends Omit<ImageReads, 'packed'> {
  readonly chunks: readonly Int32Array[];
}

/** The chunk that holds a read, and where in it the read begins. Undefined beyond the last one. */
export const chunkOf = ({ chunks }: ChunkedReads, read: number): Int32Array | undefined =>
  chunks[Math.floor(read / CHUNK_READS)];

export const positionInChunk = (read: number): number => (read % CHUNK_READS) * READ_WIDTH;

/** A read, without what was read. */
interface Cell {
  readonly kind: number;
  readonly file: number;
  /** A sector, or the index of a name. */
  readonly place: number;
  readonly range: number;
}

/** What was read, in its order. */
export function* eachRead({ chunks }: ChunkedReads): Generator<Cell> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += READ_WIDTH) {
      const [kind = 0, file = 0, place = 0, range = 0] = chunk.subarray(at, at + READ_WIDTH);
      yield { kind, file, place, range };
    }
  }
}

const isEqual = (one: Int32Array, other: Int32Array): boolean =>
  one.length === other.length && one.every((number, index) => number === other[index]);

const hashOf = (numbers: Int32Array): string => {
  const hash = new Hash();
  for (const number of numbers) hash.int(number);
  return hash.digest();
};

export class SharedReads {
  private readonly chunks = new Map<string, Int32Array>();

  /** The same reads, in chunks that other lives may have, too. O(reads) */
  share({ packed, names, inos }: ImageReads): ChunkedReads {
    const chunks: Int32Array[] = [];
    for (let at = 0; at < packed.length; at += CHUNK_NUMBERS)
      chunks.push(this.shared(packed.subarray(at, at + CHUNK_NUMBERS)));
    // Copies: lists that grew by pushes have room for more.
    return { names: names.slice(), inos: inos.slice(), chunks };
  }

  private shared(numbers: Int32Array): Int32Array {
    const hash = hashOf(numbers);
    const known = this.chunks.get(hash);
    if (known !== undefined && isEqual(known, numbers)) return known;
    // A copy: a part of the array would keep all of it.
    const own = numbers.slice();
    this.chunks.set(hash, own);
    return own;
  }
}
