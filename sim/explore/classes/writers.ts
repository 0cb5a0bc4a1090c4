/** Which micro-operations of a life write the cells of a read. */
import { READ } from '../../disk/crash-model/image-reads.js';
import { blockOf, isData, type MicroOperation, sectorsOf } from '../../disk/crash-model/micro-operation.js';
import type { CellRead } from './cell-reads.js';
import { entryCell } from './loss-tree.js';

const NONE: readonly MicroOperation[] = [];

export class Writers {
  private readonly byCell = new Map<string, MicroOperation[]>();
  private readonly naming: MicroOperation[] = [];
  private readonly all: MicroOperation[] = [];

  add(operation: MicroOperation): void {
    this.all.push(operation);
    if (isData(operation)) {
      const { ino } = operation;
      const sectors = sectorsOf(operation);
      for (const { index } of sectors) this.put(`sector ${ino} ${index}`, operation);
      const blocks = new Set(sectors.map(({ index }) => blockOf(index)));
      for (const block of blocks) this.put(`block ${ino} ${block}`, operation);
      return;
    }
    if (operation.kind !== 'entries') {
      this.put(`${operation.kind} ${operation.ino}`, operation);
      return;
    }
    this.naming.push(operation);
    for (const { directory, name } of operation.changes) this.put(entryCell(directory, name), operation);
    for (const directory of new Set(operation.changes.map((change) => change.directory)))
      this.put(`names ${directory}`, operation);
  }

  /** In issue order for each of its cells. */
  of({ kind, ino, at, name }: CellRead): readonly MicroOperation[] {
    switch (kind) {
      case READ.entry:
        return this.get(entryCell(ino, name));
      case READ.names:
        return this.get(`names ${ino}`);
      case READ.size:
        return this.get(`size ${ino}`);
      case READ.mode:
        return this.get(`mode ${ino}`);
      case READ.links:
        return this.naming;
      case READ.bytes:
      case READ.isHole:
        return this.withSizes(`sector ${ino} ${at}`, ino);
      case READ.isEmptyBlock:
        return this.withSizes(`block ${ino} ${at}`, ino);
      case READ.random:
        return NONE;
      default:
        return this.all;
    }
  }

  /** Those that write a part of a file, and those that change its size. */
  private withSizes(cell: string, ino: number): readonly MicroOperation[] {
    const [writes, sizes] = [this.get(cell), this.get(`size ${ino}`)];
    if (writes.length === 0) return sizes;
    return sizes.length === 0 ? writes : [...writes, ...sizes];
  }

  private get(cell: string): readonly MicroOperation[] {
    return this.byCell.get(cell) ?? NONE;
  }

  private put(cell: string, operation: MicroOperation): void {
    const operations = this.byCell.get(cell);
    if (operations === undefined) this.byCell.set(cell, [operation]);
    else operations.push(operation);
  }
}
