/** Collects the crash coverage of one suite over all its workloads, while they are explored. */

import type { CrashStates } from '../disk/crash-model/crash-states.js';
import type { DiskModel } from '../disk/crash-model/disk-models.js';
import { Frontier } from '../disk/crash-model/durability.js';
import type { LifeRecord } from '../life/life-record.js';
import { CrashPoints } from './crash-points.js';
import { Located, type LocatedLife } from './life-sites.js';
import { type Collected, mergeCollected, NOTHING_COLLECTED } from './merge-coverage.js';
import { SurvivorClasses } from './survivor-classes.js';
import { Orders } from './write-orders.js';

export class CrashCoverage {
  private readonly located = new Located();
  private readonly points = new CrashPoints();
  private readonly orders: Orders;
  private readonly survivors = new SurvivorClasses();

  constructor(private readonly model: DiskModel) {
    this.orders = new Orders(model, this.located.table.sites);
  }

  /** The life, its call sites known; undefined: it must be lived once more with its call sites noted, and learnt. */
  locate(life: LifeRecord): LocatedLife | undefined {
    return life.start.history.crashes === 0 ? this.located.first(life) : this.located.recovery(life);
  }

  /** Counts a recovery that ran with call sites. Its steps count as seen, even if no crash interrupts it. */
  learn(life: LifeRecord): LocatedLife {
    const located = this.located.learn(life);
    const { start, world } = life;
    const frontier = new Frontier(start, this.model);
    const followed = this.points.follow(located, undefined);
    world.journal.entries.forEach((entry, index) => {
      frontier.pass(entry);
      followed({ at: index + 1, states: [], volatile: frontier.volatile, killed: undefined });
    });
    return located;
  }

  /** What to tell of each place at which this life is cut. @param untouched the state before it has done anything */
  follow(located: LocatedLife, untouched: string | undefined): (place: CrashStates) => void {
    const followers: ((place: CrashStates) => void)[] = [
      this.points.follow(located, untouched),
      this.orders.follow(located, untouched),
    ];
    if (!located.isRecovery) followers.push(this.survivors.follow(located, untouched));
    return (place) => {
      for (const follow of followers) follow(place);
    };
  }

  /** One workload is explored: what was known of is covered as far as it was checked. */
  resolveClaims(isChecked: (key: string) => boolean, isBroken: (key: string) => boolean): void {
    this.points.resolveClaims(isChecked);
    this.orders.resolveClaims(isChecked);
    this.survivors.resolveClaims(isChecked, isBroken);
  }

  /** In the one order that coverage is listed in. */
  collected(): Collected {
    const { sites } = this.located.table;
    return mergeCollected(NOTHING_COLLECTED, {
      sites: this.points.share(sites),
      orders: this.orders.coverage(),
      recovery: { steps: this.points.recoveryShare(sites) },
      kills: this.points.killShare(sites),
      survivors: this.survivors.coverage(sites),
    });
  }
}
