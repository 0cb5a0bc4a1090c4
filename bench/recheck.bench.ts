/**
 * What it costs that a sample of the lives is lived again in a new process: processor time of the shipped suites' campaign,
 * with the bounds of `powercut run`, in all worker processes. A suite that is explored alone has a process to itself.
 */
import type { Unit } from '../cli/messages/messages.js';
import { exploreInWorkers, type Purpose } from '../cli/workers/pool.js';
import { shippedSuites } from '../properties/suites/index.js';
import { DEFAULT_OPTIONS } from '../sim/explore/options.js';
import { inTurns } from './explorer/exploring.js';
import type { Comparison } from './measuring/paired.js';

/** The part of a campaign's processor time that is left for exploring. */
const BAR = 0.95;

const UNITS = shippedSuites.map(
  ({ name, expected = 'safe', disk = 'posix', invariants }): Unit => ({
    reference: { kind: 'shipped', name },
    suite: { name, expected, disk, invariants: invariants.length },
    options: DEFAULT_OPTIONS,
  }),
);

/** Milliseconds, by purpose. */
const campaign = async (units: readonly Unit[]): Promise<Readonly<Record<Purpose, number>>> => {
  const spent = { exploring: 0, 'living again': 0 };
  await exploreInWorkers(units, {
    workers: 2,
    signal: new AbortController().signal,
    onProgress: () => {},
    onResult: () => {},
    onProcessorTime: (purpose, ms) => {
      spent[purpose] += ms;
    },
    onTrouble: (_unit, { message }) => {
      throw new Error(message);
    },
  });
  return spent;
};

/** Campaigns per second of processor time: of exploring alone, and of all. */
const compared = (title: string, units: readonly Unit[], bar?: number): Promise<Comparison> => {
  let last: Readonly<Record<Purpose, number>> = { exploring: 0, 'living again': 0 };
  const exploring = async (): Promise<number> => {
    last = await campaign(units);
    return 1000 / last.exploring;
  };
  return inTurns(title, { rounds: 1, warm: true }, [
    { name: 'exploring', rate: exploring },
    {
      name: 'exploring, and living a sample again',
      ...(bar === undefined ? {} : { bar }),
      rate: async () => 1000 / (last.exploring + last['living again']),
    },
  ]);
};

export const comparisons = async (): Promise<readonly Comparison[]> => [
  await compared('The six shipped suites, by processor time', UNITS, BAR),
  await compared('One suite alone, by processor time', UNITS.slice(-1)),
];
