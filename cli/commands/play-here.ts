/**
 * Plays a recorded run in this very process, for a debugger that is attached to it. Everywhere else a worker does it: what
 * a suite file does to its process then ends no command.
 */
import { play } from '../../sim/replay/replay.js';
import type { Suite } from '../../sim/suite/suite.js';
import { loadShippedSuites } from '../engine.js';
import { loadSuite } from '../loading/load-suites.js';
import type { PlayToken } from '../workers/ask-worker.js';

export const playHere: PlayToken = async ({ token, references, options }) => {
  const suites: Suite[] = [];
  for (const reference of references) suites.push(await loadSuite(reference, loadShippedSuites));
  return play(token, suites, options);
};
