import { describe, expect, test } from 'vitest';
import { Agenda } from '../../sim/explore/campaign/agenda.js';
import { explorePart } from '../../sim/explore/campaign/explore-part.js';
import { concludeSuite } from '../../sim/explore/campaign/explore-suite.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../../sim/explore/options.js';
import type { Suite } from '../../sim/suite/suite.js';
import { counterSuite } from '../../sim/testing/counter.js';
import { isUnitResult, type UnitResult } from './check-result.js';
import type { CampaignRecord } from './record.js';
import { isUnitOf, nameOfUnit, type PartUnit } from './unit.js';

const suite = counterSuite('no fsync') as unknown as Suite; // a suite of any system
const options: ExplorationBounds = { ...DEFAULT_OPTIONS, workloads: 2, runs: 96, commands: 3, depth: 1 };
const campaign: CampaignRecord = {
  version: '0',
  code: '',
  packages: '',
  suites: [
    {
      reference: { kind: 'shipped', name: 'counter' },
      suite: { name: 'counter', expected: 'safe', disk: 'posix', invariants: 1 },
      options,
      content: '',
    },
  ],
};

interface Explored {
  readonly unit: PartUnit;
  readonly result: UnitResult;
}

/** All units of an exploration that finds something, guided ones included, with what came of each. */
const explored = async (): Promise<readonly Explored[]> => {
  const agenda = new Agenda(options);
  const all: Explored[] = [];
  for (let next = agenda.take(); next !== undefined; next = agenda.take()) {
    const tally = await explorePart(suite, options, next);
    agenda.explored(next.part, tally);
    all.push({ unit: { suite: 0, assignment: next }, result: { kind: 'explored', tally } });
  }
  return all;
};

const all = await explored();
const tallies = all.flatMap(({ result }) => (result.kind === 'explored' ? [result.tally] : []));

/** Every place of a value, with what replaces it there. */
const withEach = function* (value: unknown, wrong: unknown): Generator<unknown> {
  yield wrong;
  if (value instanceof Map) {
    for (const [key, one] of value)
      for (const other of withEach(one, wrong)) yield new Map([...value, [key, other]]);
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.slice(0, 2).entries())
      for (const other of withEach(one, wrong)) yield value.with(index, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value))
      for (const other of withEach(one, wrong)) yield { ...value, [key]: other };
  }
};

describe('isUnitResult', () => {
  test('accepts what explorePart returns, for every part', () => {
    expect(all.some(({ unit }) => unit.assignment.parents !== undefined)).toBe(true);
    expect(all.some(({ result }) => result.kind === 'explored' && result.tally.firsts.size > 0)).toBe(true);
    expect(all.filter(({ result }) => !isUnitResult(result))).toEqual([]);
  });

  test('accepts what concludeSuite returns, and no result with a flaw', async () => {
    const result = await concludeSuite(suite, options, tallies);
    expect(isUnitResult({ kind: 'concluded', result })).toBe(true);
    for (const wrong of [undefined, {}, { ...result, verdict: 'fine' }, { ...result, violations: [{}] }])
      expect(isUnitResult({ kind: 'concluded', result: wrong })).toBe(false);
  });

  test('refuses a tally with any count that is none', () => {
    const [first] = all;
    if (first?.result.kind !== 'explored') throw new Error('The first part was not explored.');
    const { tally } = first.result;
    const counts = Object.entries(tally).filter(([, value]) => typeof value === 'number');
    expect(counts.length).toBeGreaterThan(5);
    for (const [name] of counts)
      for (const wrong of [-1, Number.NaN, '1', null, undefined, {}])
        expect(isUnitResult({ kind: 'explored', tally: { ...tally, [name]: wrong } }), name).toBe(false);
  });

  test('never throws, whatever is in a place of the result', () => {
    for (const { result } of all.slice(-2))
      for (const wrong of [null, [], 'text', new Map([['a', 1]])])
        for (const value of withEach(result, wrong)) expect(isUnitResult(value)).toBeTypeOf('boolean');
  });
});

describe('isUnitOf', () => {
  test('accepts each unit of the campaign, and names each differently', () => {
    expect(all.filter(({ unit }) => !isUnitOf(unit, campaign))).toEqual([]);
    expect(new Set(all.map(({ unit }) => nameOfUnit(unit))).size).toBe(all.length);
  });

  test('accepts the conclusion of a suite, and names it by what it concludes from', () => {
    const units = [tallies, tallies.slice(1), []].map((some) => ({ suite: 0, tallies: some }));
    expect(units.filter((unit) => !isUnitOf(unit, campaign))).toEqual([]);
    expect(new Set(units.map(nameOfUnit)).size).toBe(units.length);
    for (const wrong of [
      { suite: 1, tallies },
      { suite: 0, tallies: [{}] },
      { suite: 0, tallies: null },
    ])
      expect(isUnitOf(wrong, campaign)).toBe(false);
  });

  test('refuses a suite that the campaign has not, a part that the options have not, and parents that are none', () => {
    const [{ unit } = { unit: undefined }] = all;
    const { assignment = { part: undefined } } = unit ?? {};
    for (const wrong of [
      null,
      'u1',
      { ...unit, suite: 1 },
      { ...unit, suite: -1 },
      { ...unit, assignment: { ...assignment, part: { ...assignment.part, count: 1_000_000 } } },
      { ...unit, assignment: { ...assignment, part: { ...assignment.part, lives: 5 } } },
      { ...unit, assignment: { ...assignment, parents: [{ recipe: {}, place: 1 }] } },
    ])
      expect(isUnitOf(wrong, campaign)).toBe(false);
  });
});
