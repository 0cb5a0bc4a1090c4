/**
 * Splits crash states into classes, as it becomes known what is read of them, and finds the losses that make a difference.
 */
import type { Fill } from '../../disk/crash-model/crash-image.js';
import type { CrashState } from '../../disk/crash-model/durability.js';
import { READ } from '../../disk/crash-model/image-reads.js';
import { isData } from '../../disk/crash-model/micro-operation.js';
import { type CellRead, type SequencedRead, StateReader } from './cell-reads.js';
import { type CellValues, valuesRead } from './cell-values.js';
import {
  type Built,
  CrashClass,
  type Member,
  type Origin,
  type PowerCut,
  type Standing,
} from './crash-class.js';
import { dependencesOf } from './dependences.js';
import { type Cut, type Decided, LossTree } from './loss-tree.js';

/** After more crashes, the random numbers repeat those of some crashes before. */
const SERIES = 3;
const REPEATING = 2;

/**
 * The series of random numbers of the life after a number of crashes. No state comes back where each life draws
 * others, as a program leaves some of them on the disk.
 */
export const seriesOf = (crashes: number): number =>
  crashes < SERIES ? crashes : SERIES + ((crashes - SERIES) % REPEATING);

const stateOf = (origin: Origin): CrashState | undefined => {
  if (origin.kind === 'power cut') return origin.tree.state(origin.isLost);
  const { frontier, ats } = origin.stretch;
  return frontier.kill(ats.at(-1) ?? 0);
};

interface OpenLosses {
  readonly owner: CrashClass;
  readonly tree: LossTree;
  readonly decided: Decided;
}

export class Refinement {
  classes = 0;
  states = 0;
  private readonly roots = new Map<string, CrashClass>();
  private readonly toLive: CrashClass[] = [];
  private readonly toCompare = new Set<CrashClass>();
  private readonly open: OpenLosses[] = [];

  constructor(private readonly fills: readonly Fill[]) {}

  /** A class whose life is to be lived. */
  found(one: CrashClass): void {
    this.classes += 1;
    this.toLive.push(one);
  }

  /** The next class whose life is to be lived; undefined: all have been. */
  next(): CrashClass | undefined {
    return this.toLive.shift();
  }

  /** Builds one more state, or else, once no life is left to be lived, compares one more class. False: there is nothing to do. */
  step(): boolean {
    const losses = this.open.pop();
    if (losses !== undefined) {
      this.take(losses);
      return true;
    }
    const [one] = this.toCompare;
    if (this.toLive.length > 0 || one === undefined) return false;
    this.toCompare.delete(one);
    this.compareMembers(one);
    return true;
  }

  /** All losses of one kind of power cut. None of them makes a difference yet. */
  openTree(owner: CrashClass, tree: LossTree): void {
    this.open.push({ owner, tree, decided: tree.root() });
  }

  /** From now on the members of a class agree in this. */
  require(one: CrashClass, read: CellRead): void {
    if (one.require(read)) this.toCompare.add(one);
  }

  /** Finds the class of a state, or makes it one. */
  place(origin: Origin): void {
    const start = stateOf(origin);
    if (start === undefined) return;
    this.states += 1;
    const built = builtOf(start);
    const member = { origin, compared: 0 };
    const root = this.roots.get(built.reader.root);
    if (root !== undefined) {
      this.settle(root, member, built);
      return;
    }
    const first = new CrashClass(standing(member, built), []);
    first.members.push(member);
    this.roots.set(built.reader.root, first);
    this.found(first);
  }

  private take({ owner, tree, decided }: OpenLosses): void {
    const isLost = tree.complete(decided);
    if (isLost === undefined) return;
    // The power cut at the place of the kill that lost nothing stands for these: the same life follows it.
    if (owner.stands.start.carried !== undefined && tree.keepsCarried(decided)) return;
    this.place({ kind: 'power cut', owner, tree, decided, isLost });
  }

  /** Compares a state with a class by what is read, and goes on to others until one agrees. */
  private settle(candidate: CrashClass, member: Member, built: BuiltState): void {
    const { reader } = built;
    let one = candidate;
    for (; member.compared < one.reads.length; member.compared++) {
      const read = one.reads[member.compared];
      if (read === undefined) break;
      reader.read(read, read.file);
      this.follow(member.origin, read, reader.inoOf(read.file));
      if (reader.value1 === read.value1 && reader.value2 === read.value2) continue;
      const other = one.other(member.compared, reader);
      if (other === undefined) {
        one = one.branch(member.compared, read, standing(member, built));
        this.found(one);
      } else one = other;
    }
    one.members.push(member);
  }

  private compareMembers(one: CrashClass): void {
    const { members } = one;
    one.members = [];
    for (const member of members) {
      if (member.compared === one.reads.length) one.members.push(member);
      else this.compareAgain(one, member);
    }
  }

  private compareAgain(one: CrashClass, member: Member): void {
    const start = stateOf(member.origin);
    if (start === undefined) return;
    const built = builtOf(start);
    // Files are numbered as they are met.
    for (const read of one.reads.slice(0, member.compared))
      if (read.kind === READ.entry) built.reader.read(read, read.file);
    this.settle(one, member, built);
  }

  /** What a read of a state depends on is decided, and read of the state that its life began from. */
  private follow(origin: Origin, read: SequencedRead, ino: number): void {
    const { owner } = origin;
    if (owner.passedOn.get(read) === ino) return;
    const { layer, kind, at, range, name } = read;
    const cellRead: CellRead = { layer, kind, ino, at, range, name };
    const { reads, showing, isWritten } = dependencesOf(origin, cellRead);
    if (!isWritten) owner.passedOn.set(read, ino);
    else if (origin.kind === 'power cut') {
      for (const index of showing) this.fillInstead(origin, index);
      for (const values of valuesRead(origin.tree, cellRead, origin.isLost)) this.decide(origin, values);
    }
    for (const one of reads) this.require(owner, one);
  }

  /** From now on, what a cell holds makes a difference. Losses that leave something else there are placed on their own. */
  private decide({ owner, tree, decided, isLost }: PowerCut, { cell, valueIf }: CellValues): void {
    const most = tree.versionsOf(cell).length;
    if (most === 0) return;
    const allowed = decided.get(cell) ?? Array.from({ length: most + 1 }, (_, count) => count);
    const groups = new Map<string, number[]>();
    for (const count of allowed) {
      const value = valueIf(count);
      const group = groups.get(value);
      if (group === undefined) groups.set(value, [count]);
      else group.push(count);
    }
    if (groups.size === 1) return;
    const own = valueIf(tree.survivingOf(cell, isLost));
    for (const [value, group] of groups)
      if (value !== own) this.open.push({ owner, tree, decided: new Map(decided).set(cell, group) });
    decided.set(cell, groups.get(own) ?? []);
  }

  /** Where a write is read that may be lost, what else may be in its place makes a difference. */
  private fillInstead({ owner, tree: { stretch, cut } }: PowerCut, index: number): void {
    const { fills } = this;
    const operation = stretch.frontier.volatile[index];
    if (fills.length === 1 || operation === undefined || !isData(operation)) return;
    const cuts = owner.cutsOf(stretch);
    const open = (other: Cut): void => {
      const key = `${other.issued} ${other.fill} ${other.torn ?? ''}`;
      if (cuts.has(key)) return;
      cuts.add(key);
      this.openTree(owner, new LossTree(stretch, other));
    };
    // Where it is not issued yet, it leaves no old bytes.
    if (cut.fill === 'stale' && index >= stretch.from) open({ issued: index, fill: 'stale' });
    if (cut.fill !== 'zero') return;
    if (fills.includes('stale')) open({ issued: cut.issued, fill: 'stale' });
    if (fills.includes('garbage')) open({ issued: cut.issued, fill: 'garbage', torn: index });
  }
}

interface BuiltState extends Built {
  readonly start: CrashState;
}

const builtOf = (start: CrashState): BuiltState => ({
  start,
  reader: new StateReader(start, seriesOf(start.history.crashes)),
});

/** A member as the one that stands for its class. */
const standing = ({ origin }: Member, { start, reader }: BuiltState): Standing => ({
  start,
  reader,
  crashes: [...origin.owner.stands.crashes, start.crash],
});
