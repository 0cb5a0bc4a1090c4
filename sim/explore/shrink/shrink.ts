/** Shrinks a finding with fast-check to the plainest run that breaks the same invariant. */

import * as fc from 'fast-check';
import { unlessAbandoned } from '../../life/abandoned-life.js';
import type { Finding, First } from '../../run/finding.js';

export type Run<T> = (input: T) => Promise<readonly Finding[]>;

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

/** The simplest finding of the same invariant that shrinking reaches; the first itself if time runs out before. */
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
