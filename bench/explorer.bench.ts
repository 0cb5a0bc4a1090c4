/**
 * The exhaustive explorer against what one would do without it, on one suite: `checkpointed-feeder` under `posix`, ten
 * customers, every command doing something. A crash state is covered when it was checked or its key equals that of one
 * that was; the baselines remember nothing and are counted by what they check.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import checkpointedFeeder from '../properties/suites/checkpointed-feeder.js';
import { diskModel } from '../sim/disk/models.js';
import { drive } from '../sim/explore/drive.js';
import { type Exhausted, type ExhaustiveOptions, explore } from '../sim/explore/exhaustive.js';
import { liveOn, readyStates } from './explorer/bare.js';
import { testByHand } from './explorer/by-hand.js';
import { countCovered } from './explorer/covered.js';
import { killProcesses } from './explorer/killed.js';
import { bankWorkload } from './explorer/workload.js';
import { type Comparison, type Measured, ratiosOf } from './paired.js';

const COMMANDS_AFTER_CRASH = 1;

const optionsTo = (depth: number): ExhaustiveOptions => ({
  model: diskModel('posix'),
  depth,
  commandsAfterCrash: COMMANDS_AFTER_CRASH,
  imageBudget: 64,
  lifeBudget: Number.POSITIVE_INFINITY,
  expired: () => false,
});

/** Seconds of processor time, of this process, that something took. */
const processorSeconds = async (act: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const exploreOnce = async (commands: number, depth: number): Promise<Exhausted> => {
  const result = await drive(explore(checkpointedFeeder, bankWorkload(commands), optionsTo(depth)));
  if (result.findings.length > 0) throw new Error('a safe design was found unsafe');
  return result;
};

interface Way {
  readonly name: string;
  /** So many times the baseline's rate is what was promised. */
  readonly bar?: number;
  /** Done per second, once. */
  readonly rate: (round: number) => Promise<number>;
}

/** Every way once in each round, and what came of the rounds. The first round only warms up. */
const inTurns = async (title: string, rounds: number, ways: readonly Way[]): Promise<Comparison> => {
  const rates = ways.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
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
  inTurns(`Crash states covered, ${commands} commands to depth ${depth}, by processor time`, rounds, [
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
  return inTurns(`Crash states covered, ${commands} commands to depth 1, by the clock`, 5, [
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
  return inTurns(`Images checked, ${commands} commands to depth 1, by processor time`, 9, [
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

const growth = (): Promise<Comparison> =>
  inTurns('Whole explorations to depth 1, by processor time', 2, [
    { name: '100 commands', rate: async () => 1 / (await processorSeconds(() => exploreOnce(100, 1))) },
    {
      name: '400 commands (bar: 6 times the cost, aim 4.5)',
      bar: 1 / 6,
      rate: async () => 1 / (await processorSeconds(() => exploreOnce(400, 1))),
    },
  ]);

const LONG = 1000;
const MEMORY_BAR_MB = 300;
const MEMORY = 'memory';

/** In a process of its own, or the memory of what was measured before would be counted. */
const tellMemory = async (): Promise<void> => {
  const child = fork(fileURLToPath(import.meta.url), [MEMORY]);
  const [peakMb] = (await once(child, 'message')) as [number]; // what the child sends
  const verdict = peakMb <= MEMORY_BAR_MB ? 'met' : 'MISSED';
  console.log(
    `Memory of ${LONG} commands to depth 1: ${peakMb} MB at most, bar ${MEMORY_BAR_MB} MB: ${verdict}.\n`,
  );
};

if (process.argv[2] === MEMORY && process.send !== undefined) {
  await exploreOnce(LONG, 1);
  process.send(Math.round(process.resourceUsage().maxRSS / 1000), () => process.disconnect());
}

export const comparisons = async (): Promise<readonly Comparison[]> => {
  const measured = [
    await covering(20, 1, 10, { rounds: 5, runs: 40 }),
    await covering(200, 1, 50, { rounds: 2, runs: 10 }),
    await covering(20, 2, 200, { rounds: 2, runs: 40 }),
    await againstKilling(),
    await perImage(),
    await growth(),
  ];
  await tellMemory();
  return measured;
};
