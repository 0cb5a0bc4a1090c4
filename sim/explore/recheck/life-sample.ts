/**
 * A sample of the lives of an exploration, drawn by its seed and spread over depths: those that are lived once more, each
 * alone in a process that has just started. Which lives it holds depends on suite and options, not on the number of workers.
 */

import type { LifeRecord, LifeStart } from '../../life/life-record.js';
import type { Tape } from '../../run/tape.js';
import { Hash } from '../../util/hash.js';
import { type Witness, witnessOf } from './life-witness.js';

export interface SampledLife {
  readonly start: LifeStart;
  readonly how: Omit<Tape, 'crashes'>;
  readonly witness: Witness;
  /** Lives of one kind: explored how, after how many power cuts. */
  readonly stratum: string;
  /** Drawn by the seed: of each stratum the least are kept. */
  readonly priority: number;
}

export interface Sample {
  readonly drawn: readonly SampledLife[];
  /** By invariant: the first life that broke it. */
  readonly failing: ReadonlyMap<string, SampledLife>;
}

export const NO_SAMPLE: Sample = { drawn: [], failing: new Map() };

/** Of a stratum, in one part. */
const PER_PART = 2;
/** Of a stratum, in all parts together. After one power cut module state shows the most; each life costs as much as hundreds explored. */
const countOf = (crashes: number): number => (crashes === 1 ? 2 : 1);
/** Strata of lives after more power cuts are one. */
const DEPTH_MAX = 3;

/** The least of each stratum, in the order of the strata: first those after one power cut, which show the most. */
const leastOfEach = (lives: readonly SampledLife[]): readonly SampledLife[] => {
  const strata = new Map<string, SampledLife[]>();
  for (const life of lives) strata.set(life.stratum, [...(strata.get(life.stratum) ?? []), life]);
  return [...strata.keys()]
    .sort()
    .flatMap((stratum) =>
      [...(strata.get(stratum) ?? [])]
        .sort((a, b) => a.priority - b.priority)
        .filter(({ start }, index) => index < countOf(start.history.crashes)),
    );
};

export const addSamples = (left: Sample, right: Sample): Sample => ({
  drawn: leastOfEach([...left.drawn, ...right.drawn]),
  failing: new Map([...right.failing, ...left.failing]),
});

/** The lives to live once more, those first whose module state is most likely to be another one. */
export const livesOf = ({ drawn, failing }: Sample): readonly SampledLife[] => {
  const isLater = ({ start }: SampledLife): boolean => start.history.crashes > 0;
  const all = [...new Set([...failing.values(), ...drawn])];
  return [...all.filter(isLater), ...all.filter((life) => !isLater(life))];
};

/** Draws the sample of one part while that is explored. */
export class Sampling {
  private readonly strata = new Map<string, SampledLife[]>();
  private readonly failing = new Map<string, SampledLife>();
  private offered = 0;

  /** @param part what tells the part from all others */
  constructor(
    private readonly seed: number,
    private readonly phase: string,
    private readonly part: number,
  ) {}

  /** A life of the exploration, and how it was lived. */
  offer(life: LifeRecord, how: Omit<Tape, 'crashes'>): void {
    this.offered += 1;
    const { start, broken } = life;
    const stratum = `${this.phase} ${Math.min(DEPTH_MAX, start.history.crashes)}`;
    const priority = new Hash().int(this.seed).int(this.part).int(this.offered).text(start.key).lane1 >>> 0;
    const make = (): SampledLife => ({ start, how, witness: witnessOf(life), stratum, priority });
    for (const { invariant } of broken) if (!this.failing.has(invariant)) this.failing.set(invariant, make());
    const kept = this.strata.get(stratum) ?? [];
    if (kept.length === PER_PART && priority >= (kept.at(-1)?.priority ?? 0)) return;
    const least = [...kept, make()].sort((a, b) => a.priority - b.priority).slice(0, PER_PART);
    this.strata.set(stratum, least);
  }

  sample(): Sample {
    return { drawn: [...this.strata.values()].flat(), failing: this.failing };
  }
}
