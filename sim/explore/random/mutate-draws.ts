/** New workloads from one that led somewhere new. Mostly its commands up to there stay: they are found by drawing others behind them. */
import type { Json } from '../../suite/suite.js';
import type { Stream } from '../../util/seeded-streams.js';
import { type Draws, redrawn, repeated } from './draws.js';

/** The draws of a workload. */
export interface DrawnWorkload {
  readonly draws: Draws;
  /** How many it took. */
  readonly length: number;
}

/** What a suite generates from draws. */
export type Generate = (draws: Draws) => readonly Json[];

const commonStart = (left: readonly Json[], right: readonly Json[]): number => {
  const differing = left.findIndex(
    (command, index) => JSON.stringify(command) !== JSON.stringify(right[index]),
  );
  return differing === -1 ? left.length : differing;
};

/** Several, as a command may be drawn as it was. */
const OTHER_SEEDS = [0x5eed, 0x7ee5, 0xb0b0];

/** The first draw that has no say in the first `commands` commands: from there on others can be drawn. */
const endOf = (
  { draws, length }: DrawnWorkload,
  workload: readonly Json[],
  commands: number,
  generate: Generate,
): number => {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const isKept = OTHER_SEEDS.every(
      (seed) => commonStart(workload, generate(redrawn(draws, middle, seed))) >= commands,
    );
    if (isKept) high = middle;
    else low = middle + 1;
  }
  return high;
};

/** Draws that say how many commands there are are among the first ones. */
const LENGTH_DRAWS = 3;
const FEW = 4;

/** Other draws at a few places within a range. */
const fewRedrawn = (source: Stream, draws: Draws, from: number, to: number): Draws => {
  const place = from + source.below(Math.max(1, to - from));
  return redrawn(draws, place, source.uint32(), place + 1 + source.below(FEW));
};

const TRIES = 16;

/** Draws of a longer workload with the same first `commands` commands; where none is found, the draws as they were. */
const lengthened = (
  source: Stream,
  draws: Draws,
  workload: readonly Json[],
  commands: number,
  generate: Generate,
): Draws => {
  for (let tries = 0; tries < TRIES; tries++) {
    const from = source.below(2);
    const longer = redrawn(draws, from, source.uint32(), from + 1 + source.below(2));
    const generated = generate(longer);
    if (generated.length > commands && commonStart(workload, generated) >= commands) return longer;
  }
  return draws;
};

const VARIATIONS = 4;

/** Instead of what follows, variations of what was drawn within a range. */
const varied = (source: Stream, draws: Draws, from: number, to: number): Draws => {
  let result = draws;
  for (let next = 1; next <= VARIATIONS; next++) {
    const place = from + next * (to - from);
    result = fewRedrawn(source, repeated(result, from, to, place), place, place + to - from);
  }
  return result;
};

/** Other commands after the first `commands`. */
export const goneOn = (source: Stream, drawn: DrawnWorkload, commands: number, generate: Generate): Draws =>
  redrawn(drawn.draws, endOf(drawn, generate(drawn.draws), commands, generate), source.uint32());

/**
 * Another workload.
 * @param command the command during which something new was seen, from 1; 0: any
 */
export const mutatedDraws = (
  source: Stream,
  drawn: DrawnWorkload,
  command: number,
  generate: Generate,
): Draws => {
  const { draws, length } = drawn;
  const way = source.below(12);
  if (way === 0) return fewRedrawn(source, draws, 0, LENGTH_DRAWS);
  if (way === 1) return fewRedrawn(source, draws, 0, length);
  if (way === 2) return redrawn(draws, source.below(Math.max(1, length)), source.uint32());
  const workload = generate(draws);
  const at =
    command === 0 ? 1 + source.below(Math.max(1, workload.length)) : Math.min(command, workload.length);
  const end = endOf(drawn, workload, at, generate);
  const start = way < 9 ? endOf(drawn, workload, at - 1, generate) : end;
  if (way < 5) return fewRedrawn(source, draws, start, end);
  const hasRoom = at < workload.length && source.below(4) > 0;
  const long = hasRoom ? draws : lengthened(source, draws, workload, at, generate);
  return start < end ? varied(source, long, start, end) : redrawn(long, end, source.uint32());
};
