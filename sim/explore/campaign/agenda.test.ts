import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_TALLY, type Tally } from '../counting/tally.js';
import type { SeenRun } from '../guide/guide.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../options.js';
import { Agenda, type Assignment } from './agenda.js';
import { type Part, partsOf } from './parts.js';

const bounds = (changes: Partial<ExplorationBounds> = {}): ExplorationBounds => ({
  ...DEFAULT_OPTIONS,
  workloads: 3,
  runs: 240,
  ...changes,
});

const recipe = {
  draws: { spans: [{ from: 0, seed: 1, at: 0 }], bias: 2 },
  length: 9,
  plan: { branches: [], commandsAfterCrash: 1 },
};

/** The tally of a part that is explored to its end: each of its runs does something new. */
const tallyOf = (part: Part, changes: Partial<Tally> = {}): Tally => ({
  ...EMPTY_TALLY,
  runs: part.phase === 'random' ? part.count : 0,
  digests: [JSON.stringify(part)],
  runsSeen:
    part.phase === 'random'
      ? Array.from(
          { length: part.count },
          (_, run): SeenRun => ({
            features: new Map([[16 * (run + 100 * part.from), 3]]),
            steps: 10,
            recipe,
          }),
        )
      : [],
  ...changes,
});

const isCutShort = ({ lives }: Part): Partial<Tally> =>
  lives === undefined ? {} : { stops: [{ kind: 'lives', limit: lives }] };

/** One process goes through all parts. */
const through = (
  agenda: Agenda,
  come: (part: Part) => Partial<Tally> = () => ({}),
): readonly Assignment[] => {
  const taken: Assignment[] = [];
  for (let next = agenda.take(); next !== undefined; next = agenda.take()) {
    taken.push(next);
    agenda.explored(next.part, tallyOf(next.part, come(next.part)));
  }
  return taken;
};

describe('partsOf', () => {
  it('makes at least half of the runs blind, and all of them where guidance is off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), (runs) => {
        const parts = partsOf(bounds({ runs, workloads: 0 }));
        const sum = (some: readonly Part[]): number => some.reduce((all, { count }) => all + count, 0);
        const guided = parts.filter(({ isGuided }) => isGuided === true);
        expect(sum(parts)).toBe(runs);
        expect(sum(guided)).toBeLessThanOrEqual(runs / 2);
        expect(partsOf(bounds({ runs, guided: false })).some(({ isGuided }) => isGuided === true)).toBe(
          false,
        );
      }),
    );
  });

  it('gives each run of its kind another number', () => {
    for (const isGuided of [undefined, true]) {
      const parts = partsOf(bounds({ runs: 5_000 })).filter(
        (part) => part.phase === 'random' && part.isGuided === isGuided,
      );
      const numbers = parts.flatMap(({ from, count }) =>
        Array.from({ length: count }, (_, run) => from + run),
      );
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });
});

describe('Agenda', () => {
  it('explores a little of each workload and some random runs before any workload wholly, where time is limited', () => {
    const taken = through(new Agenda(bounds({ timeMs: 1_000 })), isCutShort).map(({ part }) => part);
    expect(taken.slice(0, 4)).toMatchObject([
      { from: 0, lives: 32 },
      { from: 1, lives: 32 },
      { from: 2, lives: 32 },
      { phase: 'random', round: 0 },
    ]);
    const whole = taken.findIndex(({ phase, lives }) => phase === 'exhaustive' && lives === undefined);
    expect(taken.slice(0, whole).filter(({ lives }) => lives === 256)).toHaveLength(3);
    expect(taken.slice(0, whole).filter(({ phase }) => phase === 'random').length).toBeGreaterThan(3);
  });

  it('comes to the same with a time limit that is not met as without one', () => {
    const digests = (timeMs: number | undefined): readonly unknown[] => {
      const agenda = new Agenda(bounds(timeMs === undefined ? {} : { timeMs }));
      through(agenda, isCutShort);
      return agenda.finished().map(({ digests: [digest], stops }) => ({ digest, stops }));
    };
    expect(digests(1_000)).toEqual(digests(undefined));
  });

  it('explores no workload again that an earlier pass went through', () => {
    const agenda = new Agenda(bounds({ timeMs: 1_000, runs: 0 }));
    const taken = through(agenda, (part) => (part.from === 1 ? isCutShort(part) : {}));
    expect(taken.map(({ part: { from, lives } }) => [from, lives])).toEqual([
      [0, 32],
      [1, 32],
      [2, 32],
      [1, 256],
      [1, undefined],
    ]);
    expect(agenda.finished()).toHaveLength(3);
  });

  it('keeps what the last complete pass found where time is up, and names the time as what stopped it', () => {
    const agenda = new Agenda(bounds({ timeMs: 1_000, runs: 0, workloads: 1 }));
    const first = agenda.take();
    if (first !== undefined)
      agenda.explored(first.part, tallyOf(first.part, { ...isCutShort(first.part), checked: 31 }));
    const second = agenda.take();
    const cutShort = { kind: 'time' } as const;
    if (second !== undefined)
      agenda.explored(second.part, tallyOf(second.part, { checked: 4, stops: [cutShort], cutShort }));
    expect(agenda.take()).toBeUndefined();
    expect(agenda.finished()).toMatchObject([{ checked: 31, stops: [{ kind: 'time' }] }]);
  });

  it('begins a round when all runs before it are done, and guides it by all of them in order', () => {
    const agenda = new Agenda(bounds({ workloads: 0 }));
    const [first, second] = [agenda.take(), agenda.take()];
    expect(agenda.take()).toBeUndefined();
    expect(agenda.left).toBeGreaterThan(0);
    for (const next of [second, first])
      if (next !== undefined) agenda.explored(next.part, tallyOf(next.part));
    const guided = [agenda.take(), agenda.take()].find((next) => next?.part.isGuided === true);
    expect(guided?.parents).toContainEqual({ recipe, place: 3 });
  });

  it('hands out the same parents whichever part finishes first, and counts what was new', () => {
    const inOrder = new Agenda(bounds());
    const expected = through(inOrder);
    const agenda = new Agenda(bounds());
    const taken: Assignment[] = [];
    for (;;) {
      const batch: Assignment[] = [];
      for (let next = agenda.take(); next !== undefined; next = agenda.take()) batch.push(next);
      if (batch.length === 0) break;
      taken.push(...batch);
      for (const { part } of batch.reverse()) agenda.explored(part, tallyOf(part));
    }
    expect(new Set(taken)).toEqual(new Set(expected));
    expect(agenda.finished()).toEqual(inOrder.finished());
    const novelty = agenda.finished().flatMap((tally) => tally.novelty);
    expect(novelty.reduce((runs, point) => runs + point.runs, 0)).toBe(240);
    expect(novelty[0]).toEqual({ runs: 24, isGuided: false, found: 24 });
  });
});
