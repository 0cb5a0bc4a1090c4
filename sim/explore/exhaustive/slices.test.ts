import { deserialize, serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { manyStates } from '../../testing/many-states.js';
import type { CountSlices } from '../campaign/counting-part.js';
import { explorePart, exploreSliceOfPart } from '../campaign/explore-part.js';
import type { Tally } from '../counting/tally.js';
import { boundsOf } from '../options.js';

const FILES = 3;
const SLICE_STATES = 10;
const part = { phase: 'exhaustive', from: 0, count: 1 } as const;
const options = { ...boundsOf({ workloads: 1, runs: 0, maxCrashes: 2 }), sliceStates: SLICE_STATES };

/** What is counted, without times. */
const counts = ({ seconds: _1, ...tally }: Tally): object => tally;

describe('explorePart: a generation of more crash states than a slice has', () => {
  test('gives the same result in one process and across processes, in any order of the slices', async () => {
    const suite = manyStates(FILES);
    let handedOut = 0;
    const elsewhere: CountSlices = async (slices) => {
      handedOut += slices.length;
      const backwards = [...slices].reverse();
      const counted = new Map();
      for (const slice of backwards) {
        const sent = deserialize(serialize(slice));
        counted.set(slice, deserialize(serialize(await exploreSliceOfPart(suite, options, part, sent))));
      }
      return slices.map((slice) => counted.get(slice));
    };
    const here = await explorePart(suite, options, { part });
    const there = await explorePart(suite, options, { part }, undefined, elsewhere);
    expect(here.distinct).toBeGreaterThan(2 * SLICE_STATES);
    expect(handedOut).toBeGreaterThan(2);
    expect(counts(there)).toEqual(counts(here));
    expect(here.seen.get('not all')).toBeGreaterThan(0);
    expect(here.checked).toBe(here.distinct);
  });

  test('keeps to its lives, and says so', async () => {
    const livesPerWorkload = SLICE_STATES;
    const tally = await explorePart(manyStates(FILES, livesPerWorkload), options, { part });
    expect(tally.stops).toEqual([{ kind: 'lives', limit: livesPerWorkload }]);
    expect(tally.reach).toEqual([{ crashes: 0, closed: false }]);
    expect(tally.checked).toBeLessThan(tally.distinct);
  });

  test('keeps what was explored where the time is up before the slices are', async () => {
    const suite = manyStates(FILES);
    let slicesGiven = 0;
    const late: CountSlices = async (slices) => {
      slicesGiven = slices.length;
      // More than the limit below, and the grace of a life.
      await new Promise((resolve) => setTimeout(resolve, 3_500));
      const counted = [];
      for (const slice of slices)
        counted.push(await exploreSliceOfPart(suite, { ...options, timeMs: -1_000 }, part, slice));
      return counted;
    };
    const tally = await explorePart(suite, { ...options, timeMs: 2_000 }, { part }, undefined, late);
    expect(slicesGiven).toBeGreaterThan(1);
    expect(tally).toMatchObject({ workloads: 1, cutShort: { kind: 'time' } });
    expect(tally.stops).toContainEqual({ kind: 'time' });
    expect(tally.crashPoints).toBeGreaterThan(0);
    expect(tally.checked).toBe(0);
  });
});
