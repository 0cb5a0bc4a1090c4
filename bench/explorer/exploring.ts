/** What the benchmarks of the explorer share: the suite, the bounds, and how contenders take turns. */
import checkpointedFeeder from '../../properties/suites/checkpointed-feeder.js';
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import type { Exhausted, ExhaustiveOptions } from '../../sim/explore/exhaustive/exhausted.js';
import { explore } from '../../sim/explore/exhaustive/exhaustive.js';
import { drive } from '../../sim/life/drive.js';
import { type Comparison, type Measured, ratiosOf } from '../measuring/paired.js';
import { bankWorkload } from './workload.js';

export const COMMANDS_AFTER_CRASH = 1;

export const optionsTo = (depth: number): ExhaustiveOptions => ({
  model: diskModel('posix'),
  depth,
  commandsAfterCrash: COMMANDS_AFTER_CRASH,
  imageBudget: 64,
  lifeBudget: Number.POSITIVE_INFINITY,
  stopped: () => undefined,
});

/** Seconds of processor time, of this process, that something took. */
export const processorSeconds = async (act: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

export const exploreOnce = async (commands: number, depth: number): Promise<Exhausted> => {
  const result = await drive(explore(checkpointedFeeder, bankWorkload(commands), optionsTo(depth)));
  if (result.findings.length > 0) throw new Error('a safe design was found unsafe');
  return result;
};

export interface Way {
  readonly name: string;
  /** The promised rate, as a multiple of the baseline's. */
  readonly bar?: number;
  /** Done per second, once. */
  readonly rate: (round: number) => Promise<number>;
}

/** Every way once in each round, and what came of the rounds. A first round only warms up, where all is not warm yet. */
export const inTurns = async (
  title: string,
  { rounds, warm = false }: { readonly rounds: number; readonly warm?: boolean },
  ways: readonly Way[],
): Promise<Comparison> => {
  const rates = ways.map((): number[] => []);
  for (let round = warm ? 1 : 0; round <= rounds; round++) {
    for (const [index, { rate }] of ways.entries()) {
      const measured = await rate(round);
      if (round > 0) rates[index]?.push(measured);
    }
  }
  const measured = ways.map(
    ({ name, bar }, index): Measured => ({
      name,
      ...ratiosOf(rates[index] ?? [], rates[0] ?? []),
      ...(bar === undefined ? {} : { bar }),
    }),
  );
  return { title, rounds, measured };
};
