/**
 * An exhaustive exploration while it goes on: the states that are known, those that wait, and what is counted. It lives from
 * none itself.
 */
import type { LocatedLife } from '../../coverage/life-sites.js';
import { type CrashStates, crashStates } from '../../disk/crash-model/crash-states.js';
import { type Crash, type CrashState, Frontier, stateKey } from '../../disk/crash-model/durability.js';
import type { JournalEntry } from '../../disk/crash-model/journal.js';
import { type Driven, OVER } from '../../life/drive.js';
import { type Broken, type LifeRecord, type LifeStart, messageForDigest } from '../../life/life-record.js';
import type { StopReason } from '../../result/result.js';
import type { Finding } from '../../run/finding.js';
import { hashStart, type Tape } from '../../run/tape.js';
import { historyKey } from '../../suite/history.js';
import type { Json } from '../../suite/suite.js';
import { Hash } from '../../util/hash.js';
import type { ExhaustiveOptions, Gap } from './exhausted.js';
import { KnownLives, movedTo } from './known-lives.js';
import { type Queued, type Slice, type SliceExplored, slicesOf } from './slices.js';
import { VisitOrder } from './visit-order.js';

/** Cutting a life on record once more takes about a tenth of the time of living it. */
const CUTS_PER_LIFE = 10;
/** Where classes follow, this much of the lives is left for them. */
const FOLLOWED_SHARE = 4;
/** Building this many images takes about the time of a life. A long write has hundreds at each of its gaps. */
const IMAGES_PER_LIFE = 100;

export class Exploration {
  readonly seen: Set<string>;
  private readonly seenBefore: number;
  private readonly known = new KnownLives();
  /** States of the content of one that was seen, but of another allocation. They count once a life writes in the place of zeros. */
  private setAside: Queued<CrashState>[] = [];
  private zerosCount: boolean;
  private readonly zerosCountedBefore: boolean;
  /** Of the exploration of a slice: it is for others to go on with them. */
  private readonly foundBySlice: Queued<CrashState>[] | undefined;
  private readonly exactlySeen = new Set<string>();
  /** A model in which a lost write leaves the same, and waits for the same, whether there was a hole or not. */
  private readonly asksForAllocation: boolean;
  private killsFound = 0;
  private otherwiseAllocated = 0;
  private cutsAgain = 0;
  kills = 0;
  /** Found and not lived from yet. */
  readonly waiting: Set<string>;
  readonly brokenByKey = new Map<string, readonly string[]>();
  readonly findings: Finding[] = [];
  readonly gaps: Gap[] = [];
  readonly hash = new Hash();
  readonly order = new VisitOrder();
  queue: Queued[];
  crashPoints = 0;
  private built = 0;
  legal = 0;
  checked = 0;
  sampled = false;
  steps = 0;
  lives = 0;
  readonly stops: StopReason[] = [];
  /** Generations that were lived to their end, but for the first life. */
  crashesDone = -1;
  first: LifeRecord | undefined;

  /** @param from where the first life starts, or a slice of a later generation */
  constructor(
    readonly workload: readonly Json[],
    readonly options: ExhaustiveOptions,
    from: LifeStart | Slice,
  ) {
    const slice = 'states' in from ? from : undefined;
    this.queue = 'states' in from ? [...from.states] : [{ start: from, crashes: [], volatile: 0 }];
    this.foundBySlice = slice === undefined ? undefined : [];
    this.zerosCountedBefore = slice?.zerosCount === true;
    this.zerosCount = this.zerosCountedBefore;
    this.waiting = new Set(slice?.states.map(({ start }) => stateKey(start)));
    if (!('states' in from)) hashStart(this.hash, from);
    this.seen = options.seen ?? new Set();
    this.seenBefore = this.seen.size;
    const { volatileSurvives, name } = options.model;
    this.asksForAllocation = volatileSurvives === 'ordered subset' && name !== 'prefix';
  }

  /** How many states this exploration was the first to reach. */
  get distinct(): number {
    return this.seen.size - this.seenBefore - this.killsFound + this.otherwiseAllocated;
  }

  /** Takes in a life that was run; true when the exploration has reached its goal. */
  record(queued: Queued, life: LifeRecord): boolean {
    const { start, crashes } = queued;
    const { enough, onLife } = this.options;
    this.first ??= life;
    this.lives += 1;
    this.steps += life.world.steps.length;
    if (start.carried !== undefined) this.kills += 1;
    else if (crashes.length > 0) this.checked += 1;
    this.waiting.delete(stateKey(start));
    if (life.world.journal.replacesZeros) this.countZeros();
    this.remember(life, crashes.length);
    this.hash.text(life.world.journal.hash.digest());
    for (const broken of life.broken) this.hash.text(broken.invariant).text(messageForDigest(broken));
    const tape = this.find(life.broken, queued);
    onLife?.(life, crashes, tape);
    return enough !== undefined && life.broken.some(enough);
  }

  /** Notes what is broken on a disk, by the life that was run there or by a known one that reads the same. */
  private find(broken: readonly Broken[], { start, crashes, volatile }: Queued): Tape {
    const { plan, commandsAfterCrash } = this.options;
    const tape: Tape = { ...plan, workload: this.workload, crashes, commandsAfterCrash };
    if (broken.length === 0) return tape;
    this.brokenByKey.set(
      start.key,
      broken.map(({ invariant }) => invariant),
    );
    for (const one of broken) this.findings.push({ broken: one, tape, volatile });
    return tape;
  }

  /** From now on it makes a difference where a disk has holes. */
  private countZeros(): void {
    if (this.zerosCount || !this.asksForAllocation) return;
    this.zerosCount = true;
    for (const found of this.setAside) this.addAnother(found);
    this.setAside = [];
  }

  private remember({ start, world, broken }: LifeRecord, depth: number): void {
    const { journal, imageReads } = world;
    // What it saw must follow from what it read.
    if (imageReads === undefined || (journal.hidesView && broken.length === 0)) return;
    const entries = depth < this.options.depth ? journal.entries : [];
    const life = {
      key: start.key,
      reads: imageReads.reads,
      entries: broken.length > 0 ? undefined : entries,
      broken,
    };
    this.known.add(historyKey(start.history), start.image, life, start.history.crashes);
  }

  /** Cuts the power everywhere in a life that was run. */
  *cut(queued: Queued, life: LifeRecord, located: LocatedLife | undefined): Driven<void> {
    if (!this.isDeepest(queued))
      yield* this.cutEverywhere(queued, life.world.journal.entries, { located, isCut: false });
  }

  private isDeepest({ crashes }: Queued): boolean {
    const { depth } = this.options;
    if (crashes.length < depth) return false;
    this.stops.push({ kind: 'depth', limit: depth });
    return true;
  }

  /**
   * Queues the states not seen before that power cuts leave of a journal.
   * @param isCut a life on an equal disk was cut already: what is left are the losses of what a killed process carried
   */
  private *cutEverywhere(
    { start, crashes, volatile }: Queued,
    entries: readonly JournalEntry[],
    { located, isCut }: { readonly located: LocatedLife | undefined; readonly isCut: boolean },
  ): Driven<void> {
    const { model, imageBudget, coverage } = this.options;
    const { carried } = start;
    // The power may fail before the life has done anything. After a power cut that state is the one it started from.
    const untouched = new Frontier(start, model).state(0, { lost: [], fill: 'zero' });
    if (untouched !== undefined) this.visit(untouched, crashes, volatile);
    const follow = located && coverage?.follow(located, untouched?.key);
    const options = {
      model,
      budget: imageBudget,
      seed: start.key,
      kills: this.canKill(crashes),
      // What a power cut leaves that takes nothing of these, it leaves of the life after a power cut, too.
      onlyCarried: isCut && carried?.neverWritten.length === 0,
    };
    for (const place of crashStates(start, entries, options)) {
      if (isCut && carried !== undefined && !place.isCarrying) break;
      const { at, states, legal } = place;
      follow?.(place);
      if (crashes.length === 0) this.gaps.push({ at, legal, keys: states.map(({ key }) => key) });
      this.take(place, crashes, volatile);
      yield OVER;
    }
  }

  stop(reason: StopReason): void {
    this.stops.push(reason);
    this.queue = [];
  }

  private samples(): void {
    if (!this.sampled) this.stops.push({ kind: 'images', limit: this.options.imageBudget });
    this.sampled = true;
  }

  /** In lives. */
  private get spent(): number {
    return this.lives + Math.floor(this.cutsAgain / CUTS_PER_LIFE + this.built / IMAGES_PER_LIFE);
  }

  /** Why no further life may be lived. The first one is lived however late it is: a stop must cost no more than the rest. */
  end(): StopReason | undefined {
    const { stopped, isFollowed } = this.options;
    const lifeBudget = this.options.lifeBudget / (this.sampled && isFollowed === true ? FOLLOWED_SHARE : 1);
    if (this.lives === 0 && this.foundBySlice === undefined) return undefined;
    return (
      stopped() ?? (this.spent >= lifeBudget ? { kind: 'lives', limit: this.options.lifeBudget } : undefined)
    );
  }

  /**
   * After a kill comes a power cut, or the kill has changed nothing. Of kills in a row the first is explored: with each
   * more the disk under the page cache has one more history, and there is no end of them.
   */
  private canKill(crashes: readonly Crash[]): boolean {
    return crashes.length + 1 < this.options.depth && crashes.at(-1)?.isKill !== true;
  }

  private take(place: CrashStates, crashes: readonly Crash[], volatile: number): void {
    const { states, legal, killed, exact } = place;
    if (states.length > 0) this.crashPoints += 1;
    this.built += states.length;
    this.legal += legal;
    if (!exact) this.samples();
    for (const state of states) this.visit(state, crashes, volatile);
    if (killed !== undefined) this.visit(killed, crashes, volatile);
  }

  /**
   * Cuts a life that begins on a disk that reads the same as the disk of a known life. It does the same, so that life's
   * journal is cut once more. False: no such life is known.
   */
  *cutAgain(queued: Queued): Driven<boolean> {
    const { image, history, carried, key } = queued.start;
    const same = this.known.find(historyKey(history), image, history.crashes);
    if (same === undefined) return false;
    const { life: known } = same;
    this.find(known.broken, queued);
    this.cutsAgain += 1;
    if (carried === undefined) this.checked += 1;
    else this.kills += 1;
    this.waiting.delete(stateKey(queued.start));
    if (known.entries === undefined || this.isDeepest(queued)) return true;
    const { entries, replacesZeros } = movedTo(image, known.entries, same);
    if (replacesZeros) this.countZeros();
    yield* this.cutEverywhere(queued, entries, { located: undefined, isCut: known.key === key });
    return true;
  }

  private visit(state: CrashState, crashes: readonly Crash[], volatile: number): void {
    const key = stateKey(state);
    this.order.note(key, state);
    if (this.isKnownExactly(key, state)) return;
    this.add(key, {
      start: state,
      // A literal with a spread would take place for sixteen.
      crashes: crashes.concat(state.crash),
      volatile: volatile + state.volatile,
    });
  }

  private isKnownExactly(key: string, { allocation }: CrashState): boolean {
    const exactly = `${key} ${allocation}`;
    if (this.exactlySeen.has(exactly)) return true;
    this.exactlySeen.add(exactly);
    return false;
  }

  private add(key: string, found: Queued<CrashState>): void {
    if (this.foundBySlice !== undefined) this.foundBySlice.push(found);
    else if (!this.seen.has(key)) {
      this.seen.add(key);
      this.waiting.add(key);
      if (found.start.carried !== undefined) this.killsFound += 1;
      this.queue.push(found);
    } else if (this.zerosCount) this.addAnother(found);
    else if (this.asksForAllocation) this.setAside.push(found);
  }

  private addAnother(found: Queued<CrashState>): void {
    if (found.start.carried === undefined) this.otherwiseAllocated += 1;
    this.queue.push(found);
  }

  /**
   * The states of the generation that waits, the most telling first. Each is forgotten as it is taken: there are thousands, and
   * what lives leave in their place takes memory, too.
   */
  *takeGeneration(): Generator<Queued> {
    const left = [...this.order.sorted(this.queue, ({ start }) => stateKey(start))].reverse();
    this.queue = [];
    for (let queued = left.pop(); queued !== undefined; queued = left.pop()) yield queued;
  }

  /** The lives that are left. */
  private get livesLeft(): number {
    return Math.max(0, this.options.lifeBudget - this.spent);
  }

  /** The slices of the generation that waits; undefined where it is to be explored whole. */
  takeSlices(): readonly Slice[] | undefined {
    const { queue, workload, zerosCount, livesLeft } = this;
    if (this.lives === 0) return undefined;
    const sorted = this.order.sorted(queue, ({ start }) => stateKey(start));
    const common = { workload, plan: this.options.plan, generation: this.crashesDone + 1, zerosCount };
    const { sliceStates } = this.options;
    const slices = slicesOf(sorted, { livesLeft, sliceStates }, common);
    this.queue = slices === undefined ? [...sorted] : [];
    return slices;
  }

  /** Takes in what became of the slices of a generation, in their order. */
  merge(slices: readonly Slice[], explored: readonly SliceExplored[]): void {
    if (explored.some(({ replacesZeros }) => replacesZeros)) this.countZeros();
    for (const [index, { states }] of slices.entries()) {
      const one = explored[index];
      if (one === undefined) throw new Error(`Slice ${index} was not explored.`);
      const left = new Set(one.left);
      for (const { start } of states) if (!left.has(stateKey(start))) this.waiting.delete(stateKey(start));
      this.count(one);
      for (const [key, group] of one.groups) this.order.noteGroup(key, group);
      for (const found of one.found) {
        const key = stateKey(found.start);
        if (!this.isKnownExactly(key, found.start)) this.add(key, found);
      }
    }
    if (explored.some(({ left }) => left.length > 0)) this.queue = [];
    else this.crashesDone += 1;
  }

  private count(slice: SliceExplored): void {
    this.lives += slice.lives;
    this.steps += slice.steps;
    this.checked += slice.checked;
    this.kills += slice.kills;
    this.crashPoints += slice.crashPoints;
    this.built += slice.built;
    this.legal += slice.legal;
    this.cutsAgain += slice.cutsAgain;
    this.sampled ||= slice.sampled;
    this.stops.push(...slice.stops.map((stop) => this.ownStop(stop)));
    this.findings.push(...slice.findings);
    for (const [key, names] of slice.brokenByKey) this.brokenByKey.set(key, names);
    this.hash.text(slice.digest);
  }

  /** A slice that has used its share stops as the whole would. */
  private ownStop(stop: StopReason): StopReason {
    return stop.kind === 'lives' ? { kind: 'lives', limit: this.options.lifeBudget } : stop;
  }

  /** What became of it, where it is the exploration of a slice. */
  explored(): SliceExplored {
    return {
      lives: this.lives,
      steps: this.steps,
      checked: this.checked,
      kills: this.kills,
      crashPoints: this.crashPoints,
      built: this.built,
      legal: this.legal,
      cutsAgain: this.cutsAgain,
      sampled: this.sampled,
      stops: this.stops,
      findings: this.findings,
      brokenByKey: this.brokenByKey,
      left: [...this.waiting],
      replacesZeros: this.zerosCount && !this.zerosCountedBefore,
      found: this.foundBySlice ?? [],
      groups: this.order.groups,
      digest: this.hash.digest(),
    };
  }
}
