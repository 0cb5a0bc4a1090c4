/**
 * The process that explores one mutant with several seeds, and answers with the identities of what it found. For
 * `npm run identities`.
 */
import { exploreSuite } from '../../sim/explore/campaign/explore-suite.js';
import { scenarioSuites } from '../scenarios/index.js';
import { shippedSuites } from '../suites/index.js';

/** What the parent sends. */
export interface Request {
  readonly suites: readonly string[];
  readonly seeds: number;
}

/** One violation that one seed found. */
export interface Identified {
  readonly suite: string;
  readonly seed: number;
  readonly invariant: string;
  readonly identity: string;
}

export type Reply = { readonly found: readonly Identified[] } | { readonly error: string };

/** Small enough for thousands of explorations: what most sabotages show at once. */
const BOUNDS = {
  runs: 30,
  workloads: 4,
  commands: 2,
  depth: 1,
  bail: true,
  limits: { livesPerWorkload: 60, imagesPerCrashPoint: 32 },
} as const;

/** All seeds on one suite after the other, until one of them finds anything. */
const identify = async ({ suites, seeds }: Request): Promise<Reply> => {
  const found: Identified[] = [];
  for (const suite of [...shippedSuites, ...scenarioSuites].filter(({ name }) => suites.includes(name))) {
    for (let seed = 1; seed <= seeds; seed++) {
      const { violations } = await exploreSuite(suite, { ...BOUNDS, seed });
      for (const { invariant, identity = '' } of violations)
        found.push({ suite: suite.name, seed, invariant, identity });
    }
    if (found.length > 0) break;
  }
  return { found };
};

process.once('message', (message) => {
  // The parent is the tool, which sends one Request and nothing else.
  identify(message as Request)
    .catch((error: unknown): Reply => ({ error: String(error) }))
    .then((reply) => {
      process.send?.(reply, () => process.disconnect());
    });
});
