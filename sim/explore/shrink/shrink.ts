/**
 * The hunt: runs a property over generated inputs with fast-check, notes every invariant seen broken, and shrinks one
 * counterexample for each. The property never fails while hunting, so that the first finding does not hide the others.
 */
import * as fc from 'fast-check';
import { LifeAbandoned, unlessAbandoned } from '../../life/abandoned-life.js';
import type { Finding } from '../exhaustive/exhaustive.js';

/** The first input of a hunt that broke an invariant. */
export interface First {
  readonly index: number;
  readonly finding: Finding;
}

export type Run<T> = (input: T) => Promise<readonly Finding[]>;

/** Which inputs, and when to leave off. Input n of a seed is the same wherever a survey begins. */
export interface SurveyOptions {
  readonly seed: number;
  /** The index of the first input. Default: 0. */
  readonly from?: number;
  readonly runs: number;
  /** True: start no further run. */
  readonly expired: () => boolean;
  /** Stop at the first finding. */
  readonly bail: boolean;
  readonly onRun: (done: number) => void;
}

export interface Survey {
  /** In how many runs each invariant was seen broken. */
  readonly seen: ReadonlyMap<string, number>;
  /** By invariant, in the order in which they were seen broken. */
  readonly firsts: ReadonlyMap<string, First>;
}

export interface ShrinkOptions {
  readonly seed: number;
  /** True: tell the failure as it is by now. */
  readonly expired: () => boolean;
  readonly onShrink: () => void;
}

const MAX_SHRINKING_RUNS = 2_000;

/** The plainest first: fewest crashes, power cuts before kills, nothing lost by chance, nothing even at stake, earliest crash. */
const simplicity = ({ tape, volatile }: Finding): readonly number[] => [
  tape.workload.length,
  tape.crashes.length,
  tape.crashes.filter(({ isKill }) => isKill === true).length,
  tape.crashes.reduce((sum, { lost }) => sum + lost.length, 0),
  volatile,
  tape.crashes[0]?.at ?? 0,
];

const bySimplicity = (a: Finding, b: Finding): number => {
  const [left, right] = [simplicity(a), simplicity(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
};

/** The plainest of the findings that break an invariant. */
export const simplest = (findings: readonly Finding[], invariant: string): Finding | undefined =>
  findings.filter(({ broken }) => broken.invariant === invariant).sort(bySimplicity)[0];

/** The plainest finding of the same invariant that shrinking comes to; the first itself where time is up before. */
export const shrink = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: Run<T>,
  { index, finding }: First,
  options: ShrinkOptions,
): Promise<Finding> => {
  let best: Finding | undefined;
  let tries = 0;
  const property = fc.asyncProperty(arbitrary, async (input) => {
    // Out of time or tries, nothing fails any more and the shrinking ends with what it has.
    if (tries++ > MAX_SHRINKING_RUNS || (best !== undefined && options.expired())) return true;
    options.onShrink();
    const findings = await unlessAbandoned(run(input), () => []);
    const found = simplest(findings, finding.broken.invariant);
    if (found === undefined) return true;
    best = found;
    return false;
  });
  await fc.check(property, { seed: options.seed, path: String(index), numRuns: 1 });
  return best ?? finding;
};

/** Thrown to leave fast-check's loop: it has no other way to be told that no further input is wanted. */
class Enough extends Error {}

/** Runs through `options.runs` inputs. */
export const survey = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: Run<T>,
  options: SurveyOptions,
): Promise<Survey> => {
  const seen = new Map<string, number>();
  const firsts = new Map<string, First>();
  const { seed, from = 0, runs, expired, bail } = options;
  let index = from;
  let done = 0;
  // fast-check takes a throw for a counterexample; here it is an error of the suite or of ours, and ends the hunt.
  let failure: { readonly error: unknown } | undefined;
  await fc.check(
    fc.asyncProperty(arbitrary, async (input) => {
      const at = index++;
      if (expired() || (bail && seen.size > 0)) throw new Enough();
      let found: readonly Finding[];
      try {
        found = await run(input);
      } catch (error) {
        // What it was at comes to nothing; what was run before it stays.
        if (!(error instanceof LifeAbandoned)) failure = { error };
        throw new Enough();
      }
      for (const name of new Set(found.map(({ broken }) => broken.invariant))) {
        seen.set(name, (seen.get(name) ?? 0) + 1);
        const finding = simplest(found, name);
        if (finding !== undefined && !firsts.has(name)) firsts.set(name, { index: at, finding });
      }
      done += 1;
      options.onRun(done);
    }),
    { seed, numRuns: runs, endOnFailure: true, ...(from === 0 ? {} : { path: String(from) }) },
  );
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error; // assigned in a callback the compiler can't follow
  return { seen, firsts };
};

/** Runs through `options.runs` inputs and shrinks what it finds: one finding for each invariant seen broken. */
export const hunt = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: Run<T>,
  options: SurveyOptions & ShrinkOptions,
): Promise<readonly Finding[]> => {
  const { firsts } = await survey(arbitrary, run, options);
  const findings: Finding[] = [];
  for (const first of firsts.values()) findings.push(await shrink(arbitrary, run, first, options));
  return findings;
};
