/** The simulator and the shipped suites, as the commands take them. */
import { combineResults } from '../sim/explore/campaign/combine-results.js';
import type { Suite } from '../sim/suite/suite.js';
import type { Engine } from './context.js';

export const loadShippedSuites = async (): Promise<readonly Suite[]> =>
  (await import('../properties/suites/index.js')).shippedSuites;

export const engine: Engine = { loadShippedSuites, combineResults };
