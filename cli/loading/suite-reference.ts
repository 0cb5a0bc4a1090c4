/** What is known of a suite where it is not loaded: where it comes from, and some facts to plan and report with. */
import type { DiskModelName, Suite } from '../../sim/suite/suite.js';

export type SuiteReference =
  | { readonly kind: 'shipped'; readonly name: string }
  | { readonly kind: 'file'; readonly url: string; readonly argument: string; readonly index: number };

/** What there is to know of a suite without loading it here: its file is loaded in worker processes only. */
export interface SuiteFacts {
  readonly name: string;
  readonly expected: 'safe' | 'unsafe';
  readonly disk: DiskModelName;
  /** How many it has. */
  readonly invariants: number;
}

export const factsOf = ({ name, expected = 'safe', disk = 'posix', invariants }: Suite): SuiteFacts => ({
  name,
  expected,
  disk,
  invariants: invariants.length,
});
