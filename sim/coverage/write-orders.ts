/**
 * Orders: for every two micro-operations that were volatile together, whether some checked image holds the later one
 * and not the earlier. That is the question a missing sync is an answer to, so it is the headline of the coverage.
 *
 * A micro-operation is named by the call site it comes from and by what it changes (data, size, name, mode), so that
 * there are finitely many: a longer workload and more runs can cover more pairs, but make no new ones out of the same
 * code. Two of one site and kind are still told apart in one way: from one call, or from two.
 */

import type { CrashStates } from '../disk/crash-model/crash-states.js';
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { isData, type MicroOperation, numbersFor, sharesCell } from '../disk/crash-model/micro-operation.js';
import type { ChangeKind, OrderCoverage, OrderPair, Site, SiteChange } from '../result/result.js';
import { Claims } from './coverage-claims.js';
import { leastLost } from './crash-points.js';
import type { LocatedLife } from './life-sites.js';

const KINDS: readonly ChangeKind[] = ['data', 'size', 'name', 'mode'];

const kindOf = (operation: MicroOperation): number => {
  if (isData(operation)) return 0;
  return operation.kind === 'size' ? 1 : operation.kind === 'entries' ? 2 : 3;
};

/** A number for two numbers, small where they are: it doesn't change when there are more of them. */
const pairNumber = (a: number, b: number): number => (a >= b ? a * a + a + b : b * b + a);

/** What is known of a life's micro-operations, by their id. */
interface Identified {
  /** The number of its change: which call site and kind. */
  readonly change: number;
  /** The step it is part of. */
  readonly call: number;
}

/** The volatile micro-operations, by index, that must be there if the one at `index` is: it comes after none of them. */
const mustHold = (volatile: readonly MicroOperation[], index: number, model: DiskModel): Uint8Array => {
  const holds = new Uint8Array(index + 1);
  holds[index] = 1;
  for (let i = index - 1; i >= 0; i--) {
    const earlier = volatile[i];
    for (let j = i + 1; j <= index && holds[i] === 0; j++) {
      const later = volatile[j];
      if (holds[j] === 0 || earlier === undefined || later === undefined) continue;
      if (sharesCell(earlier, later) || model.mustPrecede(earlier, later)) holds[i] = 1;
    }
  }
  return holds;
};

export class Orders {
  private readonly changes: SiteChange[] = [];
  private readonly numbers = new Map<number, number>();
  private readonly pairs = new Claims();
  private readonly torn = new Claims();
  /** By change: that it was lost, and (one more) that it was kept. */
  private readonly fates = new Claims();

  constructor(
    private readonly model: DiskModel,
    private readonly sites: readonly Site[],
  ) {}

  /** Follows the places of a life in order. Nothing to follow where a model leaves one image only. */
  follow(
    located: LocatedLife,
    untouched: string | undefined,
  ): (place: Pick<CrashStates, 'states' | 'volatile'>) => void {
    if (this.model.volatileSurvives !== 'ordered subset') return () => undefined;
    const identified = this.identify(located);
    let newestId = -1;
    let latest = untouched;
    return ({ states, volatile }) => {
      for (let index = volatile.length - 1; index >= 0; index--) {
        if ((volatile[index]?.id ?? 0) <= newestId) break;
        this.observe(volatile, index, identified, latest);
      }
      newestId = Math.max(newestId, volatile.at(-1)?.id ?? -1);
      latest = leastLost(states) ?? latest;
      if (states.length > 0 && this.pairs.open + this.torn.open + this.fates.open > 0)
        this.claim(states, volatile, identified);
    };
  }

  resolveClaims(isChecked: (key: string) => boolean): void {
    for (const claims of [this.pairs, this.torn, this.fates]) claims.resolveClaims(isChecked);
  }

  private identify({ life, sites }: LocatedLife): readonly (Identified | undefined)[] {
    const { steps, journal } = life.world;
    const identified: Identified[] = [];
    sites.forEach((site, call) => {
      const step = steps[call];
      if (site === undefined || step === undefined) return;
      for (let index = step.entriesStart; index < step.entriesEnd; index++) {
        const entry = journal.entries[index];
        if (entry === undefined || !('id' in entry)) continue;
        const change = this.changeNumber(site, kindOf(entry));
        const count = entry.kind === 'entries' ? numbersFor(entry.changes) : 1;
        for (let part = 0; part < count; part++) identified[entry.id + part] = { change, call };
      }
    });
    return identified;
  }

  private changeNumber(site: number, kind: number): number {
    const key = site * KINDS.length + kind;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const [where, change] = [this.sites[site], KINDS[kind]];
    if (where === undefined || change === undefined) throw new Error('A site or kind without a number.');
    this.numbers.set(key, this.changes.length);
    return this.changes.push({ ...where, change }) - 1;
  }

  /**
   * What a new micro-operation makes with those already volatile. In the state before it was issued it is lost and all
   * else is there: no state of its own place repeats that one, so it has its claims here.
   */
  private observe(
    volatile: readonly MicroOperation[],
    index: number,
    identified: readonly (Identified | undefined)[],
    before: string | undefined,
  ): void {
    const newest = volatile[index];
    const later = newest && identified[newest.id];
    if (newest === undefined || later === undefined) return;
    this.fates.observe(later.change * 2);
    this.fates.observe(later.change * 2 + 1);
    if (before !== undefined) this.fates.claim(later.change * 2, before);
    let held: Uint8Array | undefined;
    for (let i = 0; i < index; i++) {
      const operation = volatile[i];
      const earlier = operation && identified[operation.id];
      if (operation === undefined || earlier === undefined) continue;
      if (isData(newest) && isData(operation) && earlier.call === later.call && newest.ino === operation.ino)
        this.tear(later.change, before);
      const pair = this.pairOf(earlier, later);
      if (this.pairs.isSeen(pair)) continue;
      held ??= mustHold(volatile, index, this.model);
      if (held[i] === 0) this.pairs.observe(pair);
    }
  }

  private tear(change: number, before: string | undefined): void {
    this.torn.observe(change);
    if (before !== undefined) this.torn.claim(change, before);
  }

  private pairOf(earlier: Identified, later: Identified): number {
    return pairNumber(earlier.change, later.change) * 2 + Number(earlier.call === later.call);
  }

  private claim(
    states: CrashStates['states'],
    volatile: readonly MicroOperation[],
    identified: readonly (Identified | undefined)[],
  ): void {
    const known = volatile.map(({ id }) => identified[id]);
    const open = this.openPairs(known);
    for (const { key, crash } of states) {
      const lost = new Set(crash.lost);
      const isLost = volatile.map(({ id }) => lost.has(id));
      for (const [earlier, later, pair] of open)
        if (isLost[earlier] === true && isLost[later] === false) this.pairs.claim(pair, key);
      if (this.fates.open > 0)
        known.forEach((operation, i) => {
          if (operation !== undefined)
            this.fates.claim(operation.change * 2 + Number(isLost[i] === false), key);
        });
      if (this.torn.open > 0) this.claimTorn(volatile, known, isLost, key);
    }
  }

  /** By index in what is volatile: the pairs that nothing covers yet. */
  private openPairs(
    known: readonly (Identified | undefined)[],
  ): readonly (readonly [number, number, number])[] {
    const open: [number, number, number][] = [];
    if (this.pairs.open === 0) return open;
    known.forEach((later, j) => {
      for (let i = 0; i < j && later !== undefined; i++) {
        const earlier = known[i];
        if (earlier === undefined) continue;
        const pair = this.pairOf(earlier, later);
        if (this.pairs.isOpen(pair)) open.push([i, j, pair]);
      }
    });
    return open;
  }

  /** A write is torn where one of its sectors survived and another did not. */
  private claimTorn(
    volatile: readonly MicroOperation[],
    known: readonly (Identified | undefined)[],
    isLost: readonly boolean[],
    key: string,
  ): void {
    known.forEach((later, j) => {
      if (later === undefined || !this.torn.isOpen(later.change)) return;
      const isOther = known.some((earlier, i) => {
        const [a, b] = [volatile[i], volatile[j]];
        if (a === undefined || b === undefined || !isData(a) || !isData(b) || a.ino !== b.ino) return false;
        return earlier?.call === later.call && isLost[i] !== isLost[j];
      });
      if (isOther) this.torn.claim(later.change, key);
    });
  }

  coverage(): OrderCoverage {
    const { changes } = this;
    const pairs: { readonly pair: OrderPair; readonly covered: boolean }[] = [];
    changes.forEach((_, earlier) => {
      changes.forEach((__, later) => {
        for (const oneCall of [false, true]) {
          const item = pairNumber(earlier, later) * 2 + Number(oneCall);
          if (this.pairs.isSeen(item))
            pairs.push({ pair: { earlier, later, oneCall }, covered: this.pairs.isCovered(item) });
        }
      });
    });
    const numbers = [...changes.keys()];
    const torn = numbers.filter((change) => this.torn.isSeen(change));
    const known = numbers.filter((change) => this.fates.isSeen(change * 2));
    const lost = known.filter((change) => this.fates.isCovered(change * 2));
    const kept = known.filter((change) => this.fates.isCovered(change * 2 + 1));
    const wereTorn = torn.filter((change) => this.torn.isCovered(change));
    return {
      changes,
      pairs: {
        covered: pairs.filter(({ covered }) => covered).length,
        total: pairs.length,
        seen: pairs.filter(({ covered }) => covered).map(({ pair }) => pair),
        unseen: pairs.filter(({ covered }) => !covered).map(({ pair }) => pair),
      },
      torn: {
        covered: wereTorn.length,
        total: torn.length,
        torn: wereTorn,
        untorn: torn.filter((change) => !wereTorn.includes(change)),
      },
      fates: {
        covered: lost.filter((change) => kept.includes(change)).length,
        total: known.length,
        neverLost: known.filter((change) => !lost.includes(change)),
        neverKept: known.filter((change) => !kept.includes(change)),
      },
    };
  }
}
