/**
 * What is still to be explored of one suite, and what came of the rest: hands out parts in an order that never keeps them
 * from their result, whichever process takes them.
 */
import type { NoveltyPoint, StopReason } from '../../result/result.js';
import { stopReasons } from '../../result/stop-reasons.js';
import type { Tally } from '../counting/tally.js';
import { Guide } from '../guide/guide.js';
import type { ExplorationBounds } from '../options.js';
import { parentsWanted } from '../random/make-inputs.js';
import type { Parent } from '../random/mutate-input.js';
import { type Part, partsOf } from './parts.js';

/** A part, and all that its result depends on besides suite and options. */
export interface Assignment {
  readonly part: Part;
  /** Of guided runs: the inputs that they are made from. */
  readonly parents?: readonly Parent[];
}

const isCutByLives = ({ lives }: Part, { stops }: Tally): boolean =>
  stops.some((stop) => stop.kind === 'lives' && stop.limit === lives);

/** What became of a part so far. A needless one builds on a part that left nothing to do. */
type State = 'open' | 'taken' | 'needless' | Tally;

const tallyOf = (state: State | undefined): Tally | undefined =>
  typeof state === 'object' ? state : undefined;

export class Agenda {
  readonly parts: readonly Part[];
  private readonly states: State[];
  private readonly guide = new Guide();
  /** By part of random runs. */
  private readonly novelty = new Map<Part, NoveltyPoint>();
  private roundsLearnt = 0;
  private isOver = false;
  /** Parts from here on are of no interest any more. */
  private end: number;

  constructor(private readonly options: ExplorationBounds) {
    this.parts = partsOf(options);
    this.states = this.parts.map(() => 'open');
    this.end = this.parts.length;
  }

  /** Parts that were not taken. While there are some and {@link take} has none, another part must be explored first. */
  get left(): number {
    return this.isOver ? 0 : this.states.slice(0, this.end).filter((state) => state === 'open').length;
  }

  /** The next part. Who takes it explores it. */
  take(): Assignment | undefined {
    if (this.isOver) return undefined;
    for (const [index, part] of this.parts.slice(0, this.end).entries()) {
      if (this.states[index] !== 'open') continue;
      const before = this.statesBefore(index, part);
      if (before.some((state) => state === 'open' || state === 'taken')) continue;
      this.states[index] = this.isNeedless(index, part) ? 'needless' : 'taken';
      if (this.states[index] === 'needless') continue;
      return part.isGuided === true ? { part, parents: this.parentsOf(part) } : { part };
    }
    return undefined;
  }

  /** Keeps what came of a part. */
  explored(part: Part, tally: Tally): void {
    const index = this.parts.indexOf(part);
    this.states[index] = tally;
    this.learn();
    if (tally.cutShort !== undefined) this.leaveOff();
    // Not the parts before it, which other processes may still explore: the first failure of all counts.
    if (this.options.bail && tally.seen.size > 0) this.end = Math.min(this.end, index + 1);
  }

  /** Hands out no further part. */
  leaveOff(): void {
    this.isOver = true;
  }

  /** What came of the parts, in their order, of each workload what came of it last. `cutShort` says why that is not all. */
  finished(cutShort?: StopReason): readonly Tally[] {
    const finished: Tally[] = [];
    const places = new Map<number, number>();
    for (const [index, part] of this.parts.entries()) {
      const tally = tallyOf(this.states[index]);
      if (tally === undefined) continue;
      const plain = this.plain(part, tally, cutShort);
      const place = part.phase === 'exhaustive' ? places.get(part.from) : undefined;
      if (place === undefined) {
        finished.push(plain);
        if (part.phase === 'exhaustive') places.set(part.from, finished.length - 1);
      }
      // A later pass that was cut short may have come less far.
      else if (plain.checked >= (finished[place]?.checked ?? 0)) finished[place] = plain;
    }
    return finished;
  }

  /** A tally without what only guidance needs, and without the bound of a pass, which is none of the exploration's. */
  private plain(part: Part, tally: Tally, cutShort: StopReason = { kind: 'time' }): Tally {
    const point = this.novelty.get(part);
    const plain = { ...tally, runsSeen: [], novelty: point === undefined ? [] : [point] };
    if (!isCutByLives(part, tally)) return plain;
    const others = tally.stops.filter((stop) => !(stop.kind === 'lives' && stop.limit === part.lives));
    return { ...plain, stops: stopReasons(others, [tally.cutShort ?? cutShort]) };
  }

  /** What became of the parts that this one builds on: earlier rounds, or earlier passes through the same workload. */
  private statesBefore(index: number, part: Part): readonly (State | undefined)[] {
    const isBefore =
      part.phase === 'random'
        ? ({ round = 0 }: Part): boolean => round < (part.round ?? 0)
        : ({ from }: Part, place: number): boolean => from === part.from && place < index;
    return this.parts.flatMap((one, place) =>
      one.phase === part.phase && isBefore(one, place) ? [this.states[place]] : [],
    );
  }

  /** Whether an earlier pass went through all of this workload. */
  private isNeedless(index: number, part: Part): boolean {
    if (part.phase === 'random') return false;
    return this.parts.slice(0, index).some(({ phase, from, ...pass }, place) => {
      const tally = tallyOf(this.states[place]);
      const isSame = phase === part.phase && from === part.from;
      return isSame && tally !== undefined && !isCutByLives({ phase, from, ...pass }, tally);
    });
  }

  /** As many as a guided part has histories, if few runs share one. */
  private parentsOf({ count, round, from }: Part): readonly Parent[] {
    return this.guide.parents(parentsWanted(count), `${this.options.seed} round ${round} ${from}`);
  }

  /** Hands the runs of each round that is complete to the guide, in the order of the parts. */
  private learn(): void {
    for (;;) {
      const round = [...this.parts.keys()].filter((index) => this.parts[index]?.round === this.roundsLearnt);
      const tallies = round.map((index) => tallyOf(this.states[index]));
      if (round.length === 0 || tallies.includes(undefined)) return;
      for (const [place, index] of round.entries()) {
        const [part, tally] = [this.parts[index], tallies[place]];
        if (part === undefined || tally === undefined) continue;
        const found = this.guide.add(tally.runsSeen, part.isGuided === true);
        this.novelty.set(part, { runs: tally.runs, isGuided: part.isGuided === true, found });
        this.states[index] = { ...tally, runsSeen: [] };
      }
      this.roundsLearnt += 1;
    }
  }
}
