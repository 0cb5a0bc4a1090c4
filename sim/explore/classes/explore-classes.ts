/**
 * Explores every crash of a workload by classes: what no life reads can't matter, so no image is built for it. Where the
 * exhaustive explorer has to sample, as too many images are legal, this one may still reach the end.
 *
 * One state of each class is lived from, and cut everywhere. Of the losses at each place one is taken; the others follow
 * from what lives read of it, or turn out to make no difference. At the end all states of a class agree in all that is
 * read from there on: each crash of the one leads to the same class as that crash of the other. (Refining by what is read is
 * the idea of Jaaru, ASPLOS 2021. That later reads count for earlier states is liveness analysis.)
 */
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import type { Crash } from '../../disk/crash-model/durability.js';
import { READ } from '../../disk/crash-model/image-reads.js';
import type { JournalEntry } from '../../disk/crash-model/journal.js';
import { blockOf, isData, type MicroOperation, sectorsOf } from '../../disk/crash-model/micro-operation.js';
import { type Driven, OVER } from '../../life/drive.js';
import type { Broken, LifeRecord } from '../../life/life-record.js';
import { runLife } from '../../life/run-life.js';
import type { StopReason } from '../../result/result.js';
import { firstLife, lifeOptions, type Plan, playTape, type Tape } from '../../run/tape.js';
import type { Json, Suite } from '../../suite/suite.js';
import { KnownLives, movedTo, type SameLife } from '../exhaustive/known-lives.js';
import { eachRead } from '../exhaustive/shared-reads.js';
import { type CellRead, knowledgeKey, layersOf, StateReader } from './cell-reads.js';
import { CrashClass, type Standing } from './crash-class.js';
import { carriedPlaces } from './dependences.js';
import { LossTree } from './loss-tree.js';
import { Refinement } from './refinement.js';
import { walkLife } from './walk-life.js';
import { Writers } from './writers.js';

export interface ClassOptions {
  readonly model: DiskModel;
  /** How many successive crashes to go through. */
  readonly depth: number;
  readonly commandsAfterCrash: number;
  /** The plan of the lives: all but the first must have the same. */
  readonly plan?: Omit<Plan, 'commandsAfterCrash'>;
  /** Lives beyond which it gives up. Placing forty crash states counts as one. */
  readonly lifeBudget: number;
  /** Asked between lives; an answer stops the exploration. */
  readonly stopped: () => StopReason | undefined;
  /** Told of every life that is run; its random numbers may be repeated, see {@link seriesOf}. */
  readonly onLife?: (life: LifeRecord, crashes: readonly Crash[], tape: Tape) => void;
}

export interface Classes {
  /** Why it did not reach the end. Undefined: every crash state is in one of the classes. */
  readonly stop: StopReason | 'not by reads' | undefined;
  /** The number of successive crashes that it went through completely. */
  readonly crashesDone: number;
  readonly classes: number;
  /** Crash states that were built. */
  readonly states: number;
  readonly lives: number;
  readonly broken: readonly { readonly broken: Broken; readonly tape: Tape }[];
}

const STATES_PER_LIFE = 40;
/** After this many steps others may have a turn: signals, progress. */
const STEPS_PER_TURN = 64;

/** Where a life is not determined by what it reads, classes say nothing. */
class NotByReads extends Error {}

class ClassExploration {
  readonly refinement: Refinement;
  readonly broken: { readonly broken: Broken; readonly tape: Tape }[] = [];
  lives = 0;
  /** Lives are cut that follow fewer crashes. */
  private depth = 0;
  private toCut: { readonly one: CrashClass; readonly entries: readonly JournalEntry[] }[] = [];
  /** All crash states after at most this many crashes are in the classes that were lived. */
  crashesDone = 0;
  private readonly known = new KnownLives();

  constructor(
    private readonly suite: Suite,
    private readonly workload: readonly Json[],
    private readonly options: ClassOptions,
  ) {
    this.refinement = new Refinement(options.model.fills);
  }

  /** @returns why it did not reach the end */
  *run(): Driven<StopReason | undefined> {
    const { stopped, lifeBudget, depth } = this.options;
    const { refinement } = this;
    let steps = 0;
    const start = yield* firstLife(this.suite);
    refinement.found(new CrashClass({ start, reader: new StateReader(start, 0), crashes: [] }, []));
    for (;;) {
      const reason = stopped();
      if (reason !== undefined) return reason;
      if (this.lives + refinement.states / STATES_PER_LIFE > lifeBudget)
        return { kind: 'lives', limit: lifeBudget };
      if (refinement.step()) {
        if (++steps % STEPS_PER_TURN === 0) yield OVER;
        continue;
      }
      const next = refinement.next();
      if (next !== undefined) {
        yield* this.live(next);
        continue;
      }
      this.crashesDone = this.depth;
      if (this.toCut.length === 0) return undefined;
      if (this.depth === depth) return { kind: 'depth', limit: depth };
      yield* this.goDeeper();
    }
  }

  /** Cuts the lives after as many crashes as were gone through so far. */
  private *goDeeper(): Driven<void> {
    this.depth += 1;
    const lived = this.toCut;
    this.toCut = [];
    for (const { one, entries } of lived) yield* this.cut(one, entries);
  }

  private *live(one: CrashClass): Driven<void> {
    const { start, crashes } = one.stands;
    const same = yield* this.lifeOf(one.stands);
    this.readAs(one, same);
    if (same.life.broken.length > 0) yield* this.find(crashes);
    if (same.life.entries === undefined) return;
    const { entries } = movedTo(start.image, same.life.entries, same);
    // The states after one crash more come when all after as many are known.
    if (crashes.length < this.depth) yield* this.cut(one, entries);
    else this.toCut.push({ one, entries });
  }

  /** What its life reads, all states of a class agree in. */
  private readAs(one: CrashClass, { life, inos }: SameLife): void {
    const { names } = life.reads;
    for (const { kind, file, place, range } of eachRead(life.reads)) {
      const isEntry = kind === READ.entry;
      this.refinement.require(one, {
        layer: 'seen',
        kind,
        ino: inos[file] ?? 0,
        at: isEntry ? 0 : place,
        range,
        name: isEntry ? (names[place] ?? '') : '',
      });
    }
  }

  private tapeOf(crashes: readonly Crash[]): Tape {
    const { plan, commandsAfterCrash } = this.options;
    return { ...plan, workload: this.workload, crashes, commandsAfterCrash };
  }

  /**
   * A failure counts only if its tape shows it, life after life. Random numbers that come back may break what fresh ones do
   * not: then nothing is said.
   */
  private *find(crashes: readonly Crash[]): Driven<void> {
    const tape = this.tapeOf(crashes);
    const { lives } = yield* playTape(this.suite, this.options.model, tape);
    const broken = lives.at(-1)?.broken ?? [];
    if (broken.length === 0) throw new NotByReads();
    for (const one of broken) this.broken.push({ broken: one, tape });
  }

  private *lifeOf({ start, reader: { series }, crashes }: Standing): Driven<SameLife> {
    const known = this.known.find(knowledgeKey(start.history), start.image, series);
    if (known !== undefined) return known;
    const { plan, commandsAfterCrash, model, onLife } = this.options;
    const life: LifeRecord = yield* runLife(this.suite, start, {
      ...lifeOptions(this.workload, { ...plan, commandsAfterCrash }, crashes.length, model),
      notesReads: true,
      series,
    });
    this.lives += 1;
    onLife?.(life, crashes, this.tapeOf(crashes));
    const { imageReads, journal } = life.world;
    if (imageReads === undefined || journal.hidesView) throw new NotByReads();
    const { reads } = imageReads;
    const entries = life.broken.length > 0 ? undefined : journal.entries;
    const lived = { key: start.key, reads, entries, broken: life.broken };
    const kept = this.known.add(knowledgeKey(start.history), start.image, lived, series);
    return { life: kept, inos: reads.inos };
  }

  /** Notes all that a crash of this life may leave. */
  private *cut(owner: CrashClass, entries: readonly JournalEntry[]): Driven<void> {
    const { model } = this.options;
    const { refinement } = this;
    const { start } = owner.stands;
    const writers = new Writers();
    owner.writers = writers;
    const { volatile: carried = [] } = start.carried ?? {};
    if (model.ordersByBlock === true)
      for (const index of carried.keys()) refinement.require(owner, carriedPlaces(index));
    const walk = walkLife(start, entries, model, {
      onIssued: (operation) => {
        writers.add(operation);
        this.modelReads(owner, operation);
      },
      onStretch: (stretch) =>
        refinement.openTree(owner, new LossTree(stretch, { issued: stretch.ids.size, fill: 'zero' })),
      onKill: (stretch) => refinement.place({ kind: 'process kill', owner, stretch }),
    });
    for (const _ of walk) yield OVER;
  }

  /** What the crash model asks of the disk when an operation is issued. */
  private modelReads(owner: CrashClass, operation: MicroOperation): void {
    if (operation.kind === 'entries' || operation.kind === 'mode') return;
    const { refinement } = this;
    const { ino } = operation;
    for (const layer of layersOf(owner.stands.start)) {
      const read: CellRead = { layer, kind: READ.size, ino, at: 0, range: 0, name: '' };
      refinement.require(owner, read);
      if (!isData(operation) || this.options.model.ordersByBlock !== true) continue;
      const blocks = new Set(sectorsOf(operation).map(({ index }) => blockOf(index)));
      for (const at of blocks) refinement.require(owner, { ...read, kind: READ.isEmptyBlock, at });
    }
  }
}

/**
 * Explores all crashes of a workload, to a depth.
 * @throws LifeAbandoned where it is given up
 */
export function* exploreClasses(
  suite: Suite,
  workload: readonly Json[],
  options: ClassOptions,
): Driven<Classes> {
  const exploration = new ClassExploration(suite, workload, options);
  const { refinement } = exploration;
  let stop: Classes['stop'];
  try {
    stop = yield* exploration.run();
  } catch (error) {
    if (!(error instanceof NotByReads)) throw error;
    stop = 'not by reads';
  }
  const { lives, broken, crashesDone } = exploration;
  return { stop, crashesDone, classes: refinement.classes, states: refinement.states, lives, broken };
}
