/**
 * The process that explores one mutant, so that no life of it can touch another mutant. The parent sends the suites and
 * the invariants to look for. The process answers with the results and ends.
 */
import type { Suite } from '../../sim/suite/suite.js';
import { scenarioSuites } from '../scenarios/index.js';
import { shippedSuites } from '../suites/index.js';
import { type Attack, attack } from './explore-mutant.js';

/** What the parent asks. */
export interface Orders {
  readonly suites: readonly string[];
  readonly wanted: readonly string[];
  /** Whether a story is wanted of what breaks. */
  readonly tells: boolean;
}

/** What the child answers. */
export type Answer = { readonly attacks: readonly Attack[] } | { readonly error: string };

const suiteNamed = (name: string): Suite => {
  const suite = [...shippedSuites, ...scenarioSuites].find((other) => other.name === name);
  if (suite === undefined) throw new Error(`there is no suite '${name}'`);
  return suite;
};

/** One suite after the other, until something breaks. */
const obey = async ({ suites, wanted, tells }: Orders): Promise<Answer> => {
  const attacks: Attack[] = [];
  for (const name of suites) {
    const result = await attack(suiteNamed(name), wanted, tells);
    attacks.push(result);
    if (result.violation !== undefined) break;
  }
  return { attacks };
};

const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

process.once('message', (message) => {
  // The parent is the runner of sabotages, which sends Orders and nothing else.
  obey(message as Orders)
    .catch((error: unknown): Answer => ({ error: errorText(error) }))
    .then((answer) => {
      process.send?.(answer, () => process.disconnect());
    });
});
