/** What a state of a large workload costs on this machine: to explore, to send, to take in. */

import { isUnitResult, type UnitResult } from '../../cli/campaign/check-result.js';
import { seal, unseal } from '../../cli/campaign/seal.js';
import checkpointedFeeder from '../../properties/suites/checkpointed-feeder.js';
import type { SliceCounted } from '../../sim/explore/campaign/counting-part.js';
import { explorePart, exploreSliceOfPart } from '../../sim/explore/campaign/explore-part.js';
import type { Slice } from '../../sim/explore/exhaustive/slices.js';
import { boundsOf } from '../../sim/explore/options.js';
import type { Suite } from '../../sim/suite/suite.js';

export interface Costs {
  readonly states: number;
  /** Milliseconds to recover from one state, and to cut what it does. */
  readonly exploreMs: number;
  /** Milliseconds for one state that others found: to take it in, and to put it into a slice of the next generation. */
  readonly mergeMs: number;
  /** Milliseconds to seal, unseal and check the result of a slice, for one of its states. */
  readonly wireMs: number;
  /** Sealed bytes of a slice, and of its result, for one of its states. */
  readonly bytesOut: number;
  readonly bytesBack: number;
}

const suite = checkpointedFeeder as unknown as Suite; // a suite of any system
const part = { phase: 'exhaustive', from: 0, count: 1 } as const;
const options = {
  ...boundsOf({
    workloads: 1,
    runs: 0,
    maxCrashes: 3,
    maxCommands: 8,
    limits: { livesPerWorkload: 100_000 },
  }),
  sliceStates: 256,
};

const timed = async <Value>(act: () => Value | Promise<Value>): Promise<readonly [Value, number]> => {
  const began = performance.now();
  const value = await act();
  return [value, performance.now() - began];
};

/** Explores a shipped suite in small slices, and times each step. */
export const measureCosts = async (): Promise<Costs> => {
  const sums = { states: 0, found: 0, exploreMs: 0, mergeMs: 0, wireMs: 0, out: 0, back: 0 };
  let idleSince = performance.now();
  const exploreSlices = async (slices: readonly Slice[]): Promise<readonly SliceCounted[]> => {
    if (sums.states > 0) sums.mergeMs += performance.now() - idleSince;
    const all: SliceCounted[] = [];
    for (const slice of slices) {
      const [counted, exploreMs] = await timed(() => exploreSliceOfPart(suite, options, part, slice));
      const result: UnitResult = { kind: 'counted', counted };
      const [sealed, sealMs] = await timed(() => seal('key', 'result u1', result));
      const [isGood, readMs] = await timed(() => isUnitResult(unseal('key', 'result u1', sealed)));
      if (!isGood) throw new Error('A result that was sealed here is refused.');
      sums.states += slice.states.length;
      sums.found += counted.explored.found.length;
      sums.exploreMs += exploreMs;
      sums.wireMs += sealMs + readMs;
      sums.out += seal('key', 'unit u1', slice).length;
      sums.back += sealed.length;
      all.push(counted);
    }
    idleSince = performance.now();
    return all;
  };
  await explorePart(suite, options, { part }, undefined, exploreSlices);
  sums.mergeMs += performance.now() - idleSince;
  if (sums.states === 0) throw new Error('No generation was explored in slices.');
  const { states, found, exploreMs, mergeMs, wireMs, out, back } = sums;
  return {
    states,
    exploreMs: exploreMs / states,
    mergeMs: mergeMs / Math.max(1, found),
    wireMs: wireMs / states,
    bytesOut: out / states,
    bytesBack: back / states,
  };
};
