/**
 * Which kinds of disks were checked at which call site: everything was there, nothing, a prefix of the writes, or a write
 * without an earlier one; and among those, disks with a torn write, old bytes or garbage. The heat map shows them.
 *
 * Counted over first lives, at every crash point where something was volatile and over every image legal there, also those
 * that were legal at the crash point before: a cut in one gap may leave the same image as a cut in the gap before.
 */

import type { CrashStates } from '../disk/crash-model/crash-states.js';
import type { CrashState } from '../disk/crash-model/durability.js';
import { isData, type MicroOperation } from '../disk/crash-model/micro-operation.js';
import { type Site, type SiteSurvivors, SURVIVOR_CLASSES, type SurvivorClass } from '../result/result.js';
import type { LocatedLife } from './life-sites.js';

/** Images that are followed from place to place; where more are legal the oldest are let go. */
const FOLLOWED_MAX = 256;

type Counts = Record<SurvivorClass, { images: number; checked: number; violated: number }>;

const noCounts = (): Counts =>
  Object.fromEntries(
    SURVIVOR_CLASSES.map((name) => [name, { images: 0, checked: 0, violated: 0 }]),
  ) as Counts; // one for each class

/** A state, without its image, which is no longer needed. */
type Left = Pick<CrashState, 'key' | 'crash'>;

interface Followed extends Left {
  /** Micro-operations of greater ids were issued later: in this state they are lost, too. */
  readonly newest: number;
}

interface Place {
  readonly states: readonly Left[];
  readonly site: number | undefined;
  /** The entry was no micro-operation but something that makes every image a new state. */
  readonly isAnew: boolean;
  readonly volatile: readonly MicroOperation[];
}

/** By id: the step that a micro-operation is part of. */
const callsOf = ({ life }: LocatedLife): readonly number[] => {
  const calls: number[] = [];
  life.world.steps.forEach((step, call) => {
    for (let index = step.entriesStart; index < step.entriesEnd; index++) {
      const entry = life.world.journal.entries[index];
      if (entry !== undefined && 'id' in entry) calls[entry.id] = call;
    }
  });
  return calls;
};

const isTorn = (
  volatile: readonly MicroOperation[],
  isLost: readonly boolean[],
  calls: readonly number[],
): boolean => {
  const fates = new Map<string, boolean>();
  return volatile.some((operation, index) => {
    if (!isData(operation)) return false;
    const call = `${calls[operation.id]}:${operation.ino}`;
    const fate = fates.get(call);
    fates.set(call, isLost[index] === true);
    return fate !== undefined && fate !== isLost[index];
  });
};

/** Exactly one of the first four, and any of the others. */
const classesOf = (
  volatile: readonly MicroOperation[],
  isLost: readonly boolean[],
  fill: CrashState['crash']['fill'],
  calls: readonly number[],
): readonly SurvivorClass[] => {
  const firstLost = isLost.indexOf(true);
  const lastKept = isLost.lastIndexOf(false);
  const whole: SurvivorClass =
    firstLost === -1 ? 'kept' : lastKept === -1 ? 'lost' : firstLost > lastKept ? 'prefix' : 'reordered';
  const torn: readonly SurvivorClass[] = isTorn(volatile, isLost, calls) ? ['torn'] : [];
  return fill === 'zero' ? [whole, ...torn] : [whole, ...torn, fill];
};

const left = ({ key, crash }: CrashState): Left => ({ key, crash });

const loses = ({ crash, newest }: Followed, id: number): boolean => id > newest || crash.lost.includes(id);

export class SurvivorClasses {
  private places: Place[] = [];
  private calls: readonly number[] = [];
  private untouched: string | undefined;
  private readonly counts = new Map<number, Counts>();

  /** Follows the places of a first life in order. @param untouched the state before it has done anything */
  follow(located: LocatedLife, untouched: string | undefined): (place: CrashStates) => void {
    this.untouched = untouched;
    const { steps, journal } = located.life.world;
    this.calls = callsOf(located);
    let step = 0;
    return ({ at, states, volatile }) => {
      while (step < steps.length && (steps[step]?.entriesEnd ?? 0) < at) step += 1;
      const entry = journal.entries[at - 1];
      if (entry === undefined || entry.kind === 'birth' || entry.kind === 'flush') return;
      const isAnew = !('id' in entry) && (states.length > 0 || entry.kind === 'failed-sync');
      this.places.push({
        site: located.sites[step],
        isAnew,
        volatile: volatile.slice(),
        states: states.map(left),
      });
    };
  }

  /** At the end of an exploration: counts what was followed. */
  resolveClaims(isChecked: (key: string) => boolean, isBroken: (key: string) => boolean): void {
    const { untouched: key } = this;
    let followed: readonly Followed[] =
      key === undefined ? [] : [{ key, crash: { at: 0, lost: [], fill: 'zero' }, newest: -1 }];
    let before: readonly MicroOperation[] = [];
    for (const { site, isAnew, volatile, states } of this.places) {
      const newest = volatile.at(-1)?.id ?? -1;
      const ids = new Set(volatile.map(({ id }) => id));
      const durable = before.filter(({ id }) => !ids.has(id));
      const legal = isAnew ? [] : followed.filter((state) => durable.every(({ id }) => !loses(state, id)));
      followed = [...legal, ...states.map((state) => ({ ...state, newest }))].slice(-FOLLOWED_MAX);
      before = volatile;
      if (volatile.length === 0 || site === undefined) continue;
      for (const state of followed) {
        const isLost = volatile.map(({ id }) => loses(state, id));
        const classes = classesOf(volatile, isLost, state.crash.fill, this.calls);
        this.count(site, classes, isChecked(state.key), isBroken(state.key));
      }
    }
    this.places = [];
  }

  private count(site: number, classes: readonly SurvivorClass[], checked: boolean, broken: boolean): void {
    const counts = this.counts.get(site) ?? noCounts();
    this.counts.set(site, counts);
    for (const name of classes) {
      counts[name].images += 1;
      counts[name].checked += Number(checked);
      counts[name].violated += Number(broken);
    }
  }

  coverage(sites: readonly Site[]): SiteSurvivors[] {
    return sites.flatMap((site, number) => {
      const counts = this.counts.get(number);
      if (counts === undefined) return [];
      const classes = SURVIVOR_CLASSES.filter((name) => counts[name].images > 0);
      return [{ ...site, classes: classes.map((name) => ({ class: name, ...counts[name] })) }];
    });
  }
}
