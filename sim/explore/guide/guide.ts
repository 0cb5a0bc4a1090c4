/**
 * The guide of random runs: remembers which runs did something rare, and chooses the inputs from which the next round is made.
 * Runs are handed to it in their order, round by round, so it depends on no process, no worker and no clock.
 */

import { type Stream, stream } from '../../util/seeded-streams.js';
import type { Parent, Recipe } from '../random/mutate-input.js';
import { aboutOf, type Features, weightOf } from './features.js';

/** What guidance knows of one run, as plain data: it crosses processes. */
export interface SeenRun {
  readonly features: Features;
  /** Simulated steps, all lives together: about its cost. */
  readonly steps: number;
  /** The input of the run, with its own power cuts alone. */
  readonly recipe: Recipe;
}

/** A run that is the cheapest known one to show some features. */
interface Entry {
  readonly recipe: Recipe;
  readonly steps: number;
  /** These features, and where it showed them. */
  readonly owned: Map<number, number>;
}

/** What is known of one feature. */
interface Known {
  /** In how many blind runs it was seen. */
  blind: number;
  /** How often inputs were made from runs that showed it. */
  chosen: number;
  /** None: forgotten. */
  owner: Entry | undefined;
}

/** A feature that was chosen so often has half of its energy left. */
const CHOSEN_BEFORE_HALF = 16;
/** A feature is chosen so often for the square of its weight, and no more: what is near it was tried. */
const CHOSEN_MAX = 1.25;
/** Of the average: cheaper runs are no better for it. */
const LEAST_COST = 0.5;
/** Runs beyond which those of least energy are forgotten. */
const ENTRIES_MAX = 4096;

/** A feature of this weight says so much that guidance does not give it up early. */
const HEAVY = 16;
/** Where guided parts find fewer features, lighter ones are chosen less. */
const ENOUGH_FOUND = 16;
const LEAST_SHARE = 0.0625;
/** Parts. */
const LATELY = 5;

/** More than one in this number of blind runs: no guidance is needed. The first few are always rare. */
const RARE = 256;
const FEW = 2;

const UINT32 = 0x1_0000_0000;

/** Engines may differ in the last bits of a logarithm. */
const roundedLog2 = (value: number): number => Math.round(1024 * Math.log2(value)) / 1024;

/** One of the values, by their weights; undefined where all weights are zero. */
const drawnOf = <T>(source: Stream, values: readonly T[], weightOf: (value: T) => number): T | undefined => {
  const weights = values.map(weightOf);
  let left = (source.uint32() / UINT32) * weights.reduce((sum, weight) => sum + weight, 0);
  return values.find((_, index) => {
    left -= weights[index] ?? 0;
    return left < 0;
  });
};

export class Guide {
  private readonly known = new Map<number, Known>();
  /** By what features are about, how many of them are known. */
  private readonly members = new Map<number, number>();
  private entries: Entry[] = [];
  private steps = 0;
  private runs = 0;
  private blindRuns = 0;
  /** About how many features a part of guided runs found lately. */
  private foundLately = ENOUGH_FOUND;

  /** Takes in runs, in their order. Returns how many features were seen for the first time. */
  add(seen: readonly SeenRun[], isGuided: boolean): number {
    const before = this.known.size;
    for (const run of seen) {
      this.see(run, isGuided);
      this.steps += run.steps;
      this.runs += 1;
    }
    this.entries = this.entries.filter(({ owned }) => owned.size > 0);
    if (this.entries.length > ENTRIES_MAX) {
      const energies = new Map(this.entries.map((entry) => [entry, this.energy(entry)]));
      this.entries.sort((a, b) => (energies.get(b) ?? 0) - (energies.get(a) ?? 0));
      for (const { owned } of this.entries.splice(ENTRIES_MAX / 2))
        for (const feature of owned.keys()) this.forget(feature);
    }
    const found = this.known.size - before;
    if (isGuided) this.foundLately += (found - this.foundLately) / LATELY;
    else this.blindRuns += seen.length;
    return found;
  }

  private forget(feature: number): void {
    const known = this.known.get(feature);
    if (known !== undefined) known.owner = undefined;
  }

  private see({ features, steps, recipe }: SeenRun, isGuided: boolean): void {
    const entry: Entry = { recipe, steps, owned: new Map() };
    for (const [feature, place] of features) {
      const known = this.known.get(feature);
      if (known !== undefined && !isGuided) known.blind += 1;
      if (known !== undefined && (known.owner === undefined || known.owner.steps <= steps)) continue;
      entry.owned.set(feature, place);
      if (known === undefined) {
        this.known.set(feature, { blind: isGuided ? 0 : 1, chosen: 0, owner: entry });
        this.members.set(aboutOf(feature), (this.members.get(aboutOf(feature)) ?? 0) + 1);
      } else {
        known.owner?.owned.delete(feature);
        known.owner = entry;
      }
    }
    if (entry.owned.size > 0) this.entries.push(entry);
  }

  /**
   * Inputs to begin from, by their energy; none where nothing was seen, or all that was is used up.
   * @param seed a text that no other round has
   */
  parents(count: number, seed: string): readonly Parent[] {
    const source = stream(seed, 'guide');
    const energies = new Map(this.entries.map((entry) => [entry, this.energy(entry)]));
    const parents: Parent[] = [];
    let light = Math.max(LEAST_SHARE, this.foundLately / ENOUGH_FOUND) * count;
    while (parents.length < count) {
      const entry = drawnOf(source, this.entries, (one) => energies.get(one) ?? 0);
      if (entry === undefined) return parents;
      const [, place] = drawnOf(source, [...entry.owned], ([feature]) => this.rarityOf(feature)) ?? [];
      parents.push({ recipe: entry.recipe, place: place ?? 0 });
      for (const feature of entry.owned.keys()) {
        const known = this.known.get(feature);
        if (known !== undefined) known.chosen += 1;
      }
      energies.set(entry, this.energy(entry));
      if (!this.isHeavy(entry) && --light < 0)
        for (const one of this.entries) if (!this.isHeavy(one)) energies.set(one, 0);
    }
    return parents;
  }

  /**
   * More for a feature that few blind runs show, and for one of a rare kind; less where it was chosen often,
   * or where the run costs more than the average.
   */
  private rarityOf(feature: number): number {
    const { blind, chosen } = this.known.get(feature) ?? { blind: 0, chosen: 0 };
    const weight = weightOf(feature);
    if (chosen > CHOSEN_MAX * weight ** 2 || blind > Math.max(FEW, this.blindRuns / RARE)) return 0;
    const surprise = roundedLog2(1 + this.runs / (this.members.get(aboutOf(feature)) ?? 1));
    return (weight * surprise) / ((1 + blind) * Math.sqrt(1 + chosen / CHOSEN_BEFORE_HALF));
  }

  private isHeavy({ owned }: Entry): boolean {
    return [...owned.keys()].some((feature) => weightOf(feature) >= HEAVY && this.rarityOf(feature) > 0);
  }

  private energy({ owned, steps }: Entry): number {
    let rarity = 0;
    for (const feature of owned.keys()) rarity += this.rarityOf(feature);
    const cost = (steps * this.runs) / Math.max(1, this.steps);
    return rarity ** 2 / Math.max(LEAST_COST, cost);
  }
}
