/**
 * The exhaustive explorer against what one would do without it, on one suite: `checkpointed-feeder` under `posix`, ten
 * customers, every command doing something. A crash state is covered when it was checked or its key equals that of one
 * that was; the baselines remember nothing and are counted by what they check.
 */
import checkpointedFeeder from '../properties/suites/checkpointed-feeder.js';
import { liveOn, readyStates } from './explorer/bare.js';
import { testByHand } from './explorer/by-hand.js';
import { countCovered } from './explorer/covered.js';
import {
  COMMANDS_AFTER_CRASH,
  exploreOnce,
  inTurns,
  optionsTo,
  processorSeconds,
  type Way,
} from './explorer/exploring.js';
import { killProcesses } from './explorer/killed.js';
import { bankWorkload } from './explorer/workload.js';
import type { Comparison } from './measuring/paired.js';

const byHand = (commands: number, depth: 1 | 2, runs: number): Way => ({
  name: 'by hand: fast-check, memfs, the prefix run again',
  rate: async (round) => {
    let checked = 0;
    const seconds = await processorSeconds(async () => {
      checked = await testByHand({
        suite: checkpointedFeeder,
        workload: bankWorkload(commands),
        commandsAfterCrash: COMMANDS_AFTER_CRASH,
        depth,
        runs,
        seed: round,
      });
    });
    return checked / seconds;
  },
});

const explorer = async (commands: number, depth: 1 | 2, bar: number): Promise<Way> => {
  const covered = await countCovered(checkpointedFeeder, bankWorkload(commands), optionsTo(depth));
  return {
    name: 'explorer',
    bar,
    rate: async () => covered / (await processorSeconds(() => exploreOnce(commands, depth))),
  };
};

const covering = async (
  commands: number,
  depth: 1 | 2,
  bar: number,
  { rounds, runs }: { readonly rounds: number; readonly runs: number },
): Promise<Comparison> =>
  inTurns(`Crash states covered, ${commands} commands to depth ${depth}, by processor time`, { rounds }, [
    byHand(commands, depth, runs),
    await explorer(commands, depth, bar),
  ]);

/** By the clock on the wall, as most of a process's birth is other people's time. */
const againstKilling = async (): Promise<Comparison> => {
  const [commands, kills] = [20, 8];
  const covered = await countCovered(checkpointedFeeder, bankWorkload(commands), optionsTo(1));
  const perSecond = async (count: number, act: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await act();
    return (count * 1000) / (performance.now() - began);
  };
  const recovery = { workload: bankWorkload(commands), commandsAfterCrash: COMMANDS_AFTER_CRASH };
  return inTurns(`Crash states covered, ${commands} commands to depth 1, by the clock`, { rounds: 5 }, [
    {
      name: 'a real process, SIGKILL, started again',
      rate: () => perSecond(kills, () => killProcesses(recovery, kills)),
    },
    { name: 'explorer', bar: 1000, rate: () => perSecond(covered, () => exploreOnce(commands, 1)) },
  ]);
};

/** What one image costs that is really checked. */
const perImage = async (): Promise<Comparison> => {
  const commands = 20;
  const recovery = { workload: bankWorkload(commands), commandsAfterCrash: COMMANDS_AFTER_CRASH };
  const states = await readyStates(checkpointedFeeder, recovery.workload, optionsTo(1));
  return inTurns(`Images checked, ${commands} commands to depth 1, by processor time`, { rounds: 9 }, [
    {
      name: 'the same lives on ready disks, without a simulator',
      rate: async () => {
        const ready = states.map(({ volume, notes }) => ({ volume: volume(), notes: notes.copy() }));
        return states.length / (await processorSeconds(() => liveOn(checkpointedFeeder, ready, recovery)));
      },
    },
    {
      name: 'explorer',
      bar: 1 / 1.5,
      rate: async () => {
        let checked = 0;
        const seconds = await processorSeconds(async () => {
          checked = (await exploreOnce(commands, 1)).checked;
        });
        return checked / seconds;
      },
    },
  ]);
};

export const comparisons = async (): Promise<readonly Comparison[]> => [
  await covering(20, 1, 10, { rounds: 5, runs: 40 }),
  await covering(200, 1, 50, { rounds: 2, runs: 10 }),
  await covering(20, 2, 200, { rounds: 2, runs: 40 }),
  await againstKilling(),
  await perImage(),
];
