/**
 * A campaign's logs by number: each is a function of the seed and its number, so any of them can be made again alone.
 * Workers share what is done so far as numbers in one piece of memory, in which a hang shows, too.
 */
import { makeCorpus, type SoundLog } from './corpus.js';
import { drawFor } from './draw.js';
import { kindNames, type Mutated, mutate } from './mutations.js';
import { judge, OUTCOMES, type Verdict } from './trial.js';

export interface Put {
  readonly sound: SoundLog;
  readonly mutated: Mutated;
  readonly verdict: Verdict;
}

export type PutToTheStore = (number: number) => Promise<Put>;

export const campaignOf = async (seed: number): Promise<PutToTheStore> => {
  const corpus = await makeCorpus();
  return async (number) => {
    const draw = drawFor(seed, number);
    const sound = draw.pick(corpus);
    if (sound === undefined) throw new Error('there are no sound logs to mutate');
    const mutated = mutate(sound, draw, corpus);
    return { sound, mutated, verdict: await judge(sound, mutated) };
  };
};

/** The counters of a campaign; workers write them, and the main thread reads them. */
export class Counts {
  readonly #words: Int32Array;

  constructor(
    readonly memory: SharedArrayBuffer,
    readonly workers: number,
  ) {
    this.#words = new Int32Array(memory);
  }

  static create(workers: number): Counts {
    const words = 1 + workers + OUTCOMES.length * kindNames.length + OUTCOMES.length;
    const counts = new Counts(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT), workers);
    for (let worker = 0; worker < workers; worker++) counts.#words[1 + worker] = -1;
    return counts;
  }

  /** Takes the number of the next log for this worker. */
  take(worker: number): number {
    const number = Atomics.add(this.#words, 0, 1);
    Atomics.store(this.#words, 1 + worker, number);
    return number;
  }

  /** The log that a worker is at; -1 before its first. */
  at(worker: number): number {
    return Atomics.load(this.#words, 1 + worker);
  }

  add({ mutated, verdict }: Put): void {
    const outcome = OUTCOMES.indexOf(verdict.outcome);
    Atomics.add(this.#words, 1 + this.workers + outcome, 1);
    // A log with several things done to it counts under each of them, but once.
    for (const kind of new Set(mutated.kinds))
      Atomics.add(this.#words, this.#cell(outcome, kindNames.indexOf(kind)), 1);
  }

  ofOutcome(outcome: number): number {
    return Atomics.load(this.#words, 1 + this.workers + outcome);
  }

  ofKind(outcome: number, kind: number): number {
    return Atomics.load(this.#words, this.#cell(outcome, kind));
  }

  get done(): number {
    return OUTCOMES.reduce((sum, _, outcome) => sum + this.ofOutcome(outcome), 0);
  }

  #cell(outcome: number, kind: number): number {
    return 1 + this.workers + OUTCOMES.length * (kind + 1) + outcome;
  }
}
