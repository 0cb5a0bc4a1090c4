/** Simulates a large exploration on many cores: the real partitioner on a synthetic state graph, and a schedule of its slices. */
import { type Queued, slicesOf } from '../../sim/explore/exhaustive/slices.js';
import { Hash } from '../../sim/util/hash.js';
import { stream } from '../../sim/util/seeded-streams.js';

export interface Partition {
  readonly slices: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** Sizes of the slices that the real partitioner makes of this many states. Cost: linear, in memory. */
export const partition = (states: number): Partition => {
  const queued = Array.from({ length: states }, (_, index) => {
    const key = new Hash().int(index).digest();
    // The partitioner reads the key only.
    return { start: { key }, crashes: [], volatile: 0 } as unknown as Queued;
  });
  const common = { workload: [], plan: undefined, generation: 1, zerosCount: false };
  const slices = slicesOf(queued, { livesLeft: states, sliceStates: undefined }, common) ?? [];
  const sizes = slices.map((slice) => slice.states.length);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  return { slices: sizes.length, mean, least: Math.min(...sizes), most: Math.max(...sizes) };
};

export interface Schedule {
  readonly seconds: number;
  /** Share of the cores' time in which they explore. */
  readonly efficiency: number;
}

/** Of the cost of a slice: some have programs that read much, and some are known after few lives. */
const SPREAD = 0.5;

/**
 * How long generations of these sizes take on some cores. Each core takes the next slice when it is free; a generation begins
 * when the one before it is over, and its slices leave the machine that puts them together at its rate.
 */
export const schedule = (
  generations: readonly number[],
  cores: number,
  { exploreMs, handOutMs, sliceStates }: { exploreMs: number; handOutMs: number; sliceStates: number },
): Schedule => {
  const source = stream(cores, 'schedule');
  let now = 0;
  let work = 0;
  for (const states of generations) {
    const slices = Math.ceil(states / sliceStates);
    // Cores in a ring of the times at which they are free: slices are many, so the order of two frees matters little.
    const free = new Float64Array(cores).fill(now);
    let end = now;
    for (let slice = 0; slice < slices; slice++) {
      const size = Math.min(sliceStates, states);
      const factor = 1 - SPREAD + 2 * SPREAD * (source.uint32() / 2 ** 32);
      const ms = size * exploreMs * factor;
      const core = slice % cores;
      const begin = Math.max(free[core] ?? now, now + slice * handOutMs);
      free[core] = begin + ms;
      end = Math.max(end, begin + ms);
      work += ms;
    }
    now = end;
  }
  return { seconds: now / 1000, efficiency: work / (now * cores) };
};
