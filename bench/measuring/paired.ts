/**
 * Paired measurement: contenders take turns in one process, round by round, so that whatever slows the machine slows
 * them alike. The report has the median of the rounds' ratios to the baseline, with their quartiles: a ratio
 * can be compared between machines, a duration can't.
 */

export interface Contender {
  readonly name: string;
  /** Operations done by one call of `run`. */
  readonly operations: number;
  readonly run: () => unknown;
}

export interface ComparisonOptions {
  /** Measured rounds, after one that only warms up. Default: 15. */
  readonly rounds?: number;
  /** Least duration of one contender's turn, in milliseconds: `run` is repeated until it is over. Default: 50. */
  readonly turnMs?: number;
  /** Called before each turn, off the clock: a contender must not sweep up after the one before it. */
  readonly before?: () => void;
  /** Milliseconds since some moment. Default: `performance.now`. */
  readonly clock?: () => number;
}

export interface Measured {
  readonly name: string;
  /** Median over the rounds; NaN where counts are compared. */
  readonly operationsPerSecond: number;
  /** How many times as fast as the baseline: median over the rounds, and the quartiles around it. */
  readonly ratio: { readonly low: number; readonly median: number; readonly high: number };
  /** The least ratio that was promised, where one was. */
  readonly bar?: number;
}

export interface Comparison {
  readonly title: string;
  readonly rounds: number;
  /** The baseline first. */
  readonly measured: readonly Measured[];
}

const MILLISECONDS_PER_SECOND = 1000;

/** Linear interpolation between the two values around the quantile. */
const quantile = (sorted: readonly number[], fraction: number): number => {
  const at = (sorted.length - 1) * fraction;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
};

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** One turn: operations per second over at least `turnMs`. */
const turn = async ({ run, operations }: Contender, turnMs: number, clock: () => number): Promise<number> => {
  const began = clock();
  let elapsed = 0;
  let calls = 0;
  do {
    await run();
    calls += 1;
    elapsed = clock() - began;
  } while (elapsed < turnMs);
  return (calls * operations * MILLISECONDS_PER_SECOND) / elapsed;
};

/** The median of a contender's rates, and of their ratios to the baseline's of the same rounds. */
export const ratiosOf = (
  own: readonly number[],
  baseline: readonly number[],
): Omit<Measured, 'name' | 'bar'> => {
  const ratios = ascending(own.map((rate, round) => rate / (baseline[round] ?? Number.NaN)));
  return {
    operationsPerSecond: quantile(ascending(own), 0.5),
    ratio: { low: quantile(ratios, 0.25), median: quantile(ratios, 0.5), high: quantile(ratios, 0.75) },
  };
};

/** Measures `others` against `baseline`. Takes about (rounds + 1) × turnMs × contenders. */
export const compare = async (
  title: string,
  baseline: Contender,
  others: readonly Contender[],
  { rounds = 15, turnMs = 50, before = () => {}, clock = () => performance.now() }: ComparisonOptions = {},
): Promise<Comparison> => {
  const contenders = [baseline, ...others];
  const rates = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    // The order changes from round to round: being first, or after a certain other, must favour no contender.
    for (let place = 0; place < contenders.length; place++) {
      const index = (place + round) % contenders.length;
      const contender = contenders[index];
      if (contender === undefined) continue;
      before();
      const rate = await turn(contender, turnMs, clock);
      if (round > 0) rates[index]?.push(rate);
    }
  }
  const measured = contenders.map(
    ({ name }, index): Measured => ({ name, ...ratiosOf(rates[index] ?? [], rates[0] ?? []) }),
  );
  return { title, rounds, measured };
};
