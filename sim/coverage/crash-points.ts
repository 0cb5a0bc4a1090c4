/**
 * Crash points: (call site, operation, before/middle/after). A point counts where something is volatile, as a power cut
 * anywhere else leaves one disk only and would inflate the figure. A call that changes nothing on the disk and tells
 * the outside world nothing is no point of its own: before, in and after it, the disk is the same.
 */
import type { CrashStates } from '../disk/crash-model/crash-states.js';
import { stateKey } from '../disk/crash-model/durability.js';
import { CRASH_PHASES, type CrashPoint, type Share, type Site } from '../result/result.js';
import { Claims } from './coverage-claims.js';
import type { LocatedLife } from './life-sites.js';

const PHASES = CRASH_PHASES.length;
const [BEFORE, MIDDLE, AFTER] = [0, 1, 2];

/** By place (journal entries that had happened): the points there, as site * 3 + phase. */
const pointsByPlace = ({ life, sites }: LocatedLife): ReadonlyMap<number, readonly number[]> => {
  const { steps, journal } = life.world;
  const points = new Map<number, number[]>();
  const add = (at: number, site: number, phase: number): void => {
    const known = points.get(at);
    if (known === undefined) points.set(at, [site * PHASES + phase]);
    else known.push(site * PHASES + phase);
  };
  sites.forEach((site, index) => {
    const step = steps[index];
    if (site === undefined || step === undefined) return;
    let previous: number | undefined;
    for (let entry = step.entriesStart; entry < step.entriesEnd; entry++) {
      // A file without a name is nothing that a power cut could leave or take, nor is an order of writing.
      const { kind } = journal.entries[entry] ?? { kind: 'birth' };
      if (kind === 'birth' || kind === 'flush') continue;
      if (previous === undefined) add(entry, site, BEFORE);
      else add(previous + 1, site, MIDDLE);
      previous = entry;
    }
    if (previous !== undefined) add(previous + 1, site, AFTER);
  });
  return points;
};

/** The most complete of the states that became possible at a place: it stays possible until something new happens. */
export const leastLost = (states: CrashStates['states']): string | undefined => {
  let [least] = states;
  for (const state of states)
    if (least !== undefined && state.crash.lost.length < least.crash.lost.length) least = state;
  return least?.key;
};

type SiteShare = Share & { cut: Site[]; uncovered: Site[] };

const siteShare = (claims: Claims, sites: readonly Site[]): SiteShare => {
  const seen = [...sites.keys()].filter((number) => claims.isSeen(number));
  const where = (covered: boolean): Site[] =>
    seen.filter((number) => claims.isCovered(number) === covered).flatMap((number) => sites[number] ?? []);
  const [cut, uncovered] = [where(true), where(false)];
  return { covered: cut.length, total: seen.length, cut, uncovered };
};

export class CrashPoints {
  private readonly points = new Claims();
  /** By site: the steps of recoveries. */
  private readonly recoverySteps = new Claims();
  /** By site: the calls after which a kill leaves something of its own. */
  private readonly kills = new Claims();

  /**
   * Follows the places of a life in order. `untouched` is the state before it has done anything. Where a place brings no state of its own, a cut there leaves what the cut
   * before could leave: it is covered by that one's states.
   */
  follow(
    located: LocatedLife,
    untouched: string | undefined,
  ): (place: Pick<CrashStates, 'at' | 'states' | 'volatile' | 'killed'>) => void {
    const { points, recoverySteps, kills } = this;
    const byPlace = pointsByPlace(located);
    let latest = untouched;
    return ({ at, states, volatile, killed }) => {
      latest = leastLost(states) ?? latest;
      if (volatile.length === 0) return;
      for (const point of byPlace.get(at) ?? []) {
        const site = Math.floor(point / PHASES);
        if (killed !== undefined && point % PHASES !== BEFORE) {
          kills.observe(site);
          kills.claim(site, stateKey(killed));
        }
        points.observe(point);
        if (located.isRecovery) recoverySteps.observe(site);
        if (latest === undefined) continue;
        points.claim(point, latest);
        if (located.isRecovery) recoverySteps.claim(site, latest);
      }
    };
  }

  resolveClaims(isChecked: (key: string) => boolean): void {
    this.points.resolveClaims(isChecked);
    this.recoverySteps.resolveClaims(isChecked);
    this.kills.resolveClaims(isChecked);
  }

  share(sites: readonly Site[]): Share & { cut: CrashPoint[]; uncovered: CrashPoint[] } {
    const all = sites.flatMap((site, number) =>
      CRASH_PHASES.map((phase, index) => ({ item: number * PHASES + index, point: { ...site, phase } })),
    );
    const seen = all.filter(({ item }) => this.points.isSeen(item));
    const where = (covered: boolean): CrashPoint[] =>
      seen.filter(({ item }) => this.points.isCovered(item) === covered).map(({ point }) => point);
    const [cut, uncovered] = [where(true), where(false)];
    return { covered: cut.length, total: seen.length, cut, uncovered };
  }

  recoveryShare(sites: readonly Site[]): SiteShare {
    return siteShare(this.recoverySteps, sites);
  }

  killShare(sites: readonly Site[]): SiteShare {
    return siteShare(this.kills, sites);
  }
}
