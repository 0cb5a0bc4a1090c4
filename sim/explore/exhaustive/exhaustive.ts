/**
 * The exhaustive explorer: records a workload once, cuts the power everywhere, recovers on every image that may be
 * left, and does the same to each recovery, until no unseen state is left or a bound stops it.
 *
 * A life after a crash depends only on (image, knowledge of the outside world), so a state whose key was seen before is
 * covered without being run again. Of the image a life depends only on what it reads: where another disk agrees in that, the
 * life on record is cut once more. Breadth first: the first violation of an invariant is one of fewest crashes.
 */

import type { LocatedLife } from '../../coverage/life-sites.js';
import { type CrashStates, crashStates } from '../../disk/crash-model/crash-states.js';
import type { DiskModel } from '../../disk/crash-model/disk-models.js';
import { type Crash, type CrashState, Frontier, stateKey } from '../../disk/crash-model/durability.js';
import type { JournalEntry } from '../../disk/crash-model/journal.js';
import { LifeAbandoned } from '../../life/abandoned-life.js';
import { type Driven, OVER } from '../../life/drive.js';
import { type Broken, type LifeRecord, type LifeStart, messageForDigest } from '../../life/life-record.js';
import { runLife } from '../../life/run-life.js';
import type { StopReason } from '../../result/result.js';
import { stopReasons } from '../../result/stop-reasons.js';
import type { Finding } from '../../run/finding.js';
import { latestEquivalentCrash } from '../../run/latest-equivalent-crash.js';
import { firstLife, hashStart, lifeOptions, type Tape } from '../../run/tape.js';
import { historyKey } from '../../suite/history.js';
import type { Json, Suite } from '../../suite/suite.js';
import { Hash } from '../../util/hash.js';
import type { Exhausted, ExhaustiveOptions, Gap } from './exhausted.js';
import { KnownLives, movedTo } from './known-lives.js';
import { VisitOrder } from './visit-order.js';

interface Queued {
  readonly start: LifeStart;
  readonly crashes: readonly Crash[];
  readonly volatile: number;
}

/** Cutting a life on record once more takes about a tenth of the time of living it. */
const CUTS_PER_LIFE = 10;
/** Where classes follow, this much of the lives is left for them. */
const FOLLOWED_SHARE = 4;
/** Building this many images takes about the time of a life. A long write has hundreds at each of its gaps. */
const IMAGES_PER_LIFE = 100;

class Exploration {
  readonly seen: Set<string>;
  private readonly seenBefore: number;
  private readonly known = new KnownLives();
  /** States of the content of one that was seen, but of another allocation. They count once a life writes in the place of zeros. */
  private setAside: {
    readonly state: CrashState;
    readonly crashes: readonly Crash[];
    readonly volatile: number;
  }[] = [];
  private zerosCount = false;
  private readonly exactlySeen = new Set<string>();
  /** A model in which a lost write leaves the same, and waits for the same, whether there was a hole or not. */
  private readonly asksForAllocation: boolean;
  private killsFound = 0;
  private otherwiseAllocated = 0;
  private cutsAgain = 0;
  kills = 0;
  /** Found and not lived from yet. */
  readonly waiting = new Set<string>();
  readonly brokenByKey = new Map<string, readonly string[]>();
  readonly findings: Finding[] = [];
  readonly gaps: Gap[] = [];
  readonly hash = new Hash();
  readonly order = new VisitOrder();
  queue: Queued[];
  crashPoints = 0;
  legal = 0;
  checked = 0;
  sampled = false;
  steps = 0;
  lives = 0;
  readonly stops: StopReason[] = [];
  /** Generations that were lived to their end, but for the first life. */
  crashesDone = -1;
  first: LifeRecord | undefined;

  constructor(
    readonly workload: readonly Json[],
    readonly options: ExhaustiveOptions,
    start: LifeStart,
  ) {
    this.queue = [{ start, crashes: [], volatile: 0 }];
    hashStart(this.hash, start);
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
    for (const { state, crashes, volatile } of this.setAside) this.enqueueAnother(state, crashes, volatile);
    this.setAside = [];
  }

  private remember({ start, world, broken }: LifeRecord, depth: number): void {
    const { journal, imageReads } = world;
    // What it saw must follow from what it read.
    if (imageReads === undefined || (journal.hidesView && broken.length === 0)) return;
    const entries = depth < this.options.depth ? journal.entries : [];
    const life = {
      image: start.image,
      key: start.key,
      reads: imageReads.reads,
      entries: broken.length > 0 ? undefined : entries,
      broken,
    };
    this.known.add(historyKey(start.history), life, start.history.crashes);
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
      const { at, states } = place;
      follow?.(place);
      if (crashes.length === 0)
        this.gaps.push({ at, legal: states.length, keys: states.map(({ key }) => key) });
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

  /** Why no further life may be lived. The first one is lived however late it is: a stop must cost no more than the rest. */
  end(): StopReason | undefined {
    const { stopped, isFollowed } = this.options;
    const lifeBudget = this.options.lifeBudget / (this.sampled && isFollowed === true ? FOLLOWED_SHARE : 1);
    if (this.lives === 0) return undefined;
    const spent = this.lives + Math.floor(this.cutsAgain / CUTS_PER_LIFE + this.legal / IMAGES_PER_LIFE);
    return stopped() ?? (spent >= lifeBudget ? { kind: 'lives', limit: this.options.lifeBudget } : undefined);
  }

  /**
   * After a kill comes a power cut, or the kill has changed nothing. Of kills in a row the first is explored: with each
   * more the disk under the page cache has one more history, and there is no end of them.
   */
  private canKill(crashes: readonly Crash[]): boolean {
    return crashes.length + 1 < this.options.depth && crashes.at(-1)?.isKill !== true;
  }

  private take({ states, killed, exact }: CrashStates, crashes: readonly Crash[], volatile: number): void {
    if (states.length > 0) this.crashPoints += 1;
    this.legal += states.length;
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
    const exactly = `${key} ${state.allocation}`;
    if (this.exactlySeen.has(exactly)) return;
    this.exactlySeen.add(exactly);
    if (!this.seen.has(key)) {
      this.seen.add(key);
      this.waiting.add(key);
      if (state.carried !== undefined) this.killsFound += 1;
      this.enqueue(state, crashes, volatile);
    } else if (this.zerosCount) this.enqueueAnother(state, crashes, volatile);
    else if (this.asksForAllocation) this.setAside.push({ state, crashes, volatile });
  }

  private enqueueAnother(state: CrashState, crashes: readonly Crash[], volatile: number): void {
    if (state.carried === undefined) this.otherwiseAllocated += 1;
    this.enqueue(state, crashes, volatile);
  }

  private enqueue(state: CrashState, crashes: readonly Crash[], volatile: number): void {
    this.queue.push({
      start: state,
      crashes: [...crashes, state.crash],
      volatile: volatile + state.volatile,
    });
  }
}

/** A life with its call sites, where coverage wants to know them: lived once more if no life before was like it. */
function* locate(
  suite: Suite,
  { start, crashes }: Queued,
  life: LifeRecord,
  { workload, options }: Exploration,
): Driven<LocatedLife | undefined> {
  const { coverage, commandsAfterCrash, plan, model } = options;
  const known = coverage?.locate(life);
  if (coverage === undefined || known !== undefined) return known;
  const again = yield* runLife(suite, start, {
    ...lifeOptions(workload, { ...plan, commandsAfterCrash }, crashes.length, model),
    sites: true,
  });
  coverage.learn(again);
  return coverage.locate(life);
}

/** A finding of one crash, as late as it can be: which of several is the plainest shows only there. */
const atItsLatest = (finding: Finding, first: LifeRecord, model: DiskModel): Finding => {
  const [crash, ...more] = finding.tape.crashes;
  if (crash === undefined || more.length > 0) return finding;
  const latest = latestEquivalentCrash(first.start, first.world.journal.entries, model, crash);
  return { ...finding, tape: { ...finding.tape, crashes: [latest.crash] }, volatile: latest.volatile };
};

/** Lives from what is queued, and from what is found on the way, until nothing is left or something stops it. */
function* exploreAll(suite: Suite, exploration: Exploration): Driven<void> {
  const { options, workload } = exploration;
  const { model, plan, commandsAfterCrash } = options;
  const withSites = options.sites === true || options.coverage !== undefined;
  while (exploration.queue.length > 0) {
    // One crash more than the lives of this generation: breadth first, without shifting a long array.
    const generation = exploration.queue;
    exploration.queue = [];
    for (const queued of exploration.order.sorted(generation, ({ start }) => stateKey(start))) {
      const end = exploration.end();
      if (end !== undefined) return exploration.stop(end);
      if (yield* exploration.cutAgain(queued)) continue;
      const life: LifeRecord = yield* runLife(suite, queued.start, {
        ...lifeOptions(workload, { ...plan, commandsAfterCrash }, queued.crashes.length, model),
        sites: withSites && queued.crashes.length === 0,
        notesReads: queued.crashes.length > 0,
      });
      if (exploration.record(queued, life)) return exploration.stop({ kind: 'violation' });
      // A broken state is not gone on from: what follows would only repeat what is known.
      const located = yield* locate(suite, queued, life, exploration);
      if (life.broken.length === 0) yield* exploration.cut(queued, life, located);
      else if (queued.crashes.length === 0) exploration.stops.push({ kind: 'violation' });
    }
    exploration.crashesDone += 1;
  }
}

/**
 * Explores every power cut of one workload, to a depth, under a model.
 * @throws LifeAbandoned where it is given up before its first life is over
 */
export function* explore(
  suite: Suite,
  workload: readonly Json[],
  options: ExhaustiveOptions,
): Driven<Exhausted> {
  const exploration = new Exploration(workload, options, yield* firstLife(suite));
  try {
    yield* exploreAll(suite, exploration);
  } catch (error) {
    if (!(error instanceof LifeAbandoned) || exploration.first === undefined) throw error;
    exploration.stop(options.stopped() ?? { kind: 'time' });
  }
  const { first, gaps, brokenByKey, crashPoints, legal, checked, distinct, sampled, steps, lives, hash } =
    exploration;
  if (first === undefined) throw new Error('No life was lived, though the first one always is.');
  const stops = stopReasons(exploration.stops);
  const { kills } = exploration;
  options.coverage?.resolveClaims(
    (key) => !exploration.waiting.has(key),
    (key) => brokenByKey.has(key),
  );
  const findings = exploration.findings.map((finding) => atItsLatest(finding, first, options.model));
  return {
    first,
    findings,
    gaps,
    brokenByKey,
    crashPoints,
    legal,
    checked,
    distinct,
    kills,
    sampled,
    classes: 0,
    closed: stops.length === 0,
    crashesDone: Math.max(0, exploration.crashesDone),
    stops,
    steps,
    lives,
    digest: hash.digest(),
  };
}
