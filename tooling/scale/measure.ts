/** What a state of a large workload costs on this machine: to explore, to send, to take in. */

import { isUnitResult, type UnitResult } from '../../cli/campaign/check-result.js';
import { seal, unseal } from '../../cli/campaign/seal.js';
import { diskModel } from '../../sim/disk/crash-model/disk-models.js';
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import { explorePart, exploreSliceOfPart } from '../../sim/explore/campaign/explore-part.js';
import { Exploration } from '../../sim/explore/exhaustive/exploration.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import { boundsOf } from '../../sim/explore/options.js';
import { FIRST_LIFE } from '../../sim/run/tape.js';
import { manyStates } from '../../sim/testing/many-states.js';

export interface Costs {
  readonly states: number;
  /** Distinct states that these led to, in one slice. */
  readonly found: number;
  /** Milliseconds of processor time, as all here, to recover from one state, and to cut what it does. */
  readonly exploreMs: number;
  /** Milliseconds for one state that others found: to take it in, and to put it into a slice of the next generation. */
  readonly mergeMs: number;
  /** Milliseconds to seal the result of a slice, for one of its states: the worker does it. */
  readonly sealMs: number;
  /** The same to read it again, and to check it: the machine that started the campaign does both. */
  readonly readMs: number;
  readonly checkMs: number;
  /** Sealed bytes of a slice, and of its result, for one of its states. */
  readonly bytesOut: number;
  readonly bytesBack: number;
}

const FILES = 5;

const suite = manyStates(FILES);
const part = { phase: 'exhaustive', from: 0, count: 1 } as const;
const options = { ...boundsOf({ workloads: 1, runs: 0, maxCrashes: 2 }), sliceStates: 256 };

/** Of an exploration that takes in what another one found. */
const bounds = {
  model: diskModel('posix'),
  depth: 9,
  commandsAfterCrash: 0,
  imageBudget: 1_000_000,
  lifeBudget: 1_000_000,
};

/** Of this process: a busy machine changes it little. */
const processorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const timed = async <Value>(act: () => Value | Promise<Value>): Promise<readonly [Value, number]> => {
  const began = processorMs();
  const value = await act();
  return [value, processorMs() - began];
};

/** Explores a program with many crash states in small slices, and times each step. */
export const measureCosts = async (): Promise<Costs> => {
  const sums = {
    states: 0,
    found: 0,
    exploreMs: 0,
    mergeMs: 0,
    sealMs: 0,
    readMs: 0,
    checkMs: 0,
    out: 0,
    back: 0,
  };
  const exploreSlices = async (slices: readonly Slice[]): Promise<readonly SliceCounted[]> => {
    const all: SliceCounted[] = [];
    for (const slice of slices) {
      const [counted, exploreMs] = await timed(() => exploreSliceOfPart(suite, options, part, slice));
      const result: UnitResult = { kind: 'counted', counted };
      const [sealed, sealMs] = await timed(() => seal('key', 'result u1', result));
      const [read, readMs] = await timed(() => unseal('key', 'result u1', sealed));
      const [isGood, checkMs] = await timed(() => isUnitResult(read));
      if (!isGood) throw new Error('A result that was sealed here is refused.');
      sums.states += slice.states.length;
      sums.found += counted.explored.found.length;
      sums.exploreMs += exploreMs;
      sums.sealMs += sealMs;
      sums.readMs += readMs;
      sums.checkMs += checkMs;
      sums.out += seal('key', 'unit u1', slice).length;
      sums.back += sealed.length;
      all.push(counted);
    }
    const other = new Exploration([], { ...bounds, stopped: () => undefined }, FIRST_LIFE);
    const explored = all.map((one) => one.explored);
    const [, mergeMs] = await timed(() => other.merge(slices, explored));
    sums.mergeMs += mergeMs;
    return all;
  };
  await explorePart(suite, options, { part }, undefined, exploreSlices);
  if (sums.states === 0) throw new Error('No generation was explored in slices.');
  const { states, found, exploreMs, mergeMs, sealMs, readMs, checkMs, out, back } = sums;
  return {
    states,
    found,
    exploreMs: exploreMs / states,
    mergeMs: mergeMs / Math.max(1, found),
    sealMs: sealMs / states,
    readMs: readMs / states,
    checkMs: checkMs / states,
    bytesOut: out / states,
    bytesBack: back / states,
  };
};
