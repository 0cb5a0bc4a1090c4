/** A violated invariant, as a result tells it. */
import type { Json } from '../suite/suite.js';

/** A violated invariant, with the shrunk run that shows it. */
export interface Violation {
  readonly invariant: string;
  readonly statement: string;
  /** What was wrong, in one sentence. */
  readonly message: string;
  /** The state that the check expected and the one that it found, where it returned both. */
  readonly expected?: Json;
  readonly actual?: Json;
  /** The failing run, told in sentences, one a line. */
  readonly story: string;
  readonly token: string;
  readonly digest: string;
  /**
   * 16 hexadecimal digits, the same for the same bug: whatever the seed, wherever lines move. Absent from results of earlier versions.
   */
  readonly identity?: string;
  /** Size of the shrunk counterexample. */
  readonly commands: number;
  readonly crashes: number;
  /** Images (exhaustive) and runs (random) in which this invariant was seen broken; 0: only by a failure of an earlier run. */
  readonly seen: number;
}
