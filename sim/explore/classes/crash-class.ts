/**
 * Classes of crash states: the states of one class agree in everything that any life reads from there on, whatever crashes
 * follow. So one of them stands for all.
 *
 * Lives tell one after the other which cells are read. A class begins with little, and each further read may take members away.
 * The classes of a history are a tree: each left another one where it read something else.
 */
import type { Crash } from '../../disk/crash-model/durability.js';
import type { LifeStart } from '../../life/life-record.js';
import type { CellRead, SequencedRead, StateReader } from './cell-reads.js';
import type { Decided, LossTree, Stretch } from './loss-tree.js';
import type { Writers } from './writers.js';

/** Where a state came from: a crash of the life of another class. */
export type Origin = PowerCut | ProcessKill;

export interface PowerCut {
  readonly kind: 'power cut';
  readonly owner: CrashClass;
  readonly tree: LossTree;
  /** What is decided of the losses, by cell. */
  readonly decided: Decided;
  readonly isLost: Uint8Array;
}

export interface ProcessKill {
  readonly kind: 'process kill';
  readonly owner: CrashClass;
  /** As if a stretch had ended where the process was killed. */
  readonly stretch: Stretch;
}

/**
 * A crash state, with all others that agree in what was decided of it. Nothing but its losses is kept: its image is rebuilt for
 * each comparison.
 */
export interface Member {
  readonly origin: Origin;
  /** Reads of its class that it was compared by. */
  compared: number;
}

/** A state that was built, and its reader. */
export interface Built {
  readonly start: LifeStart;
  readonly reader: StateReader;
}

/** The state that stands for a class. */
export interface Standing extends Built {
  /** The crashes that led to it. */
  readonly crashes: readonly Crash[];
}

const keyOf = ({ layer, kind, at, range, name }: Omit<CellRead, 'ino'>, file: number): string =>
  `${layer} ${kind} ${file} ${at} ${range} ${name}`;

export class CrashClass {
  readonly reads: SequencedRead[];
  members: Member[] = [];
  /** What the operations of its life write, once that is known. */
  writers: Writers | undefined;
  /** Reads of classes to which its crashes lead that no operation writes, and the i-node of each: they are read of this one. */
  readonly passedOn = new Map<SequencedRead, number>();
  private readonly known = new Set<string>();
  private readonly cuts = new Map<Stretch, Set<string>>();
  /** By the number of the read at which others leave, and by what they read there. */
  private readonly others = new Map<number, Map<string, CrashClass>>();

  /** @param reads in which all members agree with `stands` */
  constructor(
    readonly stands: Standing,
    reads: readonly SequencedRead[],
  ) {
    this.reads = [...reads];
    for (const read of reads) this.known.add(keyOf(read, read.file));
  }

  /** From now on, members agree in this, too. False: they did already, or the file is none that can make a difference. */
  require(read: CellRead): boolean {
    const { reader } = this.stands;
    const file = reader.numberOf(read.ino);
    if (file === undefined) return false;
    const key = keyOf(read, file);
    if (this.known.has(key)) return false;
    this.known.add(key);
    reader.read(read, file);
    const { layer, kind, at, range, name } = read;
    this.reads.push({ layer, kind, file, at, range, name, value1: reader.value1, value2: reader.value2 });
    return true;
  }

  /** The cuts of a stretch that were explored, besides the one that fills with zeros. */
  cutsOf(stretch: Stretch): Set<string> {
    const cuts = this.cuts.get(stretch) ?? new Set();
    this.cuts.set(stretch, cuts);
    return cuts;
  }

  /** The class of those that read something else; undefined: there is none yet. */
  other(at: number, { value1, value2 }: StateReader): CrashClass | undefined {
    return this.others.get(at)?.get(`${value1} ${value2}`);
  }

  /** Adds the class of those that read what `stands` has read last. */
  branch(at: number, read: SequencedRead, stands: Standing): CrashClass {
    const { value1, value2 } = stands.reader;
    const values = this.others.get(at) ?? new Map<string, CrashClass>();
    const branch = new CrashClass(stands, [...this.reads.slice(0, at), { ...read, value1, value2 }]);
    this.others.set(at, values.set(`${value1} ${value2}`, branch));
    return branch;
  }
}
