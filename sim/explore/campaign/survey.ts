/** Goes through inputs and notes every invariant seen broken: the first finding does not hide the others. */

import * as fc from 'fast-check';
import { LifeAbandoned } from '../../life/abandoned-life.js';
import type { Driven } from '../../life/drive.js';
import type { Finding, First } from '../../run/finding.js';
import { type Run, simplest } from '../shrink/shrink.js';

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
  /** An invariant was seen broken for the first time. */
  readonly onFound?: (first: First) => void;
}

export interface Survey {
  /** By invariant, in the order in which they were seen broken. */
  readonly firsts: ReadonlyMap<string, First>;
}

/** Thrown to leave fast-check's loop, which has no other way to stop early. */
class SurveyEnded extends Error {}

/** By invariant, the simplest finding of each that is not known to be broken. */
const newOf = (
  findings: readonly Finding[],
  known: ReadonlyMap<string, unknown>,
): readonly (readonly [string, Finding])[] =>
  [...new Set(findings.map(({ broken }) => broken.invariant))].flatMap((name) => {
    const finding = known.has(name) ? undefined : simplest(findings, name);
    return finding === undefined ? [] : [[name, finding] as const];
  });

/** Runs through `options.runs` inputs that fast-check generates. The property never fails. */
export const survey = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: Run<T>,
  options: SurveyOptions,
): Promise<Survey> => {
  const firsts = new Map<string, First>();
  const { seed, from = 0, runs, expired, bail } = options;
  let index = from;
  let done = 0;
  // fast-check takes a throw for a counterexample; here it is an error of the suite or of ours, and ends the hunt.
  let failure: { readonly error: unknown } | undefined;
  await fc.check(
    fc.asyncProperty(arbitrary, async (input) => {
      const at = index++;
      if (expired() || (bail && firsts.size > 0)) throw new SurveyEnded();
      let found: readonly Finding[];
      try {
        found = await run(input);
      } catch (error) {
        // The current run is dropped; earlier runs count.
        if (!(error instanceof LifeAbandoned)) failure = { error };
        throw new SurveyEnded();
      }
      for (const [name, finding] of newOf(found, firsts)) {
        firsts.set(name, { index: at, finding });
        options.onFound?.({ index: at, finding });
      }
      done += 1;
      options.onRun(done);
    }),
    { seed, numRuns: runs, endOnFailure: true, ...(from === 0 ? {} : { path: String(from) }) },
  );
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error; // assigned in a callback the compiler can't follow
  return { firsts };
};

/** Inputs whose runs are made in one drive. One run takes less time than the guard's look at the host after a drive. */
const DRIVEN_TOGETHER = 8;

/** How to go through inputs of small runs, and what to tell of them. */
export interface Together<Input, Found> {
  readonly run: (input: Input) => Driven<readonly Finding[]>;
  readonly drive: (runs: Driven<void>) => Promise<void>;
  /** What is noted of an invariant's first finding. */
  readonly found: (finding: Finding, input: Input) => Found;
  /** True: start no further run. */
  readonly expired: () => boolean;
  /** Stop at the first finding. */
  readonly bail: boolean;
  readonly onFound: (first: Found) => void;
  /** Some more runs are made. */
  readonly onRuns: () => void;
}

/** The next few inputs. */
const someOf = <Input>(inputs: Iterator<Input>): readonly Input[] => {
  const some: Input[] = [];
  while (some.length < DRIVEN_TOGETHER) {
    const next = inputs.next();
    if (next.done === true) break;
    some.push(next.value);
  }
  return some;
};

/**
 * Runs through all inputs, a few in each drive. A run that is given up is dropped, and is the last one.
 * @returns by invariant, what was noted of its first finding, in the order in which they were seen broken
 */
export const surveyTogether = async <Input, Found>(
  inputs: Iterator<Input>,
  { run, drive, found, expired, bail, onFound, onRuns }: Together<Input, Found>,
): Promise<ReadonlyMap<string, Found>> => {
  const firsts = new Map<string, Found>();
  const isOver = (): boolean => expired() || (bail && firsts.size > 0);
  function* runsOf(some: readonly Input[]): Driven<void> {
    for (const input of some) {
      if (isOver()) return;
      const findings = yield* run(input);
      for (const [name, finding] of newOf(findings, firsts)) firsts.set(name, found(finding, input));
    }
  }
  for (let isGivenUp = false; !isGivenUp && !isOver(); ) {
    const some = someOf(inputs);
    if (some.length === 0) break;
    const known = firsts.size;
    try {
      await drive(runsOf(some));
    } catch (error) {
      if (!(error instanceof LifeAbandoned)) throw error;
      isGivenUp = true;
    }
    for (const first of [...firsts.values()].slice(known)) onFound(first);
    onRuns();
  }
  return firsts;
};
