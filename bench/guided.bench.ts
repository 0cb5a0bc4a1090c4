/**
 * How soon random runs find a rare fault, by processor time: guided ones against blind ones, which are the baseline. Twelve
 * programs with one planted fault each, ten seeds each. Where no run finds it, a seed counts with all the time that it took.
 */
import { tuneGarbageCollector } from '../cli/worker/garbage-collector.js';
import type { Suite } from '../sim/suite/suite.js';
import { rareFaults } from './guided/faults.js';
import { type FirstKill, firstKill } from './guided/first-kill.js';
import { type Comparison, type Measured, ratiosOf } from './measuring/paired.js';

/** Fewer make a first look; the bars are meant for all. */
const { POWERCUT_BENCH_SEEDS: seeds = '10', POWERCUT_BENCH_RUNS: runs = '20000' } = process.env;
const SEEDS = Number(seeds);
const RUNS_MAX = Number(runs);
/** Over all faults, and of each. */
const MEDIAN_BAR = 3;
const LEAST_BAR = 0.8;

interface Kills {
  readonly suite: Suite;
  readonly blind: readonly FirstKill[];
  readonly guided: readonly FirstKill[];
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
};

const killsOf = async (suite: Suite): Promise<Kills> => {
  const blind: FirstKill[] = [];
  const guided: FirstKill[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    blind.push(await firstKill(suite, { seed, runs: RUNS_MAX, guided: false }));
    guided.push(await firstKill(suite, { seed, runs: RUNS_MAX, guided: true }));
  }
  return { suite, blind, guided };
};

/** How many times as soon: of seeds that belong to nothing in the other list, the medians are compared. */
const ratioOf = ({ blind, guided }: Kills): number =>
  median(blind.map(({ processorMs }) => processorMs)) / median(guided.map(({ processorMs }) => processorMs));

const described = (kills: readonly FirstKill[]): string => {
  const found = kills.filter(({ isKilled }) => isKilled).length;
  return `${Math.round(median(kills.map((kill) => kill.runs)))} runs, ${found} of ${kills.length} seeds`;
};

const perSecond = (kills: readonly FirstKill[]): readonly number[] =>
  kills.map(({ processorMs }) => 1000 / processorMs);

const comparisonOf = (kills: Kills): Comparison => {
  const { suite, blind, guided } = kills;
  const { operationsPerSecond, ratio } = ratiosOf(perSecond(guided), perSecond(blind));
  const measured: readonly Measured[] = [
    { name: `blind: ${described(blind)}`, ...ratiosOf(perSecond(blind), perSecond(blind)) },
    {
      name: `guided: ${described(guided)}`,
      operationsPerSecond,
      ratio: { ...ratio, median: ratioOf(kills) },
      bar: LEAST_BAR,
    },
  ];
  return { title: `First kill: ${suite.name}`, rounds: SEEDS, measured };
};

export const comparisons = async (): Promise<readonly Comparison[]> => {
  tuneGarbageCollector();
  const all: Kills[] = [];
  for (const suite of rareFaults) {
    const kills = await killsOf(suite);
    all.push(kills);
    // It takes most of an hour.
    const { blind, guided } = kills;
    console.error(
      `${all.length}/${rareFaults.length} ${suite.name}: ${ratioOf(kills).toFixed(2)} x; blind ${described(blind)}; guided ${described(guided)}`,
    );
  }
  const ratios = all.map(ratioOf);
  const same = { low: 1, median: 1, high: 1 };
  const over: Measured = {
    name: 'guided',
    operationsPerSecond: Number.NaN,
    ratio: { low: Math.min(...ratios), median: median(ratios), high: Math.max(...ratios) },
    bar: MEDIAN_BAR,
  };
  return [
    ...all.map(comparisonOf),
    {
      title: 'First kill: all of these, least and greatest in place of quartiles',
      rounds: SEEDS,
      measured: [{ name: 'blind', operationsPerSecond: Number.NaN, ratio: same }, over],
    },
  ];
};
