/**
 * The guide of random runs: remembers which runs did something first, and chooses the inputs from which the next round is
 * made. Runs are handed to it in their order, round by round, so it depends on no process, no worker and no clock.
 */

import { stream } from '../../util/seeded-streams.js';
import type { Parent, Recipe } from '../random/mutate-input.js';
import { isOfCrash, weightOf } from './features.js';

/** What guidance knows of one run, as plain data: it crosses processes. */
export interface SeenRun {
  readonly features: readonly number[];
  /** Simulated steps, all lives together: about its cost. */
  readonly steps: number;
  /** The input of the run, with its own power cuts alone. */
  readonly recipe: Recipe;
}

interface Entry {
  readonly recipe: Recipe;
  readonly steps: number;
  /** The features that this run showed first. */
  readonly first: readonly number[];
  /** How often it was chosen. */
  chosen: number;
}

/** An input that was chosen so often has half of its energy left. */
const CHOSEN_BEFORE_HALF = 16;
/** Of the average: cheaper runs are no better for it. */
const LEAST_COST = 0.5;
/** Entries beyond which those of least energy are forgotten. */
const ENTRIES_MAX = 512;

/** The part of an input to vary most: the one whose change brought something new. */
const focusOf = (first: readonly number[]): Parent['focus'] => {
  const sum = (features: readonly number[]): number =>
    features.reduce((all, feature) => all + weightOf(feature), 0);
  return 2 * sum(first.filter(isOfCrash)) > sum(first) ? 'crashes' : 'workload';
};

export class Guide {
  /** In how many runs each feature was seen. */
  private readonly counts = new Map<number, number>();
  private entries: Entry[] = [];
  private steps = 0;
  private runs = 0;

  /** Takes in runs, in their order. Returns how many features were seen for the first time. */
  add(runs: readonly SeenRun[]): number {
    let found = 0;
    for (const { features, steps, recipe } of runs) {
      const first = features.filter((feature) => !this.counts.has(feature));
      for (const feature of features) this.counts.set(feature, (this.counts.get(feature) ?? 0) + 1);
      if (first.length > 0) this.entries.push({ recipe, steps, first, chosen: 0 });
      found += first.length;
      this.steps += steps;
      this.runs += 1;
    }
    if (this.entries.length > ENTRIES_MAX) {
      const kept = new Set(
        [...this.entries].sort((a, b) => this.energy(b) - this.energy(a)).slice(0, ENTRIES_MAX),
      );
      this.entries = this.entries.filter((entry) => kept.has(entry));
    }
    return found;
  }

  /** Inputs to begin from, by their energy; none where nothing was seen. `seed` is a text that no other round has. */
  parents(count: number, seed: string): readonly Parent[] {
    const source = stream(seed, 'guide');
    const chosen: Parent[] = [];
    if (this.entries.length === 0) return chosen;
    for (let index = 0; index < count; index++) {
      const energies = this.entries.map((entry) => this.energy(entry));
      const total = energies.reduce((sum, energy) => sum + energy, 0);
      let left = (source.uint32() / 0x1_0000_0000) * total;
      const at = energies.findIndex((energy) => {
        left -= energy;
        return left < 0;
      });
      const entry = this.entries.at(at);
      if (entry === undefined) continue;
      entry.chosen += 1;
      chosen.push({ recipe: entry.recipe, focus: focusOf(entry.first) });
    }
    return chosen;
  }

  /** More for features that few runs show, less for an entry that was chosen often, or that costs more than the average. */
  private energy({ first, chosen, steps }: Entry): number {
    const rarity = first.reduce(
      (sum, feature) => sum + weightOf(feature) / (this.counts.get(feature) ?? 1),
      0,
    );
    const cost = (steps * this.runs) / Math.max(1, this.steps);
    return rarity ** 2 / ((1 + chosen / CHOSEN_BEFORE_HALF) * Math.max(LEAST_COST, cost));
  }
}
