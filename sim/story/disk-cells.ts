/** Follows the disk of one life cell by cell: what is volatile, and what a sync makes durable. */

import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { Frontier, type StartState } from '../disk/crash-model/durability.js';
import type { JournalEntry } from '../disk/crash-model/journal.js';
import { isData, type MicroOperation, sectorsOf } from '../disk/crash-model/micro-operation.js';
import type { CellChange, DiskCell } from '../result/result.js';
import { Paths } from './describe-disk.js';

/** A cell of a file, with what an operation put into it. */
interface FilledCell extends DiskCell {
  readonly inode: number;
  readonly content?: Uint8Array;
  readonly size?: number;
}

const cellsOf = (operation: MicroOperation, paths: Paths): readonly FilledCell[] => {
  if (isData(operation))
    return sectorsOf(operation).map(({ ino, index, sector }) => ({
      path: paths.of(ino),
      part: 'data',
      sector: index,
      inode: ino,
      content: sector.bytes,
    }));
  if (operation.kind === 'entries')
    return operation.changes.map(({ directory, name, ino = 0 }) => ({
      path: paths.entry(directory, name),
      part: 'name',
      inode: ino,
    }));
  const { ino, kind } = operation;
  const size = kind === 'size' ? { size: operation.size } : {};
  return [{ path: paths.of(ino), part: kind, inode: ino, ...size }];
};

/** Without the zeros at the end, which the size of a sector or file implies. */
const withoutZeros = (bytes: Uint8Array): Uint8Array =>
  bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);

/** The bytes of files in base64 without the zeros at their end, as many as are kept. */
export class KeptBytes {
  private left: number;
  private readonly known = new Map<Uint8Array, string>();

  constructor(most: number) {
    this.left = most;
  }

  /** Undefined once there are too many. The same array counts once. */
  of(bytes: Uint8Array): string | undefined {
    const known = this.known.get(bytes);
    if (known !== undefined) return known;
    const data = withoutZeros(bytes);
    if (data.length > this.left) return undefined;
    this.left -= data.length;
    const text = Buffer.from(data).toString('base64');
    this.known.set(bytes, text);
    return text;
  }
}

const keyOf = ({ path, part, sector = 0 }: DiskCell): string => `${part} ${sector} ${path}`;

export class DiskCells {
  readonly frontier: Frontier;
  readonly paths: Paths;
  private readonly survivesAll: boolean;

  constructor(
    start: StartState,
    model: DiskModel,
    private readonly kept: KeptBytes,
  ) {
    this.frontier = new Frontier(start, model);
    this.paths = new Paths(start.image);
    this.survivesAll = model.volatileSurvives === 'all';
  }

  /** Passes one journal entry; says which cells it changed, and to what. */
  pass(entry: JournalEntry): readonly CellChange[] {
    const before = this.frontier.volatile;
    const known = before.length;
    this.paths.pass(entry);
    this.frontier.pass(entry);
    const after = this.frontier.volatile;
    if (entry.kind === 'sync' || entry.kind === 'failed-sync')
      return this.settled(before, entry.kind === 'sync' ? 'durable' : 'lost');
    if (this.survivesAll) {
      const isOperation = !['birth', 'observed', 'rot', 'flush'].includes(entry.kind);
      return isOperation ? this.inState([entry as MicroOperation], 'durable', true) : []; // the kinds that are left
    }
    return this.inState(after.slice(known), 'volatile', true);
  }

  /** The cells of what is volatile no longer, unless something later is on its way to them. */
  private settled(before: readonly MicroOperation[], state: CellChange['state']): readonly CellChange[] {
    const left = new Set(this.frontier.volatile.map(({ id }) => id));
    const gone = before.filter(({ id }) => !left.has(id));
    const busy = new Set(this.frontier.volatile.flatMap((one) => cellsOf(one, this.paths)).map(keyOf));
    return this.inState(gone, state).filter((cell) => !busy.has(keyOf(cell)));
  }

  /** @param isNew the operations happen now: otherwise only the state of their cells changes */
  inState(
    operations: readonly MicroOperation[],
    state: CellChange['state'],
    isNew = false,
  ): readonly CellChange[] {
    const changes = new Map<string, CellChange>();
    for (const operation of operations)
      for (const { content, size, ...cell } of cellsOf(operation, this.paths)) {
        const bytes = isNew && content !== undefined ? this.kept.of(content) : undefined;
        changes.set(keyOf(cell), {
          ...cell,
          state,
          ...(bytes === undefined ? {} : { bytes }),
          ...(size === undefined || !isNew ? {} : { size }),
        });
      }
    return [...changes.values()];
  }
}
