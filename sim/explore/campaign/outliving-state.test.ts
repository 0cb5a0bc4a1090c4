import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { evaluateAnew } from '../../module-graph/fresh-module.js';
import type { SuiteResult } from '../../result/result.js';
import type { Suite } from '../../suite/suite.js';
import {
  alarming,
  counted,
  fresh,
  meddling,
  plain,
  stale,
  unlike,
} from '../../testing/fixtures/fresh/suites.js';
import { DEFAULT_OPTIONS, type ExplorationBounds } from '../options.js';
import { livesOf } from '../recheck/life-sample.js';
import { type Rechecked, recheck } from '../recheck/recheck.js';
import { exploreInProcess } from './explore-in-process.js';
import { explorePart } from './explore-part.js';
import { exploreSuite } from './explore-suite.js';
import { type AskNewProcess, outlivingOf } from './outliving-state.js';

const OPTIONS: ExplorationBounds = { ...DEFAULT_OPTIONS, workloads: 1, runs: 8, depth: 2 };
const FILE = fileURLToPath(new URL('../../testing/fixtures/fresh/suites.ts', import.meta.url));

const SUITES = { alarming, counted, fresh, meddling, plain, stale, unlike };
type Name = keyof typeof SUITES;

/** As in a process that has just started: with modules that nothing has happened to. */
const anew = (name: Name): AskNewProcess => {
  const load = async (): Promise<Suite> => {
    const { exports } = await evaluateAnew(FILE);
    return Reflect.get(Object(exports), name) as Suite; // the file exports suites only
  };
  // Copied, as what goes to another process is.
  return (lives) =>
    recheck({ alone: load, evaluateAgain: load, files: () => [FILE] }, OPTIONS, structuredClone(lives));
};

const NOTHING_DIFFERENT = { different: [], renamed: 0, isFirstAlone: true };

const differentAt = (index: number, checked: number, isFirstAlone: boolean): Rechecked => ({
  checked,
  different: [{ index, told: 'differs', refutes: [] }],
  renamed: 0,
  isFirstAlone,
});

const explored = (name: Name): Promise<SuiteResult> => exploreSuite(SUITES[name], OPTIONS, anew(name));

describe('exploreInProcess: state that outlives a life', () => {
  it('leaves no verdict to a program whose state no restart would find, and names the step, the file and the variable', async () => {
    const { verdict, asExpected, undecided, violations } = await explored('stale');
    expect({ verdict, asExpected, violations }).toEqual({
      verdict: 'undecided',
      asExpected: false,
      violations: [],
    });
    expect(undecided).toEqual([{ code: 'STATE_OUTLIVED', message: expect.any(String) }]);
    expect(undecided?.[0]?.message).toMatch(
      /the life after 1 power cut differs first at step 1: 'open \/total' \(fresh\/total\.ts:6\), where the exploration had .* Variables at module level are in fresh\/total\.ts \(total\), .*Load the program with freshProgram/,
    );
  });

  it('leaves no verdict to a suite that prepares another disk in each process', async () => {
    const { verdict, undecided } = await explored('unlike');
    expect(verdict).toBe('undecided');
    expect(undecided?.[0]?.message).toContain(
      'the life that starts on the prepared disk starts on another disk: `prepare` writes something else each time',
    );
  });

  it('is told of a history that no check can change, as in the exploration', async () => {
    const { verdict, undecided } = await explored('meddling');
    expect({ verdict, undecided }).toEqual({ verdict: 'holds', undecided: undefined });
  });

  it('lets a violation stand where the program is evaluated in each life', async () => {
    const { verdict, violations, notes } = await explored('fresh');
    expect({ verdict, notes }).toEqual({ verdict: 'violated', notes: [] });
    expect(violations.map(({ invariant }) => invariant)).toEqual(['kept']);
  });

  it('says nothing of a program that keeps nothing', async () => {
    expect(await explored('plain')).toMatchObject({ verdict: 'holds', notes: [] });
  });

  it('takes names of new files for what they are: a note, and no doubt', async () => {
    const { verdict, notes } = await explored('counted');
    expect({ verdict, codes: notes.map(({ code }) => code) }).toEqual({
      verdict: 'holds',
      codes: ['NAMES_OUTLIVED'],
    });
  });

  it('calls nothing a violation that does not come about in a life of its own', async () => {
    const { verdict, violations, undecided } = await explored('alarming');
    expect({ verdict, violations }).toEqual({ verdict: 'undecided', violations: [] });
    expect(undecided?.[0]?.message).toMatch(/Alone, it does not break 'recovers'\./);
  });

  it('says that it did not check where it could not', async () => {
    const unknown = await exploreInProcess(plain, OPTIONS);
    expect(unknown.notes).toMatchObject([
      { code: 'MODULE_STATE_NOT_CHECKED', message: /the file that exports the suite is not known/ },
    ]);
    const failing = await exploreSuite(plain, OPTIONS, () => Promise.reject(new Error('The process died')));
    expect(failing.notes).toMatchObject([
      { code: 'MODULE_STATE_NOT_CHECKED', message: /The process died\.$/ },
    ]);
  });

  it('says nothing of a difference that a process of its own does not show', async () => {
    const ask: AskNewProcess = async (lives) =>
      lives.length === 1 ? { ...NOTHING_DIFFERENT, checked: 1 } : differentAt(1, lives.length, true);
    expect(await exploreSuite(plain, OPTIONS, ask)).toMatchObject({ verdict: 'holds', notes: [] });
  });

  it.each([
    { isFirstAlone: true, codes: ['STATE_OUTLIVED'] },
    { isFirstAlone: false, codes: [] },
  ])(
    'asks another process about the first life unless that was alone: $isFirstAlone',
    async ({ isFirstAlone, codes }) => {
      const part = { phase: 'exhaustive', from: 0, count: 1 } as const;
      const outliving = await outlivingOf(
        [await explorePart(plain, OPTIONS, { part })],
        async ({ length }) => differentAt(0, length, isFirstAlone),
        async () => ({ ...NOTHING_DIFFERENT, checked: 1 }),
      );
      expect(outliving.flatMap(({ doubts }) => doubts.map(({ code }) => code))).toEqual(codes);
    },
  );
});

describe('livesOf', () => {
  it('is drawn by the seed alone, and from lives of every depth', async () => {
    const sampleOf = async (seed: number) => {
      const part = { phase: 'exhaustive', from: 0, count: 1 } as const;
      return livesOf((await explorePart(plain, { ...OPTIONS, seed }, { part })).sample);
    };
    const keys = (lives: ReturnType<typeof livesOf>) => lives.map(({ start }) => start.key);
    const first = await sampleOf(1);
    expect(keys(await sampleOf(1))).toEqual(keys(first));
    expect(keys(await sampleOf(2))).not.toEqual(keys(first));
    expect([...new Set(first.map(({ start }) => start.history.crashes))].sort()).toEqual([0, 1, 2]);
  });

  it('does not change the digest of the exploration', async () => {
    const { digest } = await exploreSuite(plain, OPTIONS);
    expect((await explored('plain')).digest).toBe(digest);
  });
});
