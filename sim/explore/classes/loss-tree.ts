/**
 * Which losses of a power cut make a difference. That is found out as lives read: what no life reads stays undecided, and one
 * image stands for all losses that agree in what is decided.
 *
 * A stretch is a part of a life in which nothing becomes durable and the outside world learns nothing. A power cut at its end
 * may leave all that one before may leave: the writes that are issued later are lost.
 *
 * Of each cell (a sector, a size, a mode, a name) the versions survive in their order, so its fate is how many of them did.
 */
import type { Fill } from '../../disk/crash-model/crash-image.js';
import type { CrashState, Frontier } from '../../disk/crash-model/durability.js';
import { isData, type MicroOperation } from '../../disk/crash-model/micro-operation.js';

export interface Stretch {
  /** As it is at the end of the stretch. */
  readonly frontier: Frontier;
  /** The number of volatile operations that were issued before it. */
  readonly from: number;
  /** Journal entries that had happened before each of the volatile operations was issued, and at the end. */
  readonly ats: readonly number[];
  /** Of each operation, by number: those that must survive if it does. */
  readonly predecessors: ReadonlyMap<number, readonly number[]>;
  /** The numbers of the volatile operations. */
  readonly ids: ReadonlySet<number>;
  /** The number of the last operation that was issued. */
  readonly lastId: number;
}

/** Whether what an operation of the life wrote was durable. */
export const isDurable = ({ ids, lastId }: Stretch, { id }: MicroOperation): boolean =>
  id <= lastId && !ids.has(id);

/** How the power fails, but for what is lost. */
export interface Cut {
  /** This many of the volatile operations had been issued. */
  readonly issued: number;
  readonly fill: Fill;
  /** For 'garbage': the write that the power failed in, by index. */
  readonly torn?: number;
}

/** How many versions of each cell may survive. Cells that are missing are undecided. */
export type Decided = Map<string, readonly number[]>;

/** The cell of a name. Those of one directory begin with the one of an empty name. */
export const entryCell = (directory: number, name: string): string => `entry ${directory} ${name}`;

/** The cells that an operation writes. */
const cellsOf = (operation: MicroOperation): readonly string[] =>
  operation.kind === 'entries'
    ? operation.changes.map(({ directory, name }) => entryCell(directory, name))
    : [isData(operation) ? `data ${operation.ino} ${operation.index}` : `${operation.kind} ${operation.ino}`];

/** All losses of one kind of power cut. */
export class LossTree {
  private readonly frontier: Frontier;
  private readonly indexes: ReadonlyMap<number, number>;
  private readonly before: readonly (readonly number[])[];
  /** The operations that write a cell, by index, in their order. */
  private readonly versions = new Map<string, number[]>();

  constructor(
    readonly stretch: Stretch,
    readonly cut: Cut,
  ) {
    const { frontier, predecessors } = stretch;
    this.frontier = cut.issued === stretch.ids.size ? frontier : frontier.copy(cut.issued);
    const { volatile } = this.frontier;
    const indexes = new Map(volatile.map(({ id }, index) => [id, index]));
    this.indexes = indexes;
    this.before = volatile.map(({ id }) =>
      (predecessors.get(id) ?? []).flatMap((one) => indexes.get(one) ?? []),
    );
    for (const [index, operation] of volatile.entries())
      for (const cell of cellsOf(operation)) {
        const versions = this.versions.get(cell);
        if (versions === undefined) this.versions.set(cell, [index]);
        else versions.push(index);
      }
  }

  /** Nothing is decided but what makes this cut. */
  root(): Decided {
    const { torn } = this.cut;
    const operation = torn === undefined ? undefined : this.operation(torn);
    if (torn === undefined || operation === undefined) return new Map();
    return new Map(
      cellsOf(operation).map((cell) => {
        const most = this.versionsOf(cell).indexOf(torn);
        return [cell, Array.from({ length: most + 1 }, (_, count) => count)];
      }),
    );
  }

  operation(index: number): MicroOperation | undefined {
    return this.frontier.volatile[index];
  }

  /** The operations that give a cell its versions, by index, in their order. */
  versionsOf(cell: string): readonly number[] {
    return this.versions.get(cell) ?? [];
  }

  /** The durable size of a file. */
  sizeBefore(ino: number): number {
    const inode = this.frontier.base.inodes.get(ino);
    return inode?.kind === 'file' ? inode.size : 0;
  }

  /** The cells that have volatile versions and begin with this. */
  cellsWith(prefix: string): readonly string[] {
    return [...this.versions.keys()].filter((cell) => cell.startsWith(prefix));
  }

  /** Where an operation of the life, or one that was carried into it, stands among the volatile ones. */
  indexOf({ id }: MicroOperation): number | undefined {
    return this.indexes.get(id);
  }

  /** How many versions of a cell survive. */
  survivingOf(cell: string, isLost: Uint8Array): number {
    let count = 0;
    for (const index of this.versionsOf(cell)) if (isLost[index] === 0) count += 1;
    return count;
  }

  /** Whether it is decided that all that a killed life left survives. */
  keepsCarried(decided: Decided): boolean {
    const { volatile } = this.frontier;
    for (const [index, operation] of volatile.entries()) {
      if (operation.id >= 0) return true;
      const isKept = cellsOf(operation).some((cell) => {
        const [fewest = 0] = decided.get(cell) ?? [];
        return fewest > this.versionsOf(cell).indexOf(index);
      });
      if (!isKept) return false;
    }
    return true;
  }

  /**
   * The fewest losses that agree with what is decided. Undefined: the model allows none. If two sets of losses agree with it,
   * so does what both have lost: so there is a least one, and losing more only where it must be finds it.
   */
  complete(decided: Decided): Uint8Array | undefined {
    const isLost = new Uint8Array(this.before.length);
    for (;;) {
      let isChanged = false;
      for (const [cell, allowed] of decided) {
        const count = this.survivingOf(cell, isLost);
        if (allowed.includes(count)) continue;
        const fewer = allowed.findLast((one) => one < count);
        if (fewer === undefined) return undefined;
        for (const index of this.versionsOf(cell).slice(fewer)) isLost[index] = 1;
        isChanged = true;
      }
      if (!isChanged) return isLost;
      for (let index = 0; index < isLost.length; index++)
        if (this.before[index]?.some((one) => isLost[one] === 1) === true) isLost[index] = 1;
    }
  }

  /** The state that these losses leave. Where no old bytes and no garbage show, the crash is one that fills with zeros. */
  state(isLost: Uint8Array): CrashState {
    const { fill, torn, issued } = this.cut;
    const { ats } = this.stretch;
    const at = (issued === this.stretch.ids.size ? ats.at(-1) : ats[issued]) ?? 0;
    const lost: number[] = [];
    isLost.forEach((one, index) => {
      if (one === 1) lost.push(index);
    });
    const survival = { lost, fill, ...(torn === undefined ? {} : { torn }) };
    const state = this.frontier.state(at, survival) ?? this.frontier.state(at, { lost, fill: 'zero' });
    if (state === undefined) throw new Error('Filling with zeros always gives an image.');
    return state;
  }
}
