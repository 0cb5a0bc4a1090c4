/**
 * Reads of a crash state, cell by cell: what a life reads, and what the lives after it do.
 *
 * A state after a power cut is one image. After a process kill it is two: what the program sees, and what is durable.
 */

import type { StartState } from '../../disk/crash-model/durability.js';
import { ImageReader } from '../../disk/crash-model/image-reads.js';
import { filesOf, hashContent } from '../../disk/crash-model/killed-process.js';
import { isData, type MicroOperation, sectorsOf } from '../../disk/crash-model/micro-operation.js';
import { type HistoryState, historyKey } from '../../suite/history.js';
import { Hash } from '../../util/hash.js';

export type Layer = 'seen' | 'durable';

/** The images that a state is. */
export const layersOf = ({ carried }: StartState): readonly Layer[] =>
  carried === undefined ? ['seen'] : ['seen', 'durable'];

/** A read that no image answers: the places that a carried operation was given on the disk. */
export const CARRIED = 100;

/** A read, whatever it returns. Files go by the number of their i-node, or by the order in which a reader meets them. */
export interface CellRead {
  readonly layer: Layer;
  /** One of READ. */
  readonly kind: number;
  readonly ino: number;
  /** A sector, a block or, for CARRIED, which of the operations. */
  readonly at: number;
  /** The bytes of the sector. */
  readonly range: number;
  /** For 'entry'. */
  readonly name: string;
}

/** A read of a sequence, with what it returned: files go by their numbers in the sequence. */
export interface SequencedRead extends Omit<CellRead, 'ino'> {
  readonly file: number;
  readonly value1: number;
  readonly value2: number;
}

const placesOf = (operation: MicroOperation | undefined): number => {
  if (operation === undefined) return 0;
  const hash = new Hash();
  if (isData(operation))
    for (const { allocates, opensBlock } of sectorsOf(operation))
      hash.int(Number(allocates)).int(Number(opensBlock));
  if (operation.kind === 'size') hash.int(Number(operation.delayed)).int(operation.flushedBefore ?? 1);
  return hash.lane1;
};

/** Equal where the outside world knows the same. The client of the first life sends all commands, later ones do not. */
export const knowledgeKey = (history: HistoryState): string =>
  history.crashes === 0 ? 'first life' : historyKey(history);

/** Reads a state; the value of the last read stands in `value1` and `value2`. */
export class StateReader {
  value1 = 0;
  value2 = 0;
  /** Equal for states that know the same and carry the same operations on the same files. */
  readonly root: string;
  private readonly carried: readonly MicroOperation[];
  private readonly seen: ImageReader;
  private readonly durable: ImageReader;

  constructor(
    { image, history, carried }: StartState,
    /** Of the random numbers that the state's life draws. */
    readonly series: number,
  ) {
    this.carried = carried?.volatile ?? [];
    this.seen = new ImageReader(image);
    this.durable = carried === undefined ? this.seen : new ImageReader(carried.base, this.seen);
    const known = knowledgeKey(history);
    if (carried === undefined) {
      this.root = known;
      return;
    }
    const census = { of: (ino: number) => this.seen.meet(ino) };
    const hash = new Hash();
    for (const operation of carried.volatile) {
      for (const ino of filesOf(operation)) this.seen.meet(ino);
      hashContent(hash, operation, census);
    }
    this.root = `${known} ${hash.digest()}`;
  }

  numberOf(ino: number): number | undefined {
    return this.seen.numberOf(ino);
  }

  inoOf(file: number): number {
    return this.seen.inos[file] ?? 0;
  }

  read({ layer, kind, at, range, name }: Omit<CellRead, 'ino'>, file: number): void {
    if (kind === CARRIED) {
      this.value1 = placesOf(this.carried[at]);
      this.value2 = 0;
      return;
    }
    const reader = layer === 'seen' ? this.seen : this.durable;
    reader.read(kind, file, at, range, name, this.series);
    this.value1 = reader.value1;
    this.value2 = reader.value2;
  }
}
