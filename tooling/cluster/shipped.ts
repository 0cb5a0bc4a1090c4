/** A shipped suite, for checks that need some exploration. */
import type { Suite } from '../../sim/suite/suite.js';

export const shipped = async (): Promise<Suite> =>
  (await import('../../properties/suites/checkpointed-feeder.js')).default as unknown as Suite; // a suite of any system
