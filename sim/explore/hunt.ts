/**
 * The hunt: runs a property over generated inputs with fast-check, notes every invariant seen broken, and shrinks one
 * counterexample for each. The property never fails while hunting, so that the first finding does not hide the others.
 */
import * as fc from 'fast-check';
import type { Finding } from './exhaustive.js';

export interface Hunted {
  /** One shrunk finding for each invariant seen broken, in the order in which they were. */
  readonly findings: readonly Finding[];
  /** In how many runs each invariant was seen broken. */
  readonly seen: ReadonlyMap<string, number>;
  readonly runs: number;
}

export interface HuntOptions {
  readonly seed: number;
  readonly runs: number;
  /** True: start no further run. */
  readonly expired: () => boolean;
  /** Stop at the first finding. */
  readonly bail: boolean;
  /** Invariants that have been told already, and need no shrinking. */
  readonly known: ReadonlySet<string>;
  readonly onRun: (done: number) => void;
  readonly onShrink: () => void;
}

const MAX_SHRINKING_RUNS = 2_000;

/** The plainest first: fewest crashes, nothing lost by chance, nothing even at stake, earliest crash. */
const simplicity = ({ tape, volatile }: Finding): readonly number[] => [
  tape.workload.length,
  tape.crashes.length,
  tape.crashes.reduce((sum, { lost }) => sum + lost.length, 0),
  volatile,
  tape.crashes[0]?.at ?? 0,
];

const simplest = (findings: readonly Finding[], invariant: string): Finding | undefined =>
  findings
    .filter(({ broken }) => broken.invariant === invariant)
    .sort((a, b) => {
      const [left, right] = [simplicity(a), simplicity(b)];
      const at = left.findIndex((value, index) => value !== right[index]);
      return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
    })[0];

const shrink = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: (input: T) => Promise<readonly Finding[]>,
  invariant: string,
  index: number,
  options: HuntOptions,
): Promise<Finding | undefined> => {
  let best: Finding | undefined;
  let tries = 0;
  const property = fc.asyncProperty(arbitrary, async (input) => {
    // Out of time or tries, nothing fails any more and the shrinking ends with what it has.
    if (tries++ > MAX_SHRINKING_RUNS || (best !== undefined && options.expired())) return true;
    options.onShrink();
    const found = simplest(await run(input), invariant);
    if (found === undefined) return true;
    best = found;
    return false;
  });
  await fc.check(property, { seed: options.seed, path: String(index), numRuns: options.runs });
  return best;
};

/** Thrown to leave fast-check's loop: it has no other way to be told that no further input is wanted. */
class Enough extends Error {}

/** Hunts through `options.runs` inputs. */
export const hunt = async <T>(
  arbitrary: fc.Arbitrary<T>,
  run: (input: T) => Promise<readonly Finding[]>,
  options: HuntOptions,
): Promise<Hunted> => {
  const seen = new Map<string, number>();
  const firsts = new Map<string, { readonly index: number; readonly finding: Finding }>();
  let index = 0;
  let done = 0;
  // fast-check takes a throw for a counterexample; here it is an error of the suite or of ours, and ends the hunt.
  let failure: { readonly error: unknown } | undefined;
  await fc.check(
    fc.asyncProperty(arbitrary, async (input) => {
      const at = index++;
      if (options.expired() || (options.bail && seen.size > 0)) throw new Enough();
      let found: readonly Finding[];
      try {
        found = await run(input);
      } catch (error) {
        failure = { error };
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
    { seed: options.seed, numRuns: options.runs, endOnFailure: true },
  );
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error; // assigned in a callback the compiler can't follow
  const findings: Finding[] = [];
  for (const [name, first] of firsts) {
    if (options.known.has(name)) continue;
    // Where time is up before anything shrank, the failure as it was found is told.
    findings.push((await shrink(arbitrary, run, name, first.index, options)) ?? first.finding);
  }
  return { findings, seen, runs: done };
};
