import { describe, expect, it } from 'vitest';
import { LifeAbandoned } from '../../life/abandoned-life.js';
import { type Driven, drive, OVER } from '../../life/drive.js';
import type { Finding } from '../../run/finding.js';
import { surveyTogether, type Together } from './survey.js';

const findingOf = (invariant: string): Finding => ({
  broken: { invariant, statement: '', message: '', moment: 'at-rest' },
  tape: { workload: [], crashes: [], commandsAfterCrash: 0 },
  volatile: 0,
});

interface Surveyed {
  readonly firsts: ReadonlyMap<string, number>;
  /** The inputs that were run. */
  readonly run: readonly number[];
  /** All reports, in order: findings, and how many runs were made by then. */
  readonly told: readonly (string | number)[];
}

/** Surveys the numbers from 0 to 29. */
const surveyed = async (
  broken: (input: number) => readonly string[],
  changes: Partial<Together<number, number>> = {},
): Promise<Surveyed> => {
  const run: number[] = [];
  const told: (string | number)[] = [];
  function* runOf(input: number): Driven<readonly Finding[]> {
    run.push(input);
    yield OVER;
    return broken(input).map(findingOf);
  }
  const firsts = await surveyTogether([...Array(30).keys()].values(), {
    run: runOf,
    drive: (runs) => drive(runs),
    found: (_, input) => input,
    expired: () => false,
    bail: false,
    onFound: (input) => told.push(`found ${input}`),
    onRuns: () => told.push(run.length),
    ...changes,
  });
  return { firsts, run, told };
};

describe('surveyTogether', () => {
  it('goes through all inputs, and notes the first finding of each invariant', async () => {
    const isBroken = (input: number): readonly string[] =>
      input % 7 === 6 ? ['a'] : input === 22 ? ['b', 'a'] : [];
    const { firsts, run, told } = await surveyed(isBroken);
    expect([...firsts]).toEqual([
      ['a', 6],
      ['b', 22],
    ]);
    expect(run).toHaveLength(30);
    expect(told).toEqual(['found 6', 8, 16, 'found 22', 24, 30]);
  });

  it('stops at the first finding where that is wanted, and starts no run when the time is up', async () => {
    expect((await surveyed((input) => (input === 9 ? ['a'] : []), { bail: true })).run).toHaveLength(10);
    let asked = 0;
    expect((await surveyed(() => [], { expired: () => ++asked > 5 })).run.length).toBeLessThan(6);
  });

  it('drops a run that is given up, keeps what was found before it, and passes on any other error', async () => {
    const giveUp = (input: number): readonly string[] => {
      if (input === 12) throw new LifeAbandoned();
      return input === 11 ? ['a'] : [];
    };
    const { firsts, run } = await surveyed(giveUp);
    expect([[...firsts], run.length]).toEqual([[['a', 11]], 13]);
    const fail = (): never => {
      throw new Error('a mistake');
    };
    await expect(surveyed(fail)).rejects.toThrow('a mistake');
  });
});
