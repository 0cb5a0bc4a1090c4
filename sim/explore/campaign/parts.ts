/**
 * The parts of an exploration: some workloads, or some random runs, each. Parts are a pure function of the options, and a
 * part's result of suite, options, part and the results of the parts that it builds on. So it does not matter how many
 * processes explore them.
 */
import type { ExplorationBounds, Phase } from '../options.js';
import { RUNS_PER_HISTORY_MAX } from '../random/draw-plan.js';

export interface Part {
  readonly phase: Phase;
  /** Index of the first workload or run. */
  readonly from: number;
  readonly count: number;
  /** Of workloads: the budget of lives of each. Absent: the suite's own. A later part explores the same ones further. */
  readonly lives?: number;
  /** Of random runs. Those of a round begin when all runs of the rounds before it are done. */
  readonly round?: number;
  /** Random runs that are made from earlier ones that did something new. */
  readonly isGuided?: true;
}

type Asked = Pick<ExplorationBounds, 'workloads' | 'runs' | 'strategy' | 'timeMs' | 'guided'>;

/** Few enough parts that passing over the runs of the ones before takes no time, many enough to share out and to learn from. */
const RANDOM_PARTS_MAX = 128;
/** Runs of a part that is worth a process. */
const RUNS_PER_PART_MIN = 24;
/** Lives of each workload in the passes before the last, where the time is limited: each workload gets some soon. */
const LIVES_OF_PASSES = [32, 256];
/** Parts of the first rounds. Each few rounds there are as many more, and larger ones: at first there is most to learn. */
const PARTS_PER_ROUND = 2;
const ROUNDS_ALIKE = 4;
const ROUNDS_PER_DOUBLING = 2;

/** Whole histories: the runs that share their first life are of one part. */
const runsPerPart = (runs: number): number =>
  Math.ceil(Math.max(RUNS_PER_PART_MIN, runs / RANDOM_PARTS_MAX) / RUNS_PER_HISTORY_MAX) *
  RUNS_PER_HISTORY_MAX;

const workloadParts = (workloads: number): readonly Part[] =>
  Array.from({ length: workloads }, (_, from) => ({ phase: 'exhaustive', from, count: 1 }));

/** Of each round after the first, half of the parts are guided. */
const randomParts = ({ runs, strategy, guided = true }: Asked): readonly Part[] => {
  // Depth first search draws nothing.
  if (strategy?.kind === 'dfs') return [];
  const size = runsPerPart(runs);
  const parts: Part[] = [];
  const next = { blind: 0, guided: 0 };
  let left = runs;
  for (let round = 0; left > 0; round++) {
    const inRound = PARTS_PER_ROUND * (1 + Math.floor(round / ROUNDS_ALIKE));
    const grown = RUNS_PER_PART_MIN * 2 ** Math.floor(round / ROUNDS_PER_DOUBLING);
    for (let index = 0; index < inRound && left > 0; index++) {
      const count = Math.min(guided ? grown : size, size, left);
      const isGuided = guided && round > 0 && index % 2 === 1;
      const from = isGuided ? next.guided : next.blind;
      next[isGuided ? 'guided' : 'blind'] += count;
      left -= count;
      // Without guidance no run builds on another.
      const part = { phase: 'random' as const, from, count, round: guided ? round : 0 };
      parts.push(isGuided ? { ...part, isGuided } : part);
    }
  }
  return parts;
};

/** Deals parts out among passes: the first ones to the first pass. */
const dealt = (parts: readonly Part[], passes: number, pass: number): readonly Part[] => {
  const share = Math.ceil(parts.length / passes);
  return parts.slice(pass * share, (pass + 1) * share);
};

/**
 * All parts of an exploration, in the order in which one process goes through them. Where the time is limited each workload
 * is explored a little first, and random runs come in between. Only the order depends on that, unless time is up.
 */
export const partsOf = (options: Asked): readonly Part[] => {
  const workloads = workloadParts(options.workloads);
  const random = randomParts(options);
  if (options.timeMs === undefined || options.strategy?.kind === 'dfs') return [...workloads, ...random];
  const passes: (number | undefined)[] = [...LIVES_OF_PASSES, undefined];
  return passes.flatMap((lives, pass) => [
    ...workloads.map((part) => (lives === undefined ? part : { ...part, lives })),
    ...dealt(random, passes.length, pass),
  ]);
};
