/**
 * Paired latencies: contenders take turns, round by round, and each round's p50 and p99 are set against the
 * baseline's of the same round. As rates: a latency of 2 ms is 500 a second.
 */
import { type Comparison, type Measured, ratiosOf } from './paired.js';

export interface LatencyContender {
  readonly name: string;
  /** One operation, from the beginning to what is waited for. */
  readonly run: () => Promise<unknown>;
}

const MILLISECONDS_PER_SECOND = 1000;

/** Milliseconds of each operation, run one after the other; shortest first. */
const timed = async ({ run }: LatencyContender, operations: number): Promise<readonly number[]> => {
  const durations: number[] = [];
  for (let operation = 0; operation < operations; operation++) {
    const began = performance.now();
    await run();
    durations.push(performance.now() - began);
  }
  return durations.sort((a, b) => a - b);
};

/** Measures p50 and p99 of `others` beside those of `baseline`: two comparisons. */
export const compareLatencies = async (
  title: string,
  baseline: LatencyContender,
  others: readonly LatencyContender[],
  { rounds = 7, operations = 200 }: { readonly rounds?: number; readonly operations?: number } = {},
): Promise<readonly Comparison[]> => {
  const contenders = [baseline, ...others];
  const quantiles = [0.5, 0.99];
  const rates = quantiles.map(() => contenders.map((): number[] => []));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const durations = await timed(contender, operations);
      // The first round only warms up.
      if (round === 0) continue;
      quantiles.forEach((fraction, at) => {
        const latencyMs = durations[Math.floor(fraction * (durations.length - 1))] ?? Number.NaN;
        rates[at]?.[index]?.push(MILLISECONDS_PER_SECOND / latencyMs);
      });
    }
  }
  return quantiles.map((fraction, at) => {
    const own = rates[at] ?? [];
    const measured = contenders.map(
      ({ name }, index): Measured => ({ name, ...ratiosOf(own[index] ?? [], own[0] ?? []) }),
    );
    return { title: `${title}: p${fraction * 100} latency, as a rate`, rounds, measured };
  });
};
