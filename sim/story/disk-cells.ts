/** Follows the disk of one life cell by cell: what is volatile, and what a sync makes durable. */

import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { Frontier, type StartState } from '../disk/crash-model/durability.js';
import type { JournalEntry } from '../disk/crash-model/journal.js';
import { isData, type MicroOperation, sectorsOf } from '../disk/crash-model/micro-operation.js';
import type { CellChange, DiskCell } from '../result/result.js';
import { Paths } from './describe-disk.js';

const cellsOf = (operation: MicroOperation, paths: Paths): readonly DiskCell[] => {
  if (isData(operation))
    return sectorsOf(operation).map(({ ino, index }) => ({
      path: paths.of(ino),
      part: 'data',
      sector: index,
    }));
  if (operation.kind !== 'entries') return [{ path: paths.of(operation.ino), part: operation.kind }];
  return operation.changes.map(({ directory, name }) => ({
    path: paths.entry(directory, name),
    part: 'name',
  }));
};

const keyOf = ({ path, part, sector = 0 }: DiskCell): string => `${part} ${sector} ${path}`;

export class DiskCells {
  readonly frontier: Frontier;
  readonly paths: Paths;
  private readonly survivesAll: boolean;

  constructor(start: StartState, model: DiskModel) {
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
      return isOperation ? this.inState([entry as MicroOperation], 'durable') : []; // the kinds that are left
    }
    return this.inState(after.slice(known), 'volatile');
  }

  /** The cells of what is volatile no longer, unless something later is on its way to them. */
  private settled(before: readonly MicroOperation[], state: CellChange['state']): readonly CellChange[] {
    const left = new Set(this.frontier.volatile.map(({ id }) => id));
    const gone = before.filter(({ id }) => !left.has(id));
    const busy = new Set(this.frontier.volatile.flatMap((one) => cellsOf(one, this.paths)).map(keyOf));
    return this.inState(gone, state).filter((cell) => !busy.has(keyOf(cell)));
  }

  inState(operations: readonly MicroOperation[], state: CellChange['state']): readonly CellChange[] {
    const changes = new Map<string, CellChange>();
    for (const operation of operations)
      for (const cell of cellsOf(operation, this.paths)) changes.set(keyOf(cell), { ...cell, state });
    return [...changes.values()];
  }
}
