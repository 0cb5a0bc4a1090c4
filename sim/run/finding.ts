/** A broken invariant, and the run that shows it. */
import type { Broken } from '../life/life-record.js';
import type { Tape } from './tape.js';

/** One violation, and the run that shows it. */
export interface Finding {
  readonly broken: Broken;
  readonly tape: Tape;
  /** Micro-operations that were at stake over all its crashes: the fewer, the plainer the story. */
  readonly volatile: number;
}

/** The first input of a hunt that broke an invariant. */
export interface First {
  readonly index: number;
  readonly finding: Finding;
}
